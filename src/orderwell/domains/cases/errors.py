"""Refusals of cases, tasks, ratings and of the customer's page."""

from __future__ import annotations

from orderwell.kernel.errors import DomainError


class UnknownColleague(DomainError):
    code = "unknown_colleague"
    message = "There is no active user {value}."


class NotTheirsToSee(DomainError):
    code = "not_theirs_to_see"
    message = "{name} may not see what this is about, so it can't be given to them."


class WrittenMeanwhile(DomainError):
    """Asked once: whoever has read it sends their answer again."""

    code = "written_meanwhile"
    message = "{who} has written here meanwhile. Read it, then send yours once more if it still fits."


class CaseClosed(DomainError):
    code = "case_closed"
    message = "Case {number} is closed. Reopen it first."


class NotAReturnRequest(DomainError):
    code = "not_a_return_request"
    message = "Case {number} is no return request, or it is settled already."


class CaseWithoutOrder(DomainError):
    code = "case_without_order"
    message = "Case {number} belongs to no order, so nothing of it can come back."


class NothingToSendBack(DomainError):
    code = "nothing_to_send_back"
    message = "Nothing of this order can be sent back."


class ReturnTooLate(DomainError):
    code = "return_too_late"
    message = "The time for returns ended on {day}."


class MoreThanCanComeBack(DomainError):
    code = "more_than_can_come_back"
    message = "At most {left} of {name} can be sent back; you asked for {value}."


class NotDelivered(DomainError):
    code = "not_delivered"
    message = "The order can be rated as soon as it has arrived."


class AlreadyRated(DomainError):
    code = "already_rated"
    message = "This order was rated already."


class TooManyMessages(DomainError):
    code = "too_many_messages"
    message = "You have written a lot in a short time. Try again in {minutes} minutes."


class LinkInvalid(DomainError):
    """The same for one that was forged, has expired or was taken back: nobody learns which orders there are."""

    code = "link_invalid"
    message = "This link does not work any more. Ask for a new one, or look the order up with its number and your phone number."


class LookupFailed(DomainError):
    code = "lookup_failed"
    message = "We found no order with this number and this phone number."


class LookupAmbiguous(DomainError):
    code = "lookup_ambiguous"
    message = "Several of your orders have this number. Give our own order number; it is on the confirmation."


class LookupThrottled(DomainError):
    code = "lookup_throttled"
    message = "Too many attempts. Try again in {minutes} minutes."
