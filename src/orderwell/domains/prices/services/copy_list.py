"""A new list from another one, or from the products' own list prices, with a percentage and a rounding rule."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import islice

from django.db import IntegrityError

from orderwell.domains.catalog.models import VariantPrice
from orderwell.domains.prices.drafts import ZERO, CopyDraft
from orderwell.domains.prices.errors import PriceListExists, UnknownSource
from orderwell.domains.prices.events import PriceEvent
from orderwell.domains.prices.models import PriceEntry, PriceList
from orderwell.domains.prices.rounding import changed
from orderwell.domains.prices.validation import copy_problems
from orderwell.kernel.errors import Refusal
from orderwell.kernel.refusals import MAX_UNIT_PRICE
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.coded_rows import complete_names
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

CHUNK = 2000
Row = tuple[int, Decimal, Decimal]


def copy_price_list(draft: CopyDraft, *, actor: Actor, now: datetime) -> PriceList:
    """The new list, for nobody yet. Raises Refusal, UnknownSource or PriceListExists."""
    actor.require(Permission.PRICES_PRICE_LIST_CHANGE)
    problems = [problem.detail() for problem in copy_problems(draft)]
    if problems:
        raise Refusal(problems)
    try:
        with atomic():
            return _copy(draft, actor, now)
    except IntegrityError:
        raise PriceListExists(pointer="/code", code=draft.code) from None


def _copy(draft: CopyDraft, actor: Actor, now: datetime) -> PriceList:
    source = PriceList.objects.filter(code=draft.source).first() if draft.source else None
    if draft.source and source is None:
        raise UnknownSource(pointer="/source", value=draft.source[:40])
    if PriceList.objects.filter(code=draft.code).exists():
        raise PriceListExists(pointer="/code", code=draft.code)
    made = PriceList(
        code=draft.code,
        name_zh=draft.name_zh,
        name_en=draft.name_en,
        currency=source.currency if source else draft.currency,
        prices_include_tax=source.prices_include_tax if source else None,
        priority=source.priority if source else 100,
        created_at=now,
        updated_at=now,
    )
    complete_names(made)
    made.save()
    rows, count = _rows(source, draft.currency), 0
    while chunk := list(islice(rows, CHUNK)):
        PriceEntry.objects.bulk_create(
            [
                PriceEntry(
                    price_list=made,
                    variant_id=variant,
                    minimum=minimum,
                    unit_price=min(
                        changed(price, draft.percent, step=draft.step, way=draft.rounding), Decimal(MAX_UNIT_PRICE)
                    ),
                )
                for variant, minimum, price in chunk
            ]
        )
        count += len(chunk)
    subject = f"price-list:{made.pk}"
    data = {"code": made.code, "source": draft.source or "*", "percent": draft.percent, "count": count}
    record(Fact(PriceEvent.LIST_COPIED, subject, subject, data), actor=actor, now=now)
    return made


def _rows(source: PriceList | None, currency: str) -> Iterator[Row]:
    if source is not None:
        entries = PriceEntry.objects.filter(price_list=source).order_by("pk")
        yield from entries.values_list("variant_id", "minimum", "unit_price").iterator(CHUNK)
        return
    listed = VariantPrice.objects.filter(currency=currency, variant__active=True, variant__product__active=True)
    for variant, price in listed.order_by("variant_id").values_list("variant_id", "unit_price").iterator(CHUNK):
        yield variant, ZERO, price
