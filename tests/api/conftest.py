"""Callers with a key of their own.

What needs models is imported inside the fixtures: pytest may load this file before Django is set up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest

from tests.api.callers import Caller


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

    def make(*scopes: str, limits: Mapping[str, Sequence[int]] | None = None) -> Caller:
        from orderwell.kernel.clock import utc_now
        from orderwell.platform.accounts.actor import system_actor
        from orderwell.platform.accounts.services.api_keys import create_key

        _, key = create_key(
            name="test", scopes=scopes or ["*"], limits=limits or {}, actor=system_actor(), now=utc_now()
        )
        return Caller(key)

    return make


@pytest.fixture
def owner(caller: Callable[..., Caller]) -> Caller:
    """May do everything."""
    return caller("*")


@pytest.fixture
def anonymous(db: None) -> Caller:
    return Caller(None)
