"""What somebody looked for may be a phone number: the event of an export, which stays for ever, does not tell it."""

from __future__ import annotations

import json

import pytest

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.events.models import Event
from orderwell.platform.views.services.exports import ask_for_export

PHONE = "13977665545"


@pytest.mark.django_db
def test_the_event_of_an_export_names_the_filters_only() -> None:
    told = {
        "list_name": "orders",
        "file_format": "csv",
        "columns": ["number"],
        "sort": "",
        "language": "en",
        "token": "t",
    }
    ask_for_export(**told, filters={"q": PHONE, "state": "placed"}, actor=system_actor(), now=utc_now())
    (event,) = Event.objects.filter(name="views.list.exported")
    assert PHONE not in json.dumps(event.data) and event.data["filters"] == "q, state"
