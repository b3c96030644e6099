"""Quantities and prices that are unusual for the customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_noop as _

from orderwell.domains.automation.hints.facts.values import LineFacts, OrderFacts, Past
from orderwell.domains.automation.hints.hint import Hint, Remedy, Severity
from orderwell.domains.automation.hints.registry import Limits, Threshold, define
from orderwell.domains.automation.hints.rules.common import ask, changing, hold_for, may_change
from orderwell.domains.automation.hints.wording import unit_price
from orderwell.kernel.errors import Phrase
from orderwell.kernel.quantities import plain
from orderwell.platform.configuration.kinds import decimal, whole
from orderwell.platform.permissions import Permission

ORDERS = Threshold(
    "orders",
    whole(low=2, high=20),
    3,
    _("Earlier orders that make a habit"),
    _("So many earlier orders of the same goods by the customer are needed before anything is called unusual."),
)
QUANTITY = define(
    "unusual_quantity",
    _("Unusual quantity"),
    _("Points out a quantity far above or below whatever this customer ordered of the goods before."),
    ORDERS,
    Threshold(
        "times",
        decimal(low=Decimal("1.5"), high=Decimal(100), scale=1),
        Decimal(3),
        _("Times the usual quantity"),
        _("A quantity is unusual from so many times the usual one on, and from so small a part of it downwards."),
    ),
)
PRICE = define(
    "unusual_price",
    _("Unusual price"),
    _(
        "Points out a unit price that differs from the customer's price list or, where none has the goods, from what the "
        "customer paid the last times."
    ),
    ORDERS,
    Threshold(
        "percent",
        decimal(low=Decimal(1), high=Decimal(1000), scale=1),
        Decimal(20),
        _("Difference in percent"),
        _("A price is unusual when it differs by more than this from the usual one."),
    ),
)
# Orders whose prices are compared: the newest.
NEWEST = 5


@QUANTITY.on("order")
def unusual_quantity(order: OrderFacts, limits: Limits) -> Iterator[Hint]:
    """Order by order: goods on several lines of one order were bought once."""
    here: dict[int, list[LineFacts]] = defaultdict(list)
    for line in order.lines:
        if line.open:
            here[line.variant_id].append(line)
    for variant, lines in here.items():
        quantities = sorted(_by_order(order.past.get(variant, ())))
        if len(quantities) < limits["orders"]:
            continue
        quantity = sum((line.quantity for line in lines), Decimal(0))
        least, usual, most = quantities[0], quantities[len(quantities) // 2], quantities[-1]
        far_above = quantity > most and quantity >= usual * limits["times"]
        far_below = quantity < least and quantity * limits["times"] <= usual
        if far_above or far_below:
            yield _quantity_hint(order, lines, quantity, (least, usual, most), len(quantities))


def _by_order(past: Iterable[Past]) -> list[Decimal]:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for line in past:
        totals[line.number] += line.quantity
    return list(totals.values())


def _quantity_hint(
    order: OrderFacts,
    lines: Sequence[LineFacts],
    quantity: Decimal,
    seen: tuple[Decimal, Decimal, Decimal],
    count: int,
) -> Hint:
    least, usual, most = seen
    line = lines[0]
    figures = {"quantity": quantity, "sku": line.sku, "count": count}
    if least == most:
        reason = Phrase(
            _("{quantity} × {sku}: this customer took {usual} each of the last {count} times."), **figures, usual=usual
        )
    else:
        reason = Phrase(
            _("{quantity} × {sku}: this customer took {least} to {most} the last {count} times, usually {usual}."),
            **figures,
            least=least,
            most=most,
            usual=usual,
        )
    remedies = []
    if len(lines) == 1 and may_change(order, line):
        data = {"line": line.key, "quantity": plain(usual)}
        label = Phrase(_("Take {quantity}"), quantity=usual)
        remedies.append(Remedy("set-quantity", label, data, changing(order)))
    remedies += [*hold_for(order, "customer", reason), *ask(order, _("Ask the customer"))]
    inputs = {"sku": line.sku, "quantity": quantity, "least": least, "usual": usual, "most": most}
    return QUANTITY.hint(order, Severity.WARNING, reason, *remedies, inputs=inputs, line=line.key)


@PRICE.on("order")
def unusual_price(order: OrderFacts, limits: Limits) -> Iterator[Hint]:
    """Where a price list of the customer has the goods, its price is the usual one, whatever was paid before."""
    for line in order.lines:
        newest, count = _newest(order.past.get(line.variant_id, ()))
        usual = line.agreed or _usual_price(newest, limits["percent"])
        known = line.agreed or count >= limits["orders"]
        if not known or not line.open or usual is None:
            continue
        difference = (line.unit_price - usual) * 100 / usual
        if abs(difference) > limits["percent"]:
            yield _price_hint(order, line, usual, difference, count)


def _newest(past: Iterable[Past]) -> tuple[list[Past], int]:
    """The lines of the newest orders, and how many orders these are."""
    numbers: list[str] = []
    lines = []
    for line in past:
        if line.number not in numbers:
            if len(numbers) == NEWEST:
                break
            numbers.append(line.number)
        lines.append(line)
    return lines, len(numbers)


def _price_hint(order: OrderFacts, line: LineFacts, usual: Decimal, difference: Decimal, count: int) -> Hint:
    percent = abs(difference).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    text = _PRICE_TEXTS[line.agreed is not None, difference > 0]
    price, before = unit_price(line.unit_price, order.currency), unit_price(usual, order.currency)
    counted = {} if line.agreed else {"count": count}
    reason = Phrase(text, sku=line.sku, price=price, usual=before, percent=percent, **counted)
    remedies = []
    if may_change(order, line):
        data = {"line": line.key, "unit_price": plain(usual)}
        label = Phrase(_("Take {price}"), price=before)
        remedies.append(Remedy("set-price", label, data, Permission.ORDERS_PRICE_OVERRIDE))
    remedies += hold_for(order, "price", reason)
    inputs = {"sku": line.sku, "unit_price": line.unit_price, "usual": usual, "currency": order.currency}
    return PRICE.hint(order, Severity.WARNING, reason, *remedies, inputs=inputs, line=line.key)


# (agreed by a list, above it) -> the sentence.
_PRICE_TEXTS = {
    (False, True): _(
        "{sku} at {price} is {percent} % above the {usual} that this customer paid the last {count} times."
    ),
    (False, False): _(
        "{sku} at {price} is {percent} % below the {usual} that this customer paid the last {count} times."
    ),
    (True, True): _("{sku} at {price} is {percent} % above the {usual} of this customer's price list."),
    (True, False): _("{sku} at {price} is {percent} % below the {usual} of this customer's price list."),
}


def _usual_price(newest: Sequence[Past], percent: Decimal) -> Decimal | None:
    """The last price, where the ones before it are near it; None where there is no usual one."""
    prices = [past.unit_price for past in newest]
    if not prices or prices[0] <= 0:
        return None
    near = all(abs(price - prices[0]) * 100 <= prices[0] * percent for price in prices)
    return prices[0] if near else None
