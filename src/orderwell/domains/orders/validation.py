"""What can be said of a draft without asking the database: pure checks, all errors at once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from orderwell.domains.customers.reaching import country_problems, email_problems, phone_problems
from orderwell.domains.orders import errors
from orderwell.domains.orders.drafts import ZERO, AddressDraft, LineDraft, OrderDraft, PastOrderDraft
from orderwell.kernel.errors import DomainError, ErrorDetail
from orderwell.kernel.money import MAX_AMOUNT, known_currency
from orderwell.kernel.quantities import QUANTITY_SCALE
from orderwell.kernel.refusals import (
    amount_problems,
    currency_problems,
    moment_problems,
    quantity_problems,
    text_problems,
    unit_price_problems,
)

MAX_LINES = 2_000
MAX_CHARGES = 50
MAX_PRIORITY = 999
SKU_LIMIT = 60
_USUAL = frozenset(Decimal(number) for number in range(1, 1001))
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
    ("country", 80),  # so that a name is told from a code, and not from a text that is too long
)
_REACHED = {"phone": phone_problems, "email": email_problems, "country": country_problems}


def problems(draft: OrderDraft, currency: str) -> list[ErrorDetail]:
    """Everything wrong with a draft in `currency` that can be told from the draft alone."""
    if not known_currency(currency):
        return [error.detail() for error in currency_problems(currency, "/currency")]
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
        if not _plainly_right(line):
            yield from text_problems(line.sku, f"/lines/{index}/sku", SKU_LIMIT)
            yield from _line_problems(line, f"/lines/{index}", currency)
    for index, charge in enumerate(draft.charges):
        yield from amount_problems(charge.amount, f"/charges/{index}/amount", currency, low=-MAX_AMOUNT)
        if not charge.code.strip():
            yield errors.ValueMissing(pointer=f"/charges/{index}/code")
        yield from text_problems(charge.code, f"/charges/{index}/code", 60)
        yield from text_problems(charge.name, f"/charges/{index}/name", 240)
    if draft.discount is not ZERO:
        yield from amount_problems(draft.discount, "/discount", currency)
    if draft.shipping is not ZERO:
        yield from amount_problems(draft.shipping, "/shipping", currency)
    yield from _header_problems(draft)


def _header_problems(draft: OrderDraft) -> Iterator[DomainError]:
    if not 0 <= draft.priority <= MAX_PRIORITY:
        yield errors.PriorityOutOfRange(pointer="/priority", value=draft.priority, low=0, high=MAX_PRIORITY)
    if draft.requested_at is not None:
        yield from moment_problems(draft.requested_at, "/requested_at")
    if isinstance(draft, PastOrderDraft):
        yield from moment_problems(draft.placed_at, "/placed_at")
    if draft.external_id is not None and not draft.external_id.strip():
        yield errors.ValueMissing(pointer="/external_id")
    for name, limit in _TEXT_LIMITS:
        if text := getattr(draft, name):
            yield from text_problems(text, f"/{name}", limit, lines=name == "note")
    if draft.ship_to:
        yield from _address_problems(draft.ship_to)


def _address_problems(address: AddressDraft) -> Iterator[DomainError]:
    for name, limit in _ADDRESS_LIMITS:
        if text := getattr(address, name):
            wrong = list(text_problems(text, f"/ship_to/{name}", limit, lines=name == "street"))
            reached = _REACHED.get(name)
            yield from wrong if wrong or reached is None else reached(text, f"/ship_to/{name}")


def _plainly_right(line: LineDraft) -> bool:
    """At the list price, without discount, some whole units of something: what nearly every line is."""
    return (
        line.unit_price is None
        and line.discount is ZERO
        and len(line.sku) <= SKU_LIMIT
        and line.sku.isprintable()
        and line.quantity.is_finite()
        and line.quantity in _USUAL
    )


def _line_problems(line: LineDraft, pointer: str, currency: str) -> Iterator[DomainError]:
    yield from quantity_problems(line.quantity, f"{pointer}/quantity", sku=line.sku, places=QUANTITY_SCALE)
    if line.unit_price is not None:
        yield from unit_price_problems(line.unit_price, f"{pointer}/unit_price")
    if line.discount:
        yield from amount_problems(line.discount, f"{pointer}/discount", currency)
