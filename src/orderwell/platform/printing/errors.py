"""Refusals of templates and of documents that cannot be set."""

from __future__ import annotations

from orderwell.kernel.errors import DomainError, NotFound


class TemplateBroken(DomainError):
    code = "template_broken"
    message = "The template cannot be set: line {line}: {reason}"


class TemplateTooSlow(DomainError):
    code = "template_too_slow"
    message = "Setting the document took longer than {seconds} seconds or too much memory; make the template simpler."


class UnknownDocumentKind(NotFound):
    code = "unknown_document_kind"
    message = "There is no document called {value}; known are {expected}."


class TooManyDocuments(DomainError):
    code = "too_many_documents"
    message = "{count} documents are more than the {limit} that are printed at once. Choose fewer."


class PrintNotReady(DomainError):
    code = "print_not_ready"
    message = "The file is not ready yet; ask again in a moment."


class NothingToPrint(DomainError):
    code = "nothing_to_print"
    message = "There is no such document of what you chose yet."


class UnusableLogo(DomainError):
    code = "unusable_logo"
    message = "This is no PNG, JPEG or SVG picture of at most {limit} kB."
