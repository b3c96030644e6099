"""Refusals about saved views, exports and bulk actions."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from orderwell.kernel.errors import DomainError


class ViewNameTaken(DomainError):
    code = "view_name_taken"
    message = _("You already have a view named {name} of this list.")


class ViewNameMissing(DomainError):
    code = "view_name_missing"
    message = _("The view needs a name.")


class UnknownList(DomainError):
    code = "unknown_list"
    message = _("There is no list {value}; there are: {expected}.")


class UnknownColumn(DomainError):
    code = "unknown_column"
    message = _("The list has no column {value}; it has: {expected}.")


class UnknownFilter(DomainError):
    code = "unknown_filter"
    message = _("The list cannot be filtered by {value}; it can by: {expected}.")


class UnknownSort(DomainError):
    code = "unknown_sort"
    message = _("The list cannot be sorted by {value}; it can by: {expected}.")


class UnknownFormat(DomainError):
    code = "unknown_export_format"
    message = _("A list is not exported as {value}; it is as: {expected}.")


class ExportNotReady(DomainError):
    code = "export_not_ready"
    message = _("The file is not ready yet; ask again in a moment.")


class NothingChosen(DomainError):
    code = "nothing_chosen"
    message = _("Choose at least one row.")


class TooManyRows(DomainError):
    code = "too_many_rows"
    message = _("More than {most} rows match; narrow the filters down, or do it in parts.")


class NotReversible(DomainError):
    code = "not_reversible"
    message = _("This cannot be undone, or already was.")
