"""Views that programs made have no owner; there is one of a name for each list all the same."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.views.models import SavedView
from orderwell.platform.views.services.keep import save_view
from orderwell.testing.concurrency import in_threads

SETTING = importlib.import_module("orderwell.platform.views.migrations.0002_of_nobody_once")
OF_NOBODY = next(item for item in SavedView._meta.constraints if item.name == "saved_view_of_nobody_once")


def make(name: str) -> SavedView:
    now = utc_now()
    return SavedView.objects.create(list_name="orders", name=name, shared=True, created_at=now, updated_at=now)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_two_programs_that_save_it_at_once_make_one() -> None:
    fields = {"list_name": "orders", "name": "Late", "columns": (), "filters": {}, "sort": "", "shared": True}

    def save(_: int) -> SavedView:
        return save_view(**fields, actor=system_actor(), now=utc_now())  # type: ignore[arg-type]

    results = in_threads(save, 4)
    refused = [result for result in results if isinstance(result, DomainError)]
    assert [result.code for result in refused] == ["view_name_taken"] * 3, results
    assert SavedView.objects.count() == 1


@pytest.mark.django_db
def test_the_database_has_the_last_word() -> None:
    make("Late")
    with pytest.raises(IntegrityError), transaction.atomic():
        make("Late")


@pytest.mark.django_db(transaction=True)
def test_those_that_were_there_twice_are_told_apart() -> None:
    with connection.schema_editor() as editor:
        editor.remove_constraint(SavedView, OF_NOBODY)
    try:
        for name in ("Late", "Late", "Late (2)", "Late", "x" * 80, "x" * 80):
            make(name)
        SETTING.tell_apart(apps, None)
        names = list(SavedView.objects.order_by("pk").values_list("name", flat=True))
        assert names == ["Late", "Late (3)", "Late (2)", "Late (4)", "x" * 80, "x" * 76 + " (2)"]
    finally:
        with connection.schema_editor() as editor:
            editor.add_constraint(SavedView, OF_NOBODY)
