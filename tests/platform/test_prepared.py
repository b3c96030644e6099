"""A prepared query gives what the ORM gives, for whatever values it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Max, Min, Model, Q, QuerySet
from django.test.utils import CaptureQueriesContext

from orderwell.domains.catalog.models import Channel, Product, Variant
from orderwell.domains.customers.models import Contact
from orderwell.domains.prices.models import PriceList
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.crypto import phone_index
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import Permission, PermissionDenied
from orderwell.platform.prepared import NotPreparable, one_row, prepared
from orderwell.platform.search import prefix
from orderwell.testing.factories import make_channel, make_customer, make_variant

pytestmark = pytest.mark.django_db


@prepared(int)
def _of_product(product: int) -> QuerySet[Variant]:
    return Variant.objects.filter(product_id=product).select_related("product__tax_category").order_by("sku")


@prepared(str, int)
def _either(sku: str, pk: int) -> QuerySet[Any, tuple[int, str]]:
    return Variant.objects.filter(Q(sku=sku) | Q(pk=pk)).order_by("pk").values_list("pk", "sku")


@prepared()
def _skus() -> QuerySet[Any, str]:
    return Variant.objects.order_by("sku").values_list("sku", flat=True)


@prepared(int)
def _counted(first: int) -> QuerySet[Any, tuple[int, int]]:
    rows = Variant.objects.filter(pk__gte=first).order_by("product")
    return rows.values_list("product").annotate(units=Count("pk"))


@prepared(int)
def _priced(pk: int) -> QuerySet[Variant]:
    return Variant.objects.filter(pk=pk).annotate(units=Count("prices"), lowest=Min("prices__unit_price"))


@prepared([int], str)
def _among(pks: list[int], sku: str) -> QuerySet[Any, str]:
    return Variant.objects.filter(Q(pk__in=pks) | Q(sku=sku)).order_by("sku").values_list("sku", flat=True)


@prepared(datetime)
def _since(moment: datetime) -> QuerySet[Event]:
    return Event.objects.filter(occurred_at__gte=moment).order_by("id")


@prepared(Actor, int)
def _of_actor(actor: Actor, least: int) -> QuerySet[Any, int]:
    actor.require(Permission.ORDERS_ORDER_VIEW)
    rows = Channel.objects.filter(pk__gte=least)
    if actor.kind != "user":
        rows = rows.filter(active=False)
    if actor.channel_ids is not None:
        rows = rows.filter(pk__in=actor.channel_ids)
    if actor.may(Permission.ORDERS_ORDER_PLACE):
        rows = rows.exclude(pk=actor.id)
    return rows.order_by("pk").values_list("pk", flat=True)


@prepared(date)
def _until(day: date) -> QuerySet[Any, str]:
    return PriceList.objects.filter(valid_until__gte=day).values_list("code", flat=True)


@prepared(str)
def _numbers(sku: str) -> QuerySet[Any, tuple[Any, ...]]:
    return one_row(Variant.objects.filter(sku__gte=sku).order_by("sku"), units=Count("pk"), last=Max("sku"))


@prepared(str, str)
def _beginning(sku: str, name: str) -> QuerySet[Any, str]:
    return Variant.objects.filter(prefix("sku", sku) | Q(name_en=name)).order_by("sku").values_list("sku", flat=True)


@prepared(bytes)
def _of_index(index: bytes) -> QuerySet[Any, int]:
    return Contact.objects.filter(phone_index=index).values_list("customer", flat=True)


def columns(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_rows_are_whole_objects_with_their_relations() -> None:
    product = make_variant("B", price="10.50").product
    make_variant("A", product=product)
    make_variant("C")
    with CaptureQueriesContext(connection) as seen:
        found = _of_product(product.pk)
        assert [row.product.tax_category.code for row in found] == [product.tax_category.code] * 2
    assert len(seen) == 1
    assert [columns(row) for row in found] == [
        columns(row) for row in Variant.objects.filter(product=product).order_by("sku")
    ]
    assert columns(found[0].product) == columns(Product.objects.get(pk=product.pk))
    found[0].name_en = "Another name"
    found[0].save(update_fields=["name_en"])
    assert _of_product(product.pk)[0].name_en == "Another name"


def test_each_call_has_its_own_values() -> None:
    first, second, third = make_variant("A"), make_variant("B"), make_variant("C")
    assert _either("A", third.pk) == [(first.pk, "A"), (third.pk, "C")]
    assert _either("B", -1) == [(second.pk, "B")]
    assert _either("' OR 1=1 --", 0) == []
    assert _skus() == ["A", "B", "C"]
    assert _either("A", 10**20) == [(first.pk, "A")]  # no row can have that number


def test_sums_and_exact_numbers_come_as_from_the_orm() -> None:
    first = make_variant("A", price="10.50")
    assert [(row.units, row.lowest) for row in _priced(first.pk)] == [(1, Decimal("10.5"))]  # type: ignore[attr-defined]
    make_variant("B", product=first.product)
    assert _counted(first.pk) == [(first.product_id, 2)]
    assert _counted(first.pk + 100) == []


def test_lists_of_any_length_are_asked_for() -> None:
    pks = [make_variant(sku).pk for sku in "ABCDE"]
    for length in (1, 3, 2, 5):
        assert _among(pks[:length], "-") == list("ABCDE"[:length])
    assert _among([pks[0], pks[0]], "B") == ["A", "B"]
    assert _among([], "C") == ["C"]  # nothing is in an empty list, and the rest of the question stands
    assert _among(list(range(10**6, 10**6 + 300)), "D") == ["D"]
    with CaptureQueriesContext(connection) as seen:
        assert _among(pks[:2], "-") == ["A", "B"]
    assert len(seen) == 1


def test_beginnings_of_texts_are_found_to_the_letter() -> None:
    for sku in ("AB-1", "AB-2", "AB", "A%1", "A_1", "a\\b", "ab-3", "Z"):
        make_variant(sku)
    for text in ("AB", "AB-", "A%", "A_", "a\\", "a", "AB-1", "C", "%", "_", ""):
        assert _beginning(text, "-") == list(
            Variant.objects.filter(prefix("sku", text)).order_by("sku").values_list("sku", flat=True)
        ), text
    assert _beginning("AB-", "-") == ["AB-1", "AB-2"]
    with CaptureQueriesContext(connection) as seen:
        assert _beginning("A%", "-") == ["A%1"]
    assert len(seen) == 1


def test_bytes_are_compared_as_the_column_keeps_them() -> None:
    numbers = ("13800138000", "02155551234")
    first, second = (make_customer(phone=number).pk for number in numbers)
    with CaptureQueriesContext(connection) as seen:
        assert [_of_index(phone_index(number) or b"") for number in numbers] == [[first], [second]]
        assert _of_index(b"") == []
    assert len(seen) == 3


def test_moments_are_compared_as_the_column_keeps_them() -> None:
    zone = timezone(timedelta(hours=8))
    at = datetime(2026, 3, 1, 20, tzinfo=zone)
    event = Event.objects.create(name="a", stream="order:1", subject="order:1", occurred_at=at, data={})
    assert [row.pk for row in _since(at.astimezone(UTC))] == [event.pk]
    assert [row.occurred_at for row in _since(at)] == [at]
    assert _since(at + timedelta(microseconds=1)) == []


def test_days_are_compared_as_the_column_keeps_them() -> None:
    now, last = datetime(2026, 1, 1, tzinfo=UTC), date(2026, 3, 1)
    PriceList.objects.create(code="a", currency="CNY", valid_until=last, created_at=now, updated_at=now)
    assert _until(date(2026, 3, 1)) == ["a"]
    assert _until(date(2026, 3, 2)) == []


def test_an_actor_asks_for_its_own_rows_with_its_own_rights() -> None:
    first, second, third = (make_channel(code).pk for code in ("one", "two", "three"))
    may = frozenset({str(Permission.ORDERS_ORDER_VIEW)})
    everywhere = Actor("user", 10**9, "A", may)
    for _ in range(2):
        assert _of_actor(everywhere, first) == [first, second, third]
        assert _of_actor(replace(everywhere, channel_ids=frozenset({first, third})), first) == [first, third]
        assert _of_actor(replace(everywhere, channel_ids=frozenset({second, third})), first) == [second, third]
        assert _of_actor(replace(everywhere, channel_ids=frozenset({second})), first) == [second]
        assert _of_actor(replace(everywhere, channel_ids=frozenset()), first) == []
        assert _of_actor(replace(everywhere, kind="api_key"), first) == []
        more = may | {str(Permission.ORDERS_ORDER_PLACE)}
        assert _of_actor(replace(everywhere, permissions=more, id=second), first) == [first, third]
        assert _of_actor(replace(everywhere, permissions=more, id=third), first) == [first, second]
        with pytest.raises(PermissionDenied):
            _of_actor(replace(everywhere, permissions=frozenset()), first)


def test_sums_over_all_rows_are_one_row() -> None:
    assert _numbers("A") == [(0, None)]
    for sku in "ABC":
        make_variant(sku)
    assert _numbers("B") == [(2, "C")]
    assert tuple(Variant.objects.filter(sku__gte="B").aggregate(units=Count("pk"), last=Max("sku")).values()) == (
        2,
        "C",
    )


def test_what_cannot_be_kept_is_refused() -> None:
    @prepared(str)
    def part(text: str) -> QuerySet[Variant]:
        return Variant.objects.filter(sku__icontains=text)

    @prepared(int)
    def unused(pk: int) -> QuerySet[Variant]:
        return Variant.objects.all()

    @prepared(int)
    def more(pk: int) -> QuerySet[Variant]:
        return Variant.objects.filter(pk=pk).prefetch_related("prices")

    @prepared(int)
    def as_mappings(pk: int) -> QuerySet[Any, dict[str, Any]]:
        return Variant.objects.filter(pk=pk).values("sku")

    calls: list[Callable[[], Any]] = [
        lambda: part("a"),
        lambda: unused(1),
        lambda: more(1),
        lambda: as_mappings(1),
        lambda: _either("A"),  # type: ignore[call-arg]
    ]
    for call in calls:
        with pytest.raises(NotPreparable):
            call()
