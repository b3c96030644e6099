"""What happens in conversations, with the sentence a timeline shows. What people wrote is in the message, never here."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class CaseEvent(EventName):
    OPENED = "cases.case.opened"
    CHANGED = "cases.case.changed"
    CLOSED = "cases.case.closed"
    REOPENED = "cases.case.reopened"
    RETURN_SETTLED = "cases.return-request.settled"
    # The hook for everything that tells the customer: by e-mail, by message service.
    REPLIED = "cases.message.sent"
    RECEIVED = "cases.message.received"
    NOTED = "cases.message.noted"
    TASK_CREATED = "cases.task.created"
    TASK_DONE = "cases.task.done"
    TASK_REOPENED = "cases.task.reopened"
    RATED = "cases.rating.given"
    RATING_HIDDEN = "cases.rating.hidden"
    RATING_SHOWN = "cases.rating.shown"
    LINK_CREATED = "cases.link.created"
    LINK_REVOKED = "cases.link.revoked"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return _SENTENCES


_SENTENCES: dict[str, str] = {
    CaseEvent.OPENED: _("Case {number} opened ({case_kind})"),
    CaseEvent.CHANGED: _("Case {number} changed"),
    CaseEvent.CLOSED: _("Case {number} closed"),
    CaseEvent.REOPENED: _("Case {number} opened again"),
    CaseEvent.RETURN_SETTLED: _("Return request {number} settled: {document}"),
    CaseEvent.REPLIED: _("Answer sent in case {number}"),
    CaseEvent.RECEIVED: _("The customer wrote in case {number}"),
    CaseEvent.NOTED: _("Internal note in case {number}"),
    CaseEvent.TASK_CREATED: _("Task added"),
    CaseEvent.TASK_DONE: _("Task done"),
    CaseEvent.TASK_REOPENED: _("Task open again"),
    CaseEvent.RATED: _("The customer rated the order with {score} of 5"),
    CaseEvent.RATING_HIDDEN: _("Rating hidden: {reason}"),
    CaseEvent.RATING_SHOWN: _("Rating shown again"),
    CaseEvent.LINK_CREATED: _("Link for the customer made"),
    CaseEvent.LINK_REVOKED: _("Links for the customer taken back"),
}
