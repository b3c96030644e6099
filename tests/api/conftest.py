"""Callers with a key of their own.

What needs models is imported inside the fixtures: pytest may load this file before Django is set up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.api.callers import Caller, make_caller, place_in_the_callers_thread

if TYPE_CHECKING:
    from tests.api.examples import World
    from tests.api.shop import Shop


@pytest.fixture(autouse=True)
def fresh_keys() -> Iterator[None]:
    """Ids repeat from test to test, so nothing that was cached in one may be believed in the next."""
    from orderwell.platform.accounts.authentication import forget_keys

    forget_keys()
    yield
    forget_keys()


@pytest.fixture
def caller(db: None) -> Callable[..., Caller]:
    """Make a caller: `caller("orders:*", limits={"channel": [1]})`."""
    return make_caller


@pytest.fixture
def owner(caller: Callable[..., Caller]) -> Caller:
    """May do everything."""
    return caller("*")


@pytest.fixture
def anonymous(db: None) -> Caller:
    return Caller(None)


@pytest.fixture
def shop(db: None) -> Shop:
    from tests.api.shop import open_shop

    return open_shop()


@pytest.fixture(scope="module")
def kept_world(django_db_setup: None, django_db_blocker: object) -> Iterator[World]:
    from orderwell.platform.accounts.services.roles import sync_built_in_roles
    from orderwell.testing.kept import kept_rows
    from tests.api.examples import World
    from tests.api.shop import open_shop

    with kept_rows(django_db_blocker):
        sync_built_in_roles()
        yield World(open_shop(), make_caller("*"))


@pytest.fixture
def world(kept_world: World, db: None) -> World:
    """A shop and its owner for what is tried on every route, made once for a file of tests."""
    return kept_world


@pytest.fixture(autouse=True)
def gate_within_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """The intake gate's own thread would not see what a test has not committed: here it places in the caller's."""
    place_in_the_callers_thread(monkeypatch)
