"""The demo company's price lists: wholesale, one customer's contract, an offer of a few weeks, and one in dollars."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from orderwell.demo.company import DESK, PHONE, SHOP, Company
from orderwell.domains.prices.drafts import CopyDraft, EntryDraft, PriceListDraft, Target
from orderwell.domains.prices.resolving import price_day
from orderwell.domains.prices.rounding import changed
from orderwell.domains.prices.services.copy_list import copy_price_list
from orderwell.domains.prices.services.save_list import save_price_list
from orderwell.domains.prices.services.set_entries import set_entries
from orderwell.platform.accounts.actor import Actor

D = Decimal
STEP = D("0.1")


def make_price_lists(company: Company, *, since: datetime, now: datetime) -> None:
    """Valid from `since` on, so that what was placed before keeps the list prices it was placed with."""
    actor = company.crew.manager
    _wholesale(company, actor, since)
    _contract(company, actor, since)
    _offer(company, actor, since, now)
    _dollars(actor, since)


def _less(price: Decimal, percent: int) -> Decimal:
    return changed(price, D(-percent), step=STEP, way="nearest")


def _wholesale(company: Company, actor: Actor, since: datetime) -> None:
    draft = CopyDraft(
        code="wholesale",
        name_zh="批发价",
        name_en="Wholesale",
        currency="CNY",
        percent=D(-6),
        step=STEP,
    )
    made = copy_price_list(draft, actor=actor, now=since)
    terms = PriceListDraft(
        code="wholesale", valid_from=price_day(since), applies_to=(Target("group", "business"), Target("channel", DESK))
    )
    save_price_list(terms, actor=actor, now=since)
    packed = [variant for variant in company.variants if variant.pack is not None]
    steps = [
        EntryDraft(variant.sku, _less(variant.price, percent), D(minimum))
        for variant in packed
        for minimum, percent in ((20, 10), (100, 15))
    ]
    set_entries(steps, list_id=made.pk, actor=actor, now=since)


def _contract(company: Company, actor: Actor, since: datetime) -> None:
    buyer = next(spec for spec in company.customers if spec.company and not spec.abroad)
    draft = PriceListDraft(
        code="contract-" + buyer.number.lower(),
        name_zh="年度协议价",
        name_en="Yearly contract",
        currency="CNY",
        valid_from=price_day(since),
        valid_until=price_day(since + timedelta(days=365)),
        priority=10,
        note="按年度框架协议；续签时请复制并调整。 Renewed each year.",
        applies_to=(Target("customer", buyer.number),),
    )
    made = save_price_list(draft, actor=actor, now=since)
    entries = [
        EntryDraft(variant.sku, _less(variant.price, percent), D(minimum))
        for variant in company.variants[:15]
        for minimum, percent in ((0, 12), (50, 18))
    ]
    set_entries(entries, list_id=made.pk, actor=actor, now=since)


def _offer(company: Company, actor: Actor, since: datetime, now: datetime) -> None:
    draft = PriceListDraft(
        code="offer",
        name_zh="限时优惠",
        name_en="Offer of the month",
        currency="CNY",
        valid_from=price_day(now - timedelta(days=12)),
        valid_until=price_day(now + timedelta(days=18)),
        priority=50,
        applies_to=(Target("channel", SHOP), Target("channel", PHONE)),
    )
    made = save_price_list(draft, actor=actor, now=since)
    entries = [EntryDraft(variant.sku, _less(variant.price, 10)) for variant in company.variants[20:44]]
    set_entries(entries, list_id=made.pk, actor=actor, now=since)


def _dollars(actor: Actor, since: datetime) -> None:
    draft = CopyDraft(
        code="overseas",
        name_zh="海外企业价",
        name_en="International business",
        currency="USD",
        percent=D(-8),
        step=D("0.05"),
        rounding="up",
    )
    copy_price_list(draft, actor=actor, now=since)
    terms = PriceListDraft(code="overseas", valid_from=price_day(since), applies_to=(Target("group", "abroad"),))
    save_price_list(terms, actor=actor, now=since)
