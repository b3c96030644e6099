from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from orderwell.kernel.errors import StaleVersion
from orderwell.platform.accounts.actor import Actor, system_actor
from orderwell.platform.accounts.services.users import create_user
from orderwell.platform.drafts.models import Draft
from orderwell.platform.drafts.services import (
    DraftTooLarge,
    draft_of,
    drafts_of,
    finish_draft,
    forget_old_drafts,
    save_draft,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 1, 9, tzinfo=UTC)


def person(name: str) -> Actor:
    user = create_user(username=name, password="correct horse battery", roles=[], actor=system_actor(), now=NOW)
    return Actor(kind="user", id=user.pk, label=name)


def keep(actor: Actor, key: str = "a", version: int = 0, now: datetime = NOW, **content: str) -> int | None:
    return save_draft(kind="order", key=key, content=content, version=version, actor=actor, now=now)


def test_a_draft_is_kept_and_found_again_by_its_own_person_only():
    anna, carl = person("anna"), person("carl")
    assert keep(anna, phone="13812345678") == 1
    assert keep(anna, version=1, phone="13900000000") == 2
    kept = draft_of(kind="order", key="a", actor=anna)
    assert kept is not None and kept.content == {"phone": "13900000000"}
    assert [draft.key for draft in drafts_of(kind="order", actor=anna)] == ["a"]
    assert draft_of(kind="order", key="a", actor=carl) is None
    assert drafts_of(kind="order", actor=carl) == []
    assert drafts_of(kind="other", actor=anna) == []
    assert drafts_of(kind="order", actor=system_actor()) == []


def test_what_is_typed_lies_encrypted_in_the_database():
    keep(person("anna"), phone="13812345678")
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM drafts_draft")
        stored = bytes(cursor.fetchone()[0])
    assert b"13812345678" not in stored


def test_two_tabs_never_overwrite_each_other():
    anna = person("anna")
    keep(anna, note="first tab")
    with pytest.raises(StaleVersion):
        keep(anna, version=0, note="second tab")
    kept = draft_of(kind="order", key="a", actor=anna)
    assert kept is not None and kept.content == {"note": "first tab"}


def test_a_late_save_does_not_bring_back_what_was_placed():
    anna = person("anna")
    keep(anna, phone="13812345678")
    finish_draft(kind="order", key="a", actor=anna, now=NOW)
    finish_draft(kind="order", key="never saved", actor=anna, now=NOW)
    assert keep(anna, version=1, phone="13812345678") is None
    assert keep(anna, key="never saved", phone="13812345678") is None
    assert drafts_of(kind="order", actor=anna) == []
    assert all(draft.content == "" for draft in Draft.objects.all())


def test_old_drafts_are_forgotten():
    anna = person("anna")
    keep(anna, key="old", now=NOW - timedelta(days=31), note="x")
    keep(anna, key="new", note="x")
    assert forget_old_drafts(now=NOW) == 1
    assert [draft.key for draft in drafts_of(kind="order", actor=anna)] == ["new"]


def test_the_fifty_newest_are_kept():
    anna = person("anna")
    for count in range(52):
        keep(anna, key=str(count), now=NOW + timedelta(minutes=count), note="x")
    kept = [draft.key for draft in drafts_of(kind="order", actor=anna)]
    assert (len(kept), kept[0], kept[-1]) == (50, "51", "2")


def test_a_draft_beyond_all_measure_is_refused():
    with pytest.raises(DraftTooLarge):
        keep(person("anna"), note="x" * 1_000_001)
