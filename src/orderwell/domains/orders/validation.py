"""What can be said of a draft without asking the database: pure checks, all errors at once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from orderwell.domains.orders import errors
from orderwell.domains.orders.drafts import LineDraft, OrderDraft, PastOrderDraft
from orderwell.kernel.errors import DomainError, ErrorDetail
from orderwell.kernel.money import MAX_AMOUNT, UNIT_PRICE_SCALE, currencies, exponent, is_rounded, known_currency
from orderwell.kernel.quantities import MAX_QUANTITY, QUANTITY_SCALE, has_scale
from orderwell.kernel.refusals import moment_problems

MAX_LINES = 2_000
MAX_CHARGES = 50
MAX_UNIT_PRICE = Decimal(10) ** 9
MAX_PRIORITY = 999
ZERO = Decimal(0)
_TEXT_LIMITS = (("customer", 40), ("external_id", 120), ("customer_name", 240), ("note", 10_000))
_ADDRESS_LIMITS = (
    ("recipient", 120),
    ("phone", 40),
    ("email", 254),
    ("street", 500),
    ("district", 80),
    ("city", 80),
    ("region", 80),
    ("postcode", 20),
    ("country", 2),
)


def problems(draft: OrderDraft, currency: str) -> list[ErrorDetail]:
    """Everything wrong with a draft in `currency` that can be told from the draft alone."""
    if not known_currency(currency):
        return [
            errors.UnknownCurrency(pointer="/currency", value=currency, expected=", ".join(currencies()[:3])).detail()
        ]
    found = [error.detail() for error in _problems(draft, currency)]
    return found if len(found) <= 100 else found[:100]


def _problems(draft: OrderDraft, currency: str) -> Iterator[DomainError]:
    if not draft.lines and not draft.charges:
        yield errors.NoLines(pointer="/lines")
    if len(draft.lines) > MAX_LINES:
        yield errors.TooManyLines(pointer="/lines", limit=MAX_LINES, count=len(draft.lines))
        return
    if len(draft.charges) > MAX_CHARGES:
        yield errors.TooManyLines(pointer="/charges", limit=MAX_CHARGES, count=len(draft.charges))
    for index, line in enumerate(draft.lines):
        yield from _text_problems(line.sku, f"/lines/{index}/sku", 60)
        yield from _line_problems(line, f"/lines/{index}", currency)
    for index, charge in enumerate(draft.charges):
        yield from _amount_problems(charge.amount, f"/charges/{index}/amount", currency, low=-MAX_AMOUNT)
        if not charge.code.strip():
            yield errors.ValueMissing(pointer=f"/charges/{index}/code")
        yield from _text_problems(charge.code, f"/charges/{index}/code", 60)
        yield from _text_problems(charge.name, f"/charges/{index}/name", 240)
    yield from _amount_problems(draft.discount, "/discount", currency)
    yield from _amount_problems(draft.shipping, "/shipping", currency)
    yield from _header_problems(draft)


def _header_problems(draft: OrderDraft) -> Iterator[DomainError]:
    if not 0 <= draft.priority <= MAX_PRIORITY:
        yield errors.AmountOutOfRange(pointer="/priority", value=draft.priority, low=0, high=MAX_PRIORITY)
    if draft.requested_at is not None:
        yield from moment_problems(draft.requested_at, "/requested_at")
    if isinstance(draft, PastOrderDraft):
        yield from moment_problems(draft.placed_at, "/placed_at")
    if draft.external_id is not None and not draft.external_id.strip():
        yield errors.ValueMissing(pointer="/external_id")
    for name, limit in _TEXT_LIMITS:
        yield from _text_problems(getattr(draft, name) or "", f"/{name}", limit)
    if draft.ship_to is not None:
        for name, limit in _ADDRESS_LIMITS:
            yield from _text_problems(getattr(draft.ship_to, name), f"/ship_to/{name}", limit)


def _line_problems(line: LineDraft, pointer: str, currency: str) -> Iterator[DomainError]:
    quantity = line.quantity
    if not quantity.is_finite() or quantity <= 0:
        yield errors.QuantityNotPositive(pointer=f"{pointer}/quantity", value=str(quantity))
    elif quantity > MAX_QUANTITY:
        yield errors.QuantityTooLarge(pointer=f"{pointer}/quantity", value=str(quantity), limit=str(MAX_QUANTITY))
    elif not has_scale(quantity, QUANTITY_SCALE):
        yield errors.QuantityTooPrecise(
            pointer=f"{pointer}/quantity", sku=line.sku, places=QUANTITY_SCALE, value=str(quantity)
        )
    price = line.unit_price
    if price is not None:
        if not price.is_finite() or not 0 <= price <= MAX_UNIT_PRICE:
            yield errors.PriceOutOfRange(pointer=f"{pointer}/unit_price", value=str(price), limit=str(MAX_UNIT_PRICE))
        elif not has_scale(price, UNIT_PRICE_SCALE):
            yield errors.PriceTooPrecise(pointer=f"{pointer}/unit_price", value=str(price), places=UNIT_PRICE_SCALE)
    if line.discount:
        yield from _amount_problems(line.discount, f"{pointer}/discount", currency)


def _amount_problems(amount: Decimal, pointer: str, currency: str, low: Decimal = ZERO) -> Iterator[DomainError]:
    if not amount:
        return
    if not amount.is_finite() or not low <= amount <= MAX_AMOUNT:
        yield errors.AmountOutOfRange(pointer=pointer, value=str(amount), low=str(low), high=str(MAX_AMOUNT))
    elif not is_rounded(amount, currency):
        yield errors.AmountTooPrecise(pointer=pointer, value=str(amount), currency=currency, places=exponent(currency))


def _text_problems(text: str, pointer: str, limit: int) -> Iterator[DomainError]:
    if len(text) > limit:
        yield errors.TextTooLong(pointer=pointer, limit=limit, count=len(text))
    elif "\0" in text:
        yield errors.ControlCharacter(pointer=pointer)
