from __future__ import annotations

import pytest

from orderwell.kernel.errors import InvalidValue, NotFound, Refusal
from orderwell.kernel.refusals import ControlCharacter
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.authentication import actor_for_user
from orderwell.platform.accounts.errors import (
    AboveOwnPermissions,
    ExceedsOwnPermissions,
    UnknownScope,
    UsernameTaken,
    WeakPassword,
)
from orderwell.platform.accounts.models import Role, User
from orderwell.platform.accounts.scopes import expand_scopes
from orderwell.platform.accounts.services.roles import set_role_permissions, sync_built_in_roles
from orderwell.platform.accounts.services.users import change_user, create_user, set_password
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import BUILT_IN_ROLES, EVERYTHING, Permission, PermissionDenied
from orderwell.testing.factories import make_channel

PASSWORD = "correct horse battery"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def roles() -> None:
    sync_built_in_roles()


def make_user(admin, now, username="li.wei", **more) -> User:
    return create_user(username=username, password=PASSWORD, actor=admin, now=now, **more)


def test_the_products_roles_are_made_once() -> None:
    assert set(Role.objects.values_list("code", flat=True)) == set(BUILT_IN_ROLES)
    assert sync_built_in_roles() == 0


def test_what_was_taken_from_a_role_stays_away_and_what_is_new_is_added(monkeypatch) -> None:
    clerk = Role.objects.get(code="sales-clerk")
    clerk.permissions = [name for name in clerk.permissions if name != Permission.ORDERS_ORDER_CANCEL]
    clerk.save()
    title, permissions = BUILT_IN_ROLES["sales-clerk"]
    monkeypatch.setitem(BUILT_IN_ROLES, "sales-clerk", (title, permissions | {Permission.ORDERS_PRICE_OVERRIDE}))
    assert sync_built_in_roles() == 1
    clerk.refresh_from_db()
    assert Permission.ORDERS_ORDER_CANCEL not in clerk.permissions
    assert Permission.ORDERS_PRICE_OVERRIDE in clerk.permissions


def test_the_administrator_always_may_everything() -> None:
    Role.objects.filter(code="administrator").update(permissions=[])
    sync_built_in_roles()
    assert set(Role.objects.get(code="administrator").permissions) == set(EVERYTHING)


def test_an_actor_has_the_permissions_of_all_roles_and_the_users_limits(admin, now) -> None:
    shop, web = make_channel("shop"), make_channel("web")
    user = make_user(admin, now, roles=["viewer", "bookkeeper"], limits={"channel": [shop.pk, web.pk]})
    actor = actor_for_user(user, address="10.0.0.1")
    expected = BUILT_IN_ROLES["viewer"][1] | BUILT_IN_ROLES["bookkeeper"][1]
    assert actor.permissions == expected
    assert (actor.channel_ids, actor.warehouse_ids, actor.team_ids) == (frozenset({shop.pk, web.pk}), None, None)
    assert (actor.kind, actor.id, actor.address) == ("user", user.pk, "10.0.0.1")


def test_a_user_without_roles_may_nothing(admin, now) -> None:
    actor = actor_for_user(make_user(admin, now))
    assert not any(actor.may(permission) for permission in Permission)
    with pytest.raises(PermissionDenied):
        actor.require(Permission.ORDERS_ORDER_VIEW)


def test_user_names_differ_in_more_than_case(admin, now) -> None:
    make_user(admin, now, "Li.Wei")
    with pytest.raises(UsernameTaken):
        make_user(admin, now, " li.wei ")


@pytest.mark.parametrize("username", ["", "  ", "a b", "x" * 81, "a\nb"])
def test_an_unusable_user_name_is_refused(admin, now, username) -> None:
    with pytest.raises(InvalidValue) as refused:
        make_user(admin, now, username)
    assert refused.value.pointer == "/username"


def test_all_that_is_wrong_with_a_new_user_is_said_at_once(admin, now) -> None:
    with pytest.raises(Refusal) as refused:
        create_user(username="a b", name="Li\u202e", password="short", actor=admin, now=now)
    assert [error.pointer for error in refused.value.errors] == ["/username", "/name", "/password"]
    user = make_user(admin, now)
    with pytest.raises(ControlCharacter):
        change_user(username=user.username, name="Li\u202e", actor=admin, now=now)


@pytest.mark.parametrize("password", ["short", "password123"])
def test_a_weak_password_is_refused_and_nothing_is_kept(admin, now, password) -> None:
    with pytest.raises(WeakPassword):
        create_user(username="a", password=password, actor=admin, now=now)
    assert not User.objects.exists()


def test_an_unknown_role_is_refused_and_nothing_is_kept(admin, now) -> None:
    with pytest.raises(NotFound) as refused:
        make_user(admin, now, roles=["viewer", "king"])
    assert refused.value.pointer == "/roles/1"
    assert not User.objects.exists()
    assert not Event.objects.exists()


def test_nobody_gives_away_more_than_they_have(now) -> None:
    manager = Actor(kind="user", id=1, label="m", permissions=frozenset({Permission.SYSTEM_USER_MANAGE}))
    with pytest.raises(ExceedsOwnPermissions):
        create_user(username="a", password=PASSWORD, roles=["administrator"], actor=manager, now=now)
    with pytest.raises(ExceedsOwnPermissions):
        set_role_permissions(code="viewer", scopes=["*"], actor=manager, now=now)


def test_nobody_takes_over_the_account_of_somebody_who_may_do_more(admin, now) -> None:
    chief = make_user(admin, now, username="chief", roles=["administrator"])
    helper = make_user(admin, now, username="helper", roles=["viewer"])
    rights = frozenset(BUILT_IN_ROLES["viewer"][1]) | {Permission.SYSTEM_USER_MANAGE}
    manager = Actor(kind="user", id=helper.pk + 100, label="m", permissions=frozenset(rights))
    for attack in (
        lambda: set_password(username="chief", password="another long pass phrase", actor=manager, now=now),
        lambda: change_user(username="chief", is_active=False, actor=manager, now=now),
        lambda: change_user(username="chief", roles=["viewer"], actor=manager, now=now),
    ):
        with pytest.raises(AboveOwnPermissions):
            attack()
    chief.refresh_from_db()
    assert chief.is_active and chief.check_password(PASSWORD)
    set_password(username="helper", password="another long pass phrase", actor=manager, now=now)
    change_user(username="helper", is_active=False, actor=manager, now=now)


def test_managing_users_needs_the_permission(now) -> None:
    clerk = Actor(kind="user", id=1, label="c")
    with pytest.raises(PermissionDenied):
        create_user(username="a", password=PASSWORD, actor=clerk, now=now)


def test_users_set_their_own_password_and_not_that_of_others(admin, now) -> None:
    user, other = make_user(admin, now), make_user(admin, now, "wang.fang")
    actor = actor_for_user(user)
    assert set_password(username="li.wei", password="another good one", actor=actor, now=now).check_password(
        "another good one"
    )
    with pytest.raises(PermissionDenied):
        set_password(username=other.username, password="another good one", actor=actor, now=now)


def test_changes_are_recorded_with_before_and_after(admin, now) -> None:
    make_user(admin, now, roles=["viewer"])
    change_user(username="li.wei", roles=["bookkeeper"], is_active=False, actor=admin, now=now)
    event = Event.objects.order_by("id").last()
    assert event.name == "accounts.user.changed"
    assert event.data["changes"]["roles"] == {"before": ["viewer"], "after": ["bookkeeper"]}
    assert event.data["changes"]["is_active"] == {"before": True, "after": False}
    assert PASSWORD not in str(list(Event.objects.values_list("data", flat=True)))


def test_scopes() -> None:
    assert expand_scopes(["*"]) == EVERYTHING
    assert expand_scopes(["orders:order:view"]) == {Permission.ORDERS_ORDER_VIEW}
    orders = expand_scopes(["orders:*"])
    assert orders == {permission for permission in Permission if permission.startswith("orders:")}
    assert expand_scopes(["orders:order:*"]) < orders


@pytest.mark.parametrize("scope", ["", "orders", "orders:", "ord*", "orders:ord*", "orders:order:views", "**", ":*"])
def test_a_scope_that_names_nothing_is_refused_with_an_example(scope) -> None:
    with pytest.raises(UnknownScope) as refused:
        expand_scopes(["*", scope])
    assert refused.value.pointer == "/scopes/1"
    assert refused.value.data["example"] in EVERYTHING
