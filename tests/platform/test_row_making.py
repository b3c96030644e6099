"""Rows that are made quickly are those that Django makes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Model, QuerySet
from django.db.models.signals import post_init
from django.test.utils import CaptureQueriesContext

from orderwell.domains.catalog.models import Product, Variant
from orderwell.platform.row_making import made_quickly
from orderwell.testing.factories import make_variant

pytestmark = pytest.mark.django_db

_FETCHED = "_prefetched_objects_cache"


def everything(row: Model) -> dict[str, Any]:
    """All that an instance holds, and what hangs on it."""
    found = {key: value for key, value in vars(row).items() if not key.startswith("_")}
    fetched = {name: [other.pk for other in rows] for name, rows in getattr(row, _FETCHED, {}).items()}
    related = {name: everything(other) for name, other in row._state.fields_cache.items() if other is not None}
    return {**found, "fetched": fetched, "related": related, "adding": row._state.adding, "db": row._state.db}


def questions() -> Iterator[QuerySet[Any]]:
    yield Variant.objects.order_by("sku")
    yield Variant.objects.select_related("product__tax_category", "product__category").order_by("sku")
    yield Variant.objects.only("sku").order_by("sku")
    yield Variant.objects.annotate(name=F("product__name_en")).order_by("sku")
    yield Product.objects.prefetch_related("variants").order_by("pk")
    yield Variant.objects.order_by("sku")[:1]


def test_they_hold_what_the_orm_would_have_put_there() -> None:
    make_variant("A", price="10.50")
    make_variant("B")
    for rows in questions():
        assert [everything(row) for row in made_quickly(rows)] == [everything(row) for row in rows]


def test_they_are_saved_and_read_again_like_any_other() -> None:
    make_variant("A")
    (row,) = made_quickly(Variant.objects.only("sku"))
    with CaptureQueriesContext(connection) as seen:
        assert row.product.pk == row.product_id  # what was left out is asked for
    assert len(seen) == 2
    row.sku = "B"
    row.save()
    assert [found.sku for found in Variant.objects.all()] == ["B"]
    assert row == Variant.objects.get() and hash(row) == hash(Variant.objects.get())


def test_who_listens_is_told_of_every_instance() -> None:
    make_variant("A")
    told: list[Any] = []

    def listen(instance: Any, **_more: Any) -> None:
        told.append(instance)

    post_init.connect(listen, sender=Variant)
    try:
        assert list(made_quickly(Variant.objects.all())) == told
    finally:
        post_init.disconnect(listen, sender=Variant)


def test_rows_of_a_parent_know_it() -> None:
    product = make_variant("A").product
    with CaptureQueriesContext(connection) as seen:
        assert [row.product for row in made_quickly(product.variants.all())] == [product]
    assert len(seen) == 1
