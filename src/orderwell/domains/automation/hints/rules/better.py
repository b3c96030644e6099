"""What would be better: a cheaper pack, a substitute that is in stock, a bundle that saves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from orderwell.domains.automation.hints.facts.packing import packings
from orderwell.domains.automation.hints.facts.values import BundleOffer, LineFacts, OrderFacts, PackOffer, VariantFacts
from orderwell.domains.automation.hints.hint import Hint, Remedy, Severity
from orderwell.domains.automation.hints.registry import Limits, Threshold, define
from orderwell.domains.automation.hints.rules.common import changing, may_change, percent_off
from orderwell.domains.automation.hints.wording import money, unit_price
from orderwell.kernel.errors import Phrase
from orderwell.kernel.quantities import has_scale, plain
from orderwell.platform.configuration.kinds import decimal, text
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)
SAVING = Threshold(
    "percent",
    decimal(low=Decimal(0), high=Decimal(99), scale=1),
    Decimal(3),
    _("Smallest saving in percent"),
    _("Less than this is not worth a hint."),
)
PACK = define(
    "cheaper_pack",
    _("Cheaper pack size"),
    _("Points out that the same goods cost the customer less in another pack for the quantity wanted."),
    SAVING,
    Threshold(
        "options",
        text(most=300),
        "weight, content, net weight, pack, pack size, 重量, 净重, 净含量, 包装",
        _("Options that name an amount"),
        _("Variants that differ in one of these options alone hold more or less of the same goods."),
    ),
)
SUBSTITUTE = define(
    "substitute_in_stock",
    _("Substitute in stock"),
    _("Points out that goods which are short have a substitute of which enough is free."),
)
BUNDLE = define(
    "bundle_saves",
    _("Bundle that saves"),
    _("Points out that lines of an order cost less as a bundle."),
    SAVING,
)


@dataclass(frozen=True, slots=True)
class Packed:
    """`packs` of an offer and `singles` of what was asked for, and what both cost."""

    offer: PackOffer
    packs: Decimal
    singles: Decimal
    cost: Decimal


def cheapest(quantity: Decimal, price: Decimal, offer: PackOffer, places: int = 0) -> Packed:
    """Whole packs with the rest in singles, or packs alone that hold a little more where even that is cheaper.

    >>> cheapest(Decimal(11), Decimal(10), PackOffer("BOX", "Box", Decimal(12), Decimal(96))).packs
    Decimal('1')
    """
    (packs, rest), alone = packings(quantity, offer.units, places)
    single = price if offer.rest_price is None else max(price, offer.rest_price)
    exact = Packed(offer, packs, rest, packs * offer.unit_price + rest * single)
    each = offer.unit_price if offer.alone_price is None else offer.alone_price
    more = Packed(offer, alone, ZERO, alone * each)
    return more if rest and more.cost < exact.cost else exact


@PACK.on("order")
def cheaper_pack(order: OrderFacts, limits: Limits) -> Iterator[Hint]:
    names = {name.strip().casefold() for name in limits["options"].split(",")}
    for line in order.lines:
        if not may_change(order, line) or line.line_discount or not line.unit_price:
            continue
        offers = [
            found
            for offer in order.packs.get(line.key, ())
            if not offer.option or offer.option.casefold() in names
            for found in [cheapest(line.quantity, line.unit_price, offer, line.places)]
            if found.packs and (offer.free is None or offer.free >= found.packs)
        ]
        best = min(offers, key=lambda item: item.cost, default=None)
        now = line.quantity * line.unit_price
        if best is None or best.cost >= now or percent_off(now, best.cost) < limits["percent"]:
            continue
        yield _pack_hint(order, line, best, now)


def _pack_hint(order: OrderFacts, line: LineFacts, best: Packed, now: Decimal) -> Hint:
    offer = best.offer
    figures = {
        "quantity": line.quantity,
        "sku": line.sku,
        "now": money(now, order.currency),
        "packs": best.packs,
        "other": offer.sku,
        "cost": money(best.cost, order.currency),
        "percent": percent_off(now, best.cost),
    }
    if best.singles:
        text = (
            _("{quantity} × {sku} cost {now}; {packs} × {other} and a single one cost {cost}, {percent} % less.")
            if best.singles == 1
            else _(
                "{quantity} × {sku} cost {now}; {packs} × {other} and {singles} single ones cost {cost}, "
                "{percent} % less."
            )
        )
        reason = Phrase(text, **figures, singles=best.singles)
    else:
        text = _("{quantity} × {sku} cost {now}; {packs} × {other}, {units} in all, cost {cost}, {percent} % less.")
        reason = Phrase(text, **figures, units=best.packs * offer.units)
    data = {"line": line.key, "keep": plain(best.singles), "sku": offer.sku, "quantity": plain(best.packs)}
    label = Phrase(_("Take {packs} × {other}"), packs=best.packs, other=offer.sku)
    inputs = {
        "sku": line.sku,
        "quantity": line.quantity,
        "price": line.unit_price,
        "other": offer.sku,
        "other_price": offer.unit_price,
    }
    remedy = Remedy("replace-line", label, {**data, "name": offer.name}, changing(order))
    return PACK.hint(order, Severity.ADVICE, reason, remedy, inputs=inputs, line=line.key)


@SUBSTITUTE.on("order")
def substitute_in_stock(order: OrderFacts, limits: Limits) -> Iterator[Hint]:
    if order.customer and not order.customer.takes_substitutes:
        return
    left = {stand.sku: stand.free for stands in order.stands.values() for stand in stands}
    for line in order.lines:
        if not line.missing or line.is_bundle or not may_change(order, line):
            continue
        for stand in order.stands.get(line.variant_id, ()):
            if left[stand.sku] < line.missing or stand.unit_price is None or not has_scale(line.missing, stand.places):
                continue
            left[stand.sku] -= line.missing  # what one line takes, another can't
            figures = {"missing": line.missing, "sku": line.sku, "other": stand.sku, "free": stand.free}
            price = unit_price(stand.unit_price, order.currency)
            text = (
                _("{missing} × {sku} are missing; {free} of the substitute {other} are free, at {price} ({note}).")
                if stand.note
                else _("{missing} × {sku} are missing; {free} of the substitute {other} are free, at {price}.")
            )
            reason = Phrase(text, **figures, price=price, note=stand.note)
            data = {
                "line": line.key,
                "keep": plain(line.quantity - line.missing),
                "sku": stand.sku,
                "quantity": plain(line.missing),
                "name": stand.name,
            }
            label = Phrase(_("Take {missing} × {other}"), missing=line.missing, other=stand.sku)
            inputs = {"sku": line.sku, "missing": line.missing, "other": stand.sku, "price": stand.unit_price}
            remedy = Remedy("replace-line", label, data, changing(order))
            yield SUBSTITUTE.hint(order, Severity.NOTICE, reason, remedy, inputs=inputs, line=line.key)
            break


@SUBSTITUTE.on("variant")
def goods_with_substitute(goods: VariantFacts, limits: Limits) -> Iterator[Hint]:
    stand = next((item for item in goods.stands if item.free > 0), None)
    if goods.free > 0 or stand is None:
        return
    reason = Phrase(
        _("Nothing of {sku} is free; {free} of its substitute {other} are."),
        sku=goods.sku,
        free=stand.free,
        other=stand.sku,
    )
    data = {"product_id": stand.product_id}
    label = Phrase(_("Look at {other}"), other=stand.sku)
    remedy = Remedy("open-product", label, data, Permission.CATALOG_PRODUCT_VIEW)
    yield SUBSTITUTE.hint(goods, Severity.ADVICE, reason, remedy, inputs={"sku": goods.sku, "other": stand.sku})


@BUNDLE.on("order")
def bundle_saves(order: OrderFacts, limits: Limits) -> Iterator[Hint]:
    lines = {line.variant_id: line for line in order.lines if may_change(order, line) and not line.line_discount}
    twice = {line.variant_id for line in order.lines if lines.get(line.variant_id) is not line}
    for offer in order.bundles:
        if not offer.parts.keys() <= lines.keys() - twice:
            continue
        count = min(lines[pk].quantity // quantity for pk, quantity in offer.parts.items())
        single = sum((lines[pk].unit_price * quantity for pk, quantity in offer.parts.items()), ZERO)
        if count < 1 or offer.unit_price >= single or percent_off(single, offer.unit_price) < limits["percent"]:
            continue
        yield _bundle_hint(order, offer, lines, count, single)


def _bundle_hint(
    order: OrderFacts, offer: BundleOffer, lines: dict[int, LineFacts], count: Decimal, single: Decimal
) -> Hint:
    parts = ", ".join(f"{plain(count * quantity)} × {lines[pk].sku}" for pk, quantity in offer.parts.items())
    reason = Phrase(
        _("{parts} cost {now} singly; {count} × {bundle} costs {cost}, {percent} % less."),
        parts=parts,
        now=money(single * count, order.currency),
        count=count,
        bundle=offer.sku,
        cost=money(offer.unit_price * count, order.currency),
        percent=percent_off(single, offer.unit_price),
    )
    keep = {str(lines[pk].key): plain(lines[pk].quantity - count * part) for pk, part in offer.parts.items()}
    label = Phrase(_("Take {count} × {bundle}"), count=count, bundle=offer.sku)
    data = {"keep": keep, "sku": offer.sku, "quantity": plain(count), "name": offer.name}
    inputs = {
        "bundle": offer.sku,
        "price": offer.unit_price,
        "lines": sorted((lines[pk].sku, lines[pk].quantity, lines[pk].unit_price) for pk in offer.parts),
    }
    remedy = Remedy("take-bundle", label, data, changing(order))
    return BUNDLE.hint(order, Severity.ADVICE, reason, remedy, inputs=inputs)
