"""Loads the demo company, once: set-up, the story of a year, and on request any number of further orders in bulk."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.conf import settings

from orderwell.demo import bulk, oddities
from orderwell.demo.company import DESK, SHOP, STAFF, Company, establish
from orderwell.demo.diary import Diary
from orderwell.demo.price_lists import make_price_lists
from orderwell.demo.seasons import moments
from orderwell.demo.story import Story
from orderwell.demo.supply import Supply
from orderwell.domains.catalog.models import Channel, Product
from orderwell.domains.customers.models import Customer
from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.kernel.identifiers import random_token
from orderwell.platform.database import atomic, much_memory
from orderwell.platform.events.dispatch import deliver, fan_out
from orderwell.platform.installation import first_administrator, set_up

ORDERS = 3_000
ADMINISTRATOR = "admin"
SEED = 20_120
# The company has worked with Orderwell for this long; what was before it brought over as past orders.
DAYS_IN_USE = 110
YEAR = timedelta(days=366)
Told = Callable[[str, int, int], None]


class NotEmpty(DomainError):
    code = "not_empty"
    message = (
        "This installation already holds {products} products, {customers} customers and {orders} orders that are not "
        "the demo company's. Load the demo company into an empty one: set ORDERWELL_HOME (or DATABASE_URL) anew."
    )


@dataclass
class Loaded:
    """`orders` is how many there are now, `placed` how many of them this call made."""

    orders: int
    placed: int
    seconds: float
    administrator: str | None = None
    password: str | None = None
    staff: dict[str, str] = field(default_factory=dict)
    staff_password: str | None = None

    @property
    def rate(self) -> float:
        return self.placed / self.seconds if self.placed else 0.0


def load_demo(*, orders: int, now: datetime, told: Told) -> Loaded:
    """Bring the demo company to `orders` orders. Repeating it changes nothing; a larger number adds the difference.

    Raises NotEmpty where other data is. `told` hears what is being done, how far it is and how far it goes.
    """
    began = time.monotonic()
    set_up(now=now)
    here = is_loaded()
    if not here:
        _require_empty()
    password = None
    staff_password = None if here else random_token(12)
    before = Order.objects.count()
    if not here:
        # All or nothing: a load that was interrupted leaves an empty database, and the next one begins anew.
        with atomic():
            password = first_administrator(username=ADMINISTRATOR, now=now)
            company = establish(password=staff_password or "", now=now - YEAR)
            _tell_the_year(company, min(orders, ORDERS), now, told)
    missing = orders - Order.objects.count()
    if missing > bulk.LEAST:
        with much_memory():
            bulk.add(missing, now=now, zone=settings.TIME_ZONE, told=told)
    _deliver_events()
    count = Order.objects.count()
    return Loaded(
        orders=count,
        placed=count - before,
        seconds=time.monotonic() - began,
        administrator=ADMINISTRATOR if password else None,
        password=password,
        staff={username: role for username, (_, role, _) in STAFF.items()},
        staff_password=staff_password,
    )


def _deliver_events() -> None:
    """What happened last year has been heard of by now: nothing of it waits for the first worker."""
    while fan_out(now=utc_now()) or deliver(now=utc_now()):
        pass


def is_loaded() -> bool:
    return (
        Channel.objects.filter(code__in=(DESK, SHOP)).count() == 2 and Product.objects.filter(code="GIFT-TEA").exists()
    )


def _require_empty() -> None:
    products, known, orders = Product.objects.count(), Customer.objects.count(), Order.objects.count()
    if products or known or orders:
        raise NotEmpty(products=products, customers=known, orders=orders)


def _tell_the_year(company: Company, orders: int, now: datetime, told: Told) -> None:
    random = Random(SEED)
    odd = oddities.COUNT if orders >= oddities.LEAST else 0
    times = moments(orders - odd, now, settings.TIME_ZONE, random)
    switched = now - timedelta(days=DAYS_IN_USE)
    past = [moment for moment in times if moment < switched]
    bulk.record_past(company, past, random, now=switched)
    told("orders", len(past), orders)
    make_price_lists(company, since=switched, now=now)
    diary = Diary(now)
    story = Story(company, diary, settings.TIME_ZONE, random)
    Supply(company, diary, random).plan(switched)
    if odd:
        oddities.Oddities(company, diary, story).plan(now)
        diary.note(now - timedelta(hours=3), story.voices.remind)
    for number, moment in enumerate(times[len(past) :], len(past) + 1):
        diary.note(moment, story.wish)
        if number % 20 == 0:
            diary.note(moment, lambda _, done=number: told("orders", done, orders))  # type: ignore[misc]
    diary.live()
    told("orders", orders, orders)
