"""People in front of the screen, and a small company for them to work with.

What needs models is imported inside the fixtures: pytest may load this file before Django is set up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from django.test import Client

    from orderwell.domains.catalog.models import Channel, Variant
    from orderwell.domains.customers.models import Customer
    from orderwell.domains.inventory.models import Warehouse
    from orderwell.platform.accounts.actor import Actor
    from orderwell.platform.accounts.models import User

PASSWORD = "correct horse battery"


@dataclass
class Company:
    channel: Channel
    warehouse: Warehouse
    cup: Variant
    pot: Variant
    customer: Customer


def open_company() -> Company:
    """A channel that takes backorders, a warehouse with 10 cups and 2 pots, a customer."""
    from orderwell.testing import factories

    company = Company(
        channel=factories.make_channel("shop", backorder=True),
        warehouse=factories.make_warehouse("main"),
        cup=factories.make_variant("CUP", price="20.00", name_en="Tea cup", name_zh="茶杯"),
        pot=factories.make_variant("POT", price="90.00", name_en="Tea pot", name_zh="茶壶"),
        customer=factories.make_customer("C1", name="王小明", phone="13812345678"),
    )
    factories.stock_up(company.cup, company.warehouse, 10)
    factories.stock_up(company.pot, company.warehouse, 2)
    return company


def place_order(
    *,
    now: Any = None,
    external_id: str | None = None,
    requested_at: Any = None,
    customer: str = "C1",
    **quantities: int,
) -> int:
    """Place an order past the screen: `place_order(CUP=2, POT=1)`; its id."""
    from decimal import Decimal

    from orderwell.domains.orders.drafts import AddressDraft, LineDraft, OrderDraft
    from orderwell.domains.orders.outcomes import Placed
    from orderwell.domains.orders.services.place import place_orders
    from orderwell.kernel.clock import utc_now
    from orderwell.testing.actors import owner as the_owner

    draft = OrderDraft(
        channel="shop",
        customer=customer,
        external_id=external_id,
        requested_at=requested_at,
        ship_to=AddressDraft(recipient="王小明", phone="13812345678", street="人民路1号", city="上海市"),
        lines=tuple(LineDraft(sku, Decimal(count)) for sku, count in quantities.items()),
    )
    outcome = place_orders([draft], actor=the_owner(), now=now or utc_now())[0]
    assert isinstance(outcome, Placed), outcome
    return outcome.order_id


@pytest.fixture
def company(db: None) -> Company:
    return open_company()


@pytest.fixture(scope="module")
def kept_business(django_db_setup: None, django_db_blocker: object) -> Iterator[Actor]:
    from orderwell.testing.kept import kept_rows
    from tests.web.business import do_business

    with kept_rows(django_db_blocker):
        yield do_business()


@pytest.fixture
def business(kept_business: Actor, db: None) -> Actor:
    """A few rows in most lists, made once for a file of tests."""
    return kept_business


@pytest.fixture(scope="module")
def kept_every_list(kept_business: Actor) -> Actor:
    from tests.web.business import fill_every_list

    fill_every_list()
    return kept_business


@pytest.fixture
def every_list(kept_every_list: Actor, db: None, monkeypatch: pytest.MonkeyPatch) -> Actor:
    """Rows in the other lists too, and texts that a spreadsheet would take for formulas."""
    from orderwell.platform.views.services import exports

    # Each export would be a row more in the list of events.
    monkeypatch.setattr(exports, "record", lambda *args, **named: None)
    return kept_every_list


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Make a user: `person("sales-clerk")`."""

    def make(*roles: str, username: str = "", **more: Any) -> User:
        from orderwell.kernel.clock import utc_now
        from orderwell.platform.accounts.actor import system_actor
        from orderwell.platform.accounts.services.roles import sync_built_in_roles
        from orderwell.platform.accounts.services.users import create_user

        sync_built_in_roles()
        return create_user(
            username=username or (roles[0] if roles else "nobody"),
            password=PASSWORD,
            roles=roles,
            actor=system_actor(),
            now=utc_now(),
            **more,
        )

    return make


@pytest.fixture
def browse(person: Callable[..., User]) -> Callable[..., Client]:
    """A signed-in client of a person with these roles; English unless said otherwise."""
    from django.test import Client

    def sign_in(*roles: str, language: str = "en", **more: Any) -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(person(*roles, **more))
        return client

    return sign_in


@pytest.fixture
def owner(browse: Callable[..., Client]) -> Client:
    return browse("administrator")


@pytest.fixture(autouse=True)
def gate_in_this_transaction(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The gate's own thread would not see what this test has not committed; it places the order all the same."""
    if "browser" in request.keywords:
        return
    from orderwell.domains.orders.drafts import Submission
    from orderwell.domains.orders.outcomes import Outcome
    from orderwell.domains.orders.services.place import place_submissions
    from orderwell.kernel.clock import utc_now
    from orderwell.web.orders import entry

    class Direct:
        def submit(self, submission: Submission) -> Outcome:
            return place_submissions([submission], now=utc_now())[0]

    monkeypatch.setattr(entry, "gate", Direct)


@pytest.fixture
def place(company: Company) -> Callable[..., int]:
    return place_order
