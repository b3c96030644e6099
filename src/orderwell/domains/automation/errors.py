"""Refusals of compositions."""

from __future__ import annotations

from orderwell.kernel.errors import DomainError


class AlreadyCredited(DomainError):
    code = "already_credited"
    message = "Return {number} was credited before, with credit note {credit_note}."


class CreditNoteNeeded(DomainError):
    code = "credit_note_needed"
    message = (
        "{sku}: {value} of these units are invoiced ({invoices}) and can be cancelled only with a credit note. Whoever "
        "issues credit notes (permission {permission}) credits them there as invoiced by mistake, or cancels them."
    )


class HintGone(DomainError):
    code = "hint_gone"
    message = "This hint does not hold any more; what it was about has changed."


class UnknownRemedy(DomainError):
    code = "unknown_remedy"
    message = "This hint has no remedy {value}; it has {known}."


class UnknownDismissalReason(DomainError):
    code = "unknown_dismissal_reason"
    message = "There is no reason {value}; known are: {known}."
