"""The states of a case as data. Whoever wrote last has done their part; a closed case opens again when somebody writes."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from orderwell.kernel.transitions import OTHERWISE, TransitionTable

CASE = TransitionTable(
    aggregate="case",
    initial="open",
    transitions={
        # `message` is the customer's, `reply` ours.
        "open": {"message": "open", "reply": "waiting_for_customer", "close": "closed"},
        "waiting_for_customer": {
            "message": "waiting_for_us",
            "reply": "waiting_for_customer",
            "close": "closed",
        },
        "waiting_for_us": {"message": "waiting_for_us", "reply": "waiting_for_customer", "close": "closed"},
        "closed": {"message": "waiting_for_us", "reopen": "waiting_for_us"},
    },
    refusals={
        "open": {OTHERWISE: _("Case {number} is open; it can be answered as it is.")},
        "waiting_for_customer": {OTHERWISE: _("Case {number} is open; it can be answered as it is.")},
        "waiting_for_us": {OTHERWISE: _("Case {number} is open; it can be answered as it is.")},
        "closed": {
            OTHERWISE: _("Case {number} is closed. Reopen it first."),
            "close": _("Case {number} is closed already."),
        },
    },
)
