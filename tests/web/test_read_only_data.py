"""The data folder can only be read for a while under a running server: every write says so with 503 and leaves nothing
half done, and the same threads write again as soon as the disk lets them, without a restart.

The connection is one that SQLite really opened for reading, as it does with a file that it may not write to.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.db import close_old_connections, connection
from django.test import Client
from django.utils import translation

from orderwell.domains.customers.models import Customer
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.accounts.services.api_keys import create_key
from orderwell.platform.database import is_postgresql
from orderwell.platform.events.models import Event
from orderwell.platform.faults import READ_ONLY
from orderwell.platform.jobs.models import Heartbeat
from orderwell.platform.jobs.worker import Worker
from tests.web.admin.test_two_tabs import opened
from tests.web.conftest import Company

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(is_postgresql(), reason="the data folder holds no database then"),
]
REFUSED = 503


@contextmanager
def read_only(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """What this thread opens meanwhile can only be read; nobody closes it but the program."""
    usual, allowed = connection.get_connection_params, os.access
    connection.close()
    with patch.context() as patched:
        address = f"file:{connection.settings_dict['NAME']}?mode=ro"
        patched.setattr(connection, "get_connection_params", lambda: {**usual(), "database": address})
        patched.setattr(os, "access", lambda path, mode: mode != os.W_OK and allowed(path, mode))
        yield


@pytest.fixture(autouse=True)
def ends_with_a_connection_that_writes(db: None) -> Iterator[None]:
    """Whatever becomes of the test: what comes after it empties the tables."""
    yield
    connection.close()


def test_every_write_says_so_and_works_again_without_a_restart(
    company: Company, browse: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, worker = browse("administrator"), Worker()
    clerk.raise_request_exception = False
    _key, secret = create_key(name="shop", scopes=["*"], actor=system_actor(), now=utc_now())
    program = Client(headers={"authorization": f"Bearer {secret}"}, raise_request_exception=False)
    form = {**opened(clerk, "/customers/new/"), "name": ["Li"]}
    draft = OrderDraft(channel="shop", lines=(LineDraft("CUP", Decimal(1)),))

    def by_screen() -> Any:
        return clerk.post("/customers/new/", form)

    def by_program() -> Any:
        return program.post("/api/v1/customers", json.dumps({"name": "Wang"}), content_type="application/json")

    def written() -> list[int]:
        return [model._default_manager.count() for model in (Order, Customer, Event, Heartbeat)]

    before = written()
    with read_only(monkeypatch):
        (order,) = place_orders([draft], actor=system_actor(), now=utc_now())
        assert order.verdict == "refused"
        assert [(error.code, error.message) for error in order.errors] == [("database_busy", READ_ONLY)]
        with translation.override("en"):
            page, told = by_screen(), by_program()
        assert (page.status_code, told.status_code) == (REFUSED, REFUSED)
        assert READ_ONLY in page.content.decode()
        assert (told.json()["code"], told.json()["detail"]) == ("database_busy", READ_ONLY)
        assert clerk.get("/customers/").status_code == 200, "what only reads goes on"
        worker._beat()  # it says so in the log, rests and goes on
        # Opened once more by a page that only reads: what a thread is left with when the disk is writable again.
        assert clerk.get("/customers/").status_code == 200
    close_old_connections()  # as at the end of every request; the test client leaves it out
    assert written() == before
    (order,) = place_orders([draft], actor=system_actor(), now=utc_now())
    assert order.verdict == "placed"
    assert (by_screen().status_code, by_program().status_code) == (302, 200)
    assert Customer.objects.count() == before[1] + 2
    worker._beat()
    assert Heartbeat.objects.filter(process=worker.name).count() == 1
