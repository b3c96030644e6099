"""Two people make something of the same code, number or name at the very same moment: it is made once, and who was
slower is told at that field.

Both stand right before their row is written: on PostgreSQL the unique constraint then has to decide between them, on
SQLite the second one waits for the write lock of the first. Without `find_if_taken` the constraint was an error 500.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import models
from django.db.models.signals import pre_save
from django.test import Client

from orderwell.domains.catalog.models import Category, Channel, Product, TaxCategory
from orderwell.domains.customers import storing
from orderwell.domains.customers.models import Customer, CustomerGroup
from orderwell.domains.inventory.models import ChannelBuffer, Warehouse
from orderwell.domains.prices.models import PriceList
from orderwell.platform.accounts.models import Role, Team, User
from orderwell.platform.configuration.models import CustomField
from orderwell.platform.database import bulk_insert, is_postgresql
from orderwell.platform.views.models import SavedView
from orderwell.testing.concurrency import in_threads
from tests.web.admin.test_two_tabs import opened
from tests.web.conftest import Company

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
NAMED = {"code": "made", "name_en": "Made {n}"}
PASSWORD = "a long enough word 7"
# These lock a row that is there before, so that the second one waits and finds the first one's row.
LOCKED = {"buffer"}
# What is made where: its form, what both type ({n} is each one's own), and the field that says it is taken.
FORMS: dict[str, tuple[type[models.Model], str, dict[str, str], str]] = {
    "warehouse": (Warehouse, "/admin/warehouses/new/", NAMED, "code"),
    "channel": (Channel, "/admin/channels/new/", NAMED, "code"),
    "group": (CustomerGroup, "/admin/groups/new/", NAMED, "code"),
    "category": (Category, "/admin/categories/new/", NAMED, "code"),
    "tax": (TaxCategory, "/admin/taxes/new/", {**NAMED, "rate": "9"}, "code"),
    "price-list": (PriceList, "/price-lists/new/", {**NAMED, "everyone": "on"}, "code"),
    "field": (CustomField, "/admin/fields/new/", {"key": "made", "label_en": "Made {n}"}, "key"),
    "buffer": (ChannelBuffer, "/admin/buffers/new/", {"channel": "shop", "sku": "CUP", "quantity": "3{n}"}, ""),
    "user": (User, "/admin/users/new/", {"username": "made", "name": "Made {n}", "password": PASSWORD}, "username"),
    "role": (Role, "/admin/roles/new/", {"code": "made", "title": "Made {n}"}, "code"),
    "team": (Team, "/admin/teams/new/", {"name": "Made"}, "name"),
    "view": (SavedView, "/lists/orders/views/new/", {"name": "Made"}, "name"),
    "customer": (Customer, "/customers/new/", {"number": "MADE", "name": "Made {n}"}, "number"),
    "product": (Product, "/products/new/", {"code": "MADE", "name_en": "Made {n}", "sku": "MADE"}, "code"),
}


class Meeting:
    """Two threads wait here for each other. Where one can't come before the other has gone on, nobody waits for long."""

    def __init__(self) -> None:
        self.barrier = threading.Barrier(2, timeout=20 if is_postgresql() else 0.5)
        self.met = False

    def __call__(self, *_args: object, **_more: object) -> None:
        with suppress(threading.BrokenBarrierError):
            self.barrier.wait()
            self.met = True


@contextmanager
def before_rows_of(model: type[models.Model], patch: pytest.MonkeyPatch) -> Iterator[Meeting]:
    meeting, usual = Meeting(), model._default_manager.bulk_create

    def at_new(instance: models.Model, **_more: object) -> None:
        if instance._state.adding:
            meeting()

    def many(rows: Any, **more: Any) -> Any:
        if rows:
            meeting()
        return usual(rows, **more)

    def inserted(into: type[models.Model], names: Any, rows: Any) -> Any:
        if into is model and rows:
            meeting()
        return bulk_insert(into, names, rows)

    with patch.context() as patched:
        patched.setattr(model._default_manager, "bulk_create", many)
        patched.setattr(storing, "bulk_insert", inserted)
        pre_save.connect(at_new, sender=model)
        yield meeting
        pre_save.disconnect(at_new, sender=model)


@pytest.mark.parametrize("name", FORMS)
def test_one_makes_it_and_the_other_is_told_at_the_field(
    name: str, company: Company, browse: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, path, typed, field = FORMS[name]
    clients = [browse("administrator", username=f"anna-{n}") for n in range(2)]
    sent: list[dict[str, Any]] = []
    for n, client in enumerate(clients):
        client.raise_request_exception = False
        mine = {key: [value.format(n=n + 1)] for key, value in typed.items()}
        sent.append({**opened(client, path), **mine})
    if name == "view":  # one's own views and another's may have one name: the same person in two windows
        clients[1] = clients[0]
    before = model._default_manager.count()
    with before_rows_of(model, monkeypatch) as meeting:
        answers = in_threads(lambda n: clients[n].post(path, sent[n]), 2)
    assert meeting.met == (is_postgresql() and name not in LOCKED), "the test shows nothing where they don't meet"
    statuses = [getattr(answer, "status_code", answer) for answer in answers]
    assert sorted(map(str, statuses)) == ["302", "422"], statuses
    assert model._default_manager.count() == before + 1
    slower = next(answer for answer in answers if answer.status_code == 422)  # type: ignore[union-attr]
    page = slower.content.decode()  # type: ignore[union-attr]
    marked = re.findall(r"<(?:input|select)\b[^>]*\bis-invalid\b[^>]*>", page)
    assert [found for found in marked if f'name="{field}"' in found] or not field, marked
    assert re.search(r"already|taken", page)
