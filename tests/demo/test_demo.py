"""The demo company: believable, the same every time, loaded once, and true to every law."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from orderwell.demo import bulk, names
from orderwell.demo.catalogue import BUNDLES, CATEGORIES, TAXES, bundles, ean13, products
from orderwell.demo.diary import Diary
from orderwell.demo.load import NotEmpty, load_demo
from orderwell.demo.people import customers
from orderwell.demo.seasons import moments, weight, working
from orderwell.domains.billing.models import CreditNote, Invoice, Payment
from orderwell.domains.cases.models import Case, Message, Rating, Task
from orderwell.domains.catalog.models import Barcode, Product, Variant
from orderwell.domains.customers.models import Contact, Customer
from orderwell.domains.fulfilment.models import Return, Shipment
from orderwell.domains.inventory.models import ExpectedReceipt, Transfer, Warehouse
from orderwell.domains.orders.models import Backorder, Hold, Order
from orderwell.platform.accounts.models import User
from orderwell.platform.events.queries import backlog
from orderwell.platform.verify import run_laws
from orderwell.testing.factories import make_variant

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ZONE = "Asia/Shanghai"


def silent(_what: str, _done: int, _of: int) -> None:
    """Nobody watches."""


def test_the_catalogue_is_large_bilingual_and_consistent() -> None:
    found = products()
    skus = [variant.sku for product in found for variant in product.variants]
    barcodes = [variant.barcode for product in found for variant in product.variants]
    assert 180 <= len(found) <= 220
    assert len(skus) == len(set(skus)) > 300
    assert len(barcodes) == len(set(barcodes))
    assert len(bundles(frozenset(skus))) == len(BUNDLES)
    assert {product.category for product in found} | {"gifts"} == set(CATEGORIES)
    assert {product.tax for product in found} == set(TAXES)
    assert all(product.zh and product.en and not product.zh.isascii() for product in found)
    assert all(0 < variant.cost < variant.price for product in found for variant in product.variants)
    assert found == products()


def test_what_people_say_is_in_one_language_at_a_time() -> None:
    holds = [words for _kind, words in names.HOLD_REASONS]
    said = [
        *names.JOBS,
        *names.CANCEL_REASONS,
        *names.RETURN_REASONS,
        *names.NOTES,
        *names.TASKS,
        *(words for pair in names.QUESTIONS for words in pair),
        *(words for several in names.COMMENTS.values() for words in several),
        names.GIFT_WRAP,
        names.CHECKED,
        *holds,
    ]
    for chinese, english in said:
        assert english.isascii() and not re.search("[a-z]{2}", chinese), (chinese, english)
    assert names.said_to("CN", names.CHECKED) == "已核实" and names.said_to("DE", names.CHECKED) == "Checked"
    carriers = [name for name, _letters in (*names.CARRIERS_CN, *names.CARRIERS_WORLD)]
    assert all(name.isascii() or not re.search("[A-Za-z]", name) for name in carriers)


def test_barcodes_are_well_formed() -> None:
    code = ean13(123)
    assert len(code) == 13
    assert sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(code)) % 10 == 0


def test_customers_are_of_every_kind_and_the_same_every_time() -> None:
    found = customers()
    assert len(found) == 300
    assert found == customers()
    kinds = Counter((customer.company, customer.abroad) for customer in found)
    assert min(kinds.values()) > 10
    assert len(kinds) == 4
    assert all("@example.com" in contact.email for customer in found for contact in customer.contacts)


def test_orders_follow_the_seasons() -> None:
    times = moments(20_000, NOW, ZONE, Random(1))
    assert times == sorted(times)
    assert NOW - timedelta(days=367) <= times[0]
    assert times[-1] < NOW
    days = Counter(moment.astimezone(ZoneInfo(ZONE)).date() for moment in times)
    assert days[date(2026, 11, 11)] > 3 * days[date(2026, 10, 21)]
    festival = sum(days[date(2026, 2, 17) + timedelta(days=number)] for number in range(5))
    assert festival < 0.4 * sum(days[date(2026, 3, 17) + timedelta(days=number)] for number in range(5))
    first, last = NOW.date() - timedelta(days=300), NOW.date() - timedelta(days=20)
    assert weight(last, first) > weight(last.replace(year=2025), first)


def test_people_work_by_day() -> None:
    night = datetime(2026, 5, 5, 18, 30, tzinfo=UTC)  # half past two in the morning there
    assert working(night, ZONE).astimezone(ZoneInfo(ZONE)).hour == 9
    assert working(NOW, ZONE) == NOW


def test_the_diary_is_lived_in_order_and_ends_at_its_end() -> None:
    diary, lived = Diary(NOW), list[int]()
    diary.note(NOW - timedelta(hours=1), lambda at: lived.append(2))
    diary.note(NOW - timedelta(hours=2), lambda at: diary.note(at + timedelta(minutes=1), lambda _: lived.append(1)))
    diary.note(NOW + timedelta(hours=1), lambda at: lived.append(3))
    diary.live()
    assert lived == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_loading_gives_a_company_at_work_once_and_grows_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load_demo(orders=420, now=NOW, told=silent)
    assert loaded.password
    assert loaded.staff_password
    assert User.objects.get(username="admin").check_password(loaded.password)
    assert abs(Order.objects.count() - 420) < 10
    assert Product.objects.count() > 180
    assert Customer.objects.count() == 300
    assert Warehouse.objects.count() == 3
    assert Barcode.objects.exists()
    assert Contact.objects.exclude(phone_index=None).exists()
    assert Variant.objects.filter(is_bundle=True).count() == len(BUNDLES)
    told = (Case, Message, Rating, Task)
    for model in (Shipment, Invoice, Payment, CreditNote, Return, Transfer, ExpectedReceipt, Hold, Backorder, *told):
        assert model.objects.exists(), model
    assert {"draft", "placed", "completed", "cancelled"} == set(Order.objects.values_list("state", flat=True))
    assert len(set(Rating.objects.values_list("score", flat=True))) > 1
    assert Message.objects.filter(direction=Message.Direction.OUT).exists(), "customers are answered"
    assert not [difference for verdict in run_laws() for difference in verdict.result.differences]
    assert backlog().waiting == 0, "events of last year wait for a worker"
    known = Order.objects.count()

    again = load_demo(orders=420, now=NOW + timedelta(hours=1), told=silent)
    assert (again.placed, again.password, again.staff_password) == (0, None, None)
    assert Order.objects.count() == known

    monkeypatch.setattr(bulk, "PER_CALL", 100)
    grown = load_demo(orders=known + 300, now=NOW + timedelta(hours=2), told=silent)
    assert grown.placed == 300
    assert Order.objects.count() == known + 300
    assert not [difference for verdict in run_laws() for difference in verdict.result.differences]


@pytest.mark.django_db
def test_a_company_s_own_data_is_never_mixed_with_the_demo() -> None:
    make_variant("OWN")
    with pytest.raises(NotEmpty) as refusal:
        load_demo(orders=10, now=NOW, told=silent)
    assert refusal.value.code == "not_empty"
    assert not Customer.objects.exists()
    assert json.loads(json.dumps(dict(refusal.value.data)))["products"] == 1
