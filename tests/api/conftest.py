"""Callers with a key of their own.

What needs models is imported inside the fixtures: pytest may load this file before Django is set up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pytest

from tests.api.callers import Caller

if TYPE_CHECKING:
    from orderwell.domains.orders.drafts import Submission
    from orderwell.domains.orders.outcomes import Outcome
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

    def make(*scopes: str, limits: Mapping[str, Sequence[int]] | None = None) -> Caller:
        from orderwell.kernel.clock import utc_now
        from orderwell.platform.accounts.actor import system_actor
        from orderwell.platform.accounts.services.api_keys import create_key
        from orderwell.platform.accounts.services.row_scopes import set_limits

        made, key = create_key(name="test", scopes=scopes or ["*"], actor=system_actor(), now=utc_now())
        # Past the service, which would refuse rows that are not there.
        set_limits(made, limits or {})
        return Caller(key)

    return make


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


@pytest.fixture(autouse=True)
def gate_within_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """The intake gate's own thread would not see what a test has not committed: here it places in the caller's."""
    from orderwell.domains.orders import gate
    from orderwell.platform.permissions import Permission

    class Direct(gate.IntakeGate):
        def submit(self, submission: Submission) -> Outcome:
            submission.actor.require(Permission.ORDERS_ORDER_PLACE)
            return gate.place_submissions([submission], now=gate.utc_now())[0]

    direct = Direct()
    monkeypatch.setattr("orderwell.api.orders.placing.gate", lambda: direct)
