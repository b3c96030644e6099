from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from orderwell.kernel.errors import InvalidValue, NotFound
from orderwell.platform.accounts import authentication
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.authentication import actor_for_key, forget_keys
from orderwell.platform.accounts.errors import (
    ApiKeyExpired,
    ApiKeyRevoked,
    ExceedsOwnPermissions,
    InvalidApiKey,
    UnknownScope,
)
from orderwell.platform.accounts.models import ApiKey
from orderwell.platform.accounts.services.api_keys import create_key, list_keys, revoke_key
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import Permission, PermissionDenied
from orderwell.testing.factories import make_channel

pytestmark = pytest.mark.django_db


def test_a_key_acts_with_its_scopes_and_limits(admin, now) -> None:
    channel = make_channel().pk
    key, raw = create_key(name="Shop", scopes=["orders:order:*"], limits={"channel": [channel]}, actor=admin, now=now)
    actor = actor_for_key(raw, now=now, address="10.0.0.1")
    assert (actor.kind, actor.id, actor.label, actor.source, actor.address) == (
        "api_key",
        key.pk,
        "Shop",
        "api",
        "10.0.0.1",
    )
    assert actor.may(Permission.ORDERS_ORDER_PLACE)
    assert not actor.may(Permission.INVENTORY_STOCK_VIEW)
    assert (actor.channel_ids, actor.warehouse_ids) == (frozenset({channel}), None)


def test_the_secret_is_nowhere_in_the_database(admin, now) -> None:
    key, raw = create_key(name="Shop", scopes=["*"], actor=admin, now=now)
    secret = raw.rpartition("_")[2]
    row = str(ApiKey.objects.filter(pk=key.pk).values().get())
    assert secret not in row
    assert secret not in str(list(Event.objects.values()))


@pytest.mark.parametrize("change", [lambda raw: raw + "x", lambda raw: raw[:-1], lambda raw: raw.replace("ow_", "wo_")])
def test_almost_the_right_key_is_refused(admin, now, change) -> None:
    _, raw = create_key(name="Shop", scopes=["*"], actor=admin, now=now)
    with pytest.raises(InvalidApiKey):
        actor_for_key(change(raw), now=now)


@pytest.mark.parametrize("raw", ["", "ow_", "ow__", "ow_12345678", "x" * 10_000, "ow_\x00_a", "键"])
def test_nonsense_is_refused(raw, now) -> None:
    with pytest.raises(InvalidApiKey):
        actor_for_key(raw, now=now)


def test_a_revoked_key_is_refused_at_once(admin, now) -> None:
    key, raw = create_key(name="Shop", scopes=["*"], actor=admin, now=now)
    actor_for_key(raw, now=now)
    revoke_key(key_id=key.pk, actor=admin, now=now)
    with pytest.raises(ApiKeyRevoked):
        actor_for_key(raw, now=now)
    assert revoke_key(key_id=key.pk, actor=admin, now=now + timedelta(days=1)).revoked_at == now
    assert Event.objects.filter(name="accounts.api-key.revoked").count() == 1


def test_a_key_revoked_by_another_process_is_refused_within_two_seconds(admin, now, monkeypatch) -> None:
    key, raw = create_key(name="Shop", scopes=["*"], actor=admin, now=now)
    actor_for_key(raw, now=now)
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=now)
    assert actor_for_key(raw, now=now).id == key.pk  # still remembered
    import time

    later = time.monotonic() + 2.001
    monkeypatch.setattr("orderwell.platform.caching.time.monotonic", lambda: later)
    with pytest.raises(ApiKeyRevoked):
        actor_for_key(raw, now=now)


def test_an_expired_key_is_refused_even_while_it_is_remembered(admin, now) -> None:
    _, raw = create_key(name="Shop", scopes=["*"], expires_at=now + timedelta(hours=1), actor=admin, now=now)
    actor_for_key(raw, now=now)
    with pytest.raises(ApiKeyExpired):
        actor_for_key(raw, now=now + timedelta(hours=1))


def test_an_expired_key_is_refused_with_the_day_of_the_business(admin, now) -> None:
    """Seven in the evening in UTC is three in the morning of the next day in Shanghai."""
    ends = datetime(2026, 12, 31, 19, tzinfo=UTC)
    _, raw = create_key(name="Shop", scopes=["*"], expires_at=ends, actor=admin, now=ends - timedelta(hours=1))
    with pytest.raises(ApiKeyExpired, match="expired on 2027-01-01"):
        actor_for_key(raw, now=ends)


def test_a_remembered_key_costs_no_query(admin, now, django_assert_num_queries) -> None:
    _, raw = create_key(name="Shop", scopes=["*"], actor=admin, now=now)
    actor_for_key(raw, now=now)
    with django_assert_num_queries(0):
        actor_for_key(raw, now=now)


def test_last_use_is_noted_once_a_minute(admin, now) -> None:
    key, raw = create_key(name="Shop", scopes=["*"], actor=admin, now=now)

    def used_at(moment):
        forget_keys()
        actor_for_key(raw, now=moment)
        key.refresh_from_db()
        return key.last_used_at

    assert used_at(now) == now
    assert used_at(now + timedelta(seconds=59)) == now
    assert used_at(now + timedelta(seconds=60)) == now + timedelta(seconds=60)


def test_wrong_input_is_refused(admin, now) -> None:
    with pytest.raises(UnknownScope):
        create_key(name="Shop", scopes=["order:*"], actor=admin, now=now)
    with pytest.raises(InvalidValue):
        create_key(name=" ", scopes=["*"], actor=admin, now=now)
    with pytest.raises(InvalidValue):
        create_key(name="Shop", scopes=[], actor=admin, now=now)
    with pytest.raises(InvalidValue):
        create_key(name="Shop", scopes=["*"], expires_at=now, actor=admin, now=now)
    with pytest.raises(NotFound):
        revoke_key(key_id=404, actor=admin, now=now)
    assert not ApiKey.objects.exists()


def test_a_key_never_exceeds_who_made_it(now) -> None:
    actor = Actor(kind="user", id=1, label="a", permissions=frozenset({Permission.SYSTEM_API_KEY_MANAGE}))
    with pytest.raises(ExceedsOwnPermissions):
        create_key(name="Shop", scopes=["orders:*"], actor=actor, now=now)
    with pytest.raises(PermissionDenied):
        list_keys(actor=Actor(kind="user", id=1, label="a"))


def test_a_scope_group_includes_permissions_of_later_versions(admin, now, monkeypatch) -> None:
    _, raw = create_key(name="Shop", scopes=["orders:*"], actor=admin, now=now)
    monkeypatch.setattr(authentication, "expand_scopes", lambda scopes: frozenset({f"later:{scopes[0]}"}))
    forget_keys()
    assert actor_for_key(raw, now=now).permissions == {"later:orders:*"}
