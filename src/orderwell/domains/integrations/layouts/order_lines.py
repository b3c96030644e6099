"""The general layout: one line per order line, columns by mapping; lines with the same order number are one order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from orderwell.domains.catalog.resolving import reference
from orderwell.domains.integrations.errors import ConflictingValue, MissingColumns, PlacedInFuture
from orderwell.domains.integrations.grouping import Group
from orderwell.domains.integrations.layouts.base import Layout
from orderwell.domains.integrations.mapping import REQUIRED, MappingOptions, check_columns
from orderwell.domains.integrations.plans import Plan, PlannedLine
from orderwell.domains.integrations.reading import Fault, SourceRow
from orderwell.domains.integrations.values import (
    check_amount,
    check_price,
    check_quantity,
    parse_moment,
    parse_number,
    parse_reference,
)
from orderwell.domains.orders.drafts import AddressDraft, LineDraft, OrderDraft, PastOrderDraft
from orderwell.domains.orders.errors import UnknownChannel, UnknownCurrency, ValueMissing
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, choices
from orderwell.kernel.money import COMMON, known_currency, round_amount
from orderwell.platform.countries import country_code
from orderwell.platform.search.keys import half_width

ZERO = Decimal(0)
# Numbers and codes, which Chinese input methods write in full width; the rest is words.
_CODES = frozenset({"customer", "currency", "sku", "phone", "email", "postcode", "country"})
# A shop on the other side of the world writes tomorrow's day.
LEEWAY = timedelta(days=1)
_ADDRESS = ("recipient", "phone", "email", "street", "district", "city", "region", "postcode", "country")
# Said once for the whole order: every line repeats it or leaves it empty.
_OF_ORDER = (
    *("placed_at", "channel", "customer", "customer_name", "currency", "order_discount", "shipping"),
    *("note", "requested_at", *_ADDRESS),
)


class OrderLines(Layout):
    names_products = True

    def __init__(
        self, header: Sequence[str], columns: Mapping[str, str], options: MappingOptions, *, history: bool
    ) -> None:
        check_columns(columns, header, required=(*REQUIRED, "placed_at") if history else REQUIRED)
        if "channel" not in columns and not options.channel:
            raise MissingColumns(missing="channel", found=", ".join(filter(None, header)))
        self.columns = columns
        self.options = options
        self.history = history
        self.index = {field: header.index(column) for field, column in columns.items()}
        self.zone = ZoneInfo(options.time_zone or settings.TIME_ZONE)
        self.reference_column = columns["order_reference"]
        self._channels: dict[str, str] = {}
        self.channel = self._channel_code(options.channel)
        self.currency = options.currency

    def key(self, row: SourceRow) -> str:
        if row.fault is not None and len(row.cells) <= self.index["order_reference"]:
            return ""
        text = half_width(parse_reference(row.cells[self.index["order_reference"]]))
        # Two channels may use the same order numbers.
        return text if "channel" not in self.index or not text else f"{self._cell(row, 'channel')}\t{text}"

    def _channel_code(self, text: str) -> str:
        code = self._channels.get(text)
        if code is None:
            code = self._channels[text] = reference().channel_code(text)
        return code

    def _cell(self, row: SourceRow, field: str) -> str:
        index = self.index.get(field)
        text = row.cells[index].strip() if index is not None and index < len(row.cells) else ""
        if field == "channel":
            return self._channel_code(text)
        return half_width(text) if field in _CODES else text

    def column_of(self, pointer: str) -> str:
        parts = pointer.strip("/").split("/")
        field = {"external_id": "order_reference", "discount": "order_discount"}.get(parts[0], parts[-1])
        if parts == ["lines"]:
            field = "order_reference"
        elif parts[0] == "lines":
            field = parts[2] if len(parts) > 2 else "sku"
        return self.columns.get(field, "")

    def _plan(self, group: Group) -> Plan:
        reference_text = group.reference.rpartition("\t")[2]
        lines = [PlannedLine(row.number, fault=row.fault) for row in group.rows]
        plan = Plan(reference_text, lines)
        if any(line.fault for line in lines):
            return plan
        reader = _OrderReader(self, group.rows, lines)
        order = reader.header()
        drafts = tuple(reader.line(index, order.currency) for index in range(len(lines)))
        if any(line.fault for line in lines) or order.draft is None:
            return plan
        lines[0].exact = _add(lines[0].exact, order.extra)
        lines[0].amount = _add(lines[0].amount, order.extra)
        plan.customer = order.draft.customer
        plan.order = order.finish(drafts, reference_text)
        return plan


def _add(amount: Decimal | None, extra: Decimal) -> Decimal | None:
    return None if amount is None else amount + extra


class _Header:
    """The order without its lines. `extra` is what it adds to the sum of the lines: shipping less discount."""

    def __init__(self) -> None:
        self.draft: OrderDraft | None = None
        self.currency = ""
        self.extra = ZERO

    def finish(self, drafts: tuple[LineDraft, ...], reference_text: str) -> OrderDraft:
        if self.draft is None:
            raise ValueError("the header was refused")
        values = {name: getattr(self.draft, name) for name in self.draft.__struct_fields__}
        return type(self.draft)(**{**values, "lines": drafts, "external_id": reference_text})


class _OrderReader:
    """Reads one group; what cannot be read becomes the fault of its line."""

    def __init__(self, layout: OrderLines, rows: Sequence[SourceRow], lines: Sequence[PlannedLine]) -> None:
        self.layout, self.rows, self.lines = layout, rows, lines

    def _refuse(self, index: int, field: str, error: DomainError) -> None:
        if self.lines[index].fault is None:
            self.lines[index].fault = Fault.of(self.layout.columns.get(field, field), error)

    def _common(self, field: str) -> tuple[str, int]:
        """The value of the order and the line that says it first; another line that says something else is refused."""
        found, place = "", 0
        for index, row in enumerate(self.rows):
            value = self.layout._cell(row, field)
            if value and not found:
                found, place = value, index
            elif value and value != found:
                expected = ConflictingValue(value=value, expected=found, row=self.rows[place].number)
                self._refuse(index, field, expected)
        return found, place

    def _moment(self, field: str) -> datetime | None:
        text, place = self._common(field)
        if not text:
            return None
        try:
            options = self.layout.options
            return parse_moment(text, self.layout.zone, options.date_format, options.day_order)
        except DomainError as error:
            self._refuse(place, field, error)
            return None

    def _amount(self, field: str) -> Decimal:
        text, place = self._common(field)
        return self._number(place, field, text) if text else ZERO

    def _number(self, index: int, field: str, text: str) -> Decimal:
        try:
            return parse_number(text, decimal_mark=self.layout.options.decimal_mark)
        except DomainError as error:
            self._refuse(index, field, error)
            return ZERO

    def _check(self, index: int, field: str, check: Callable[[], None]) -> None:
        try:
            check()
        except DomainError as error:
            self._refuse(index, field, error)

    def header(self) -> _Header:
        header = _Header()
        options = self.layout.options
        channel = self._common("channel")[0] or self.layout.channel
        known = reference().channels.get(channel)
        if known is None:
            self._refuse(0, "channel", UnknownChannel(value=channel, expected=choices(reference().channels)))
        currency = (self._common("currency")[0] or options.currency or (known.currency if known else "")).upper()
        if known is not None and not known_currency(currency):
            self._refuse(0, "currency", UnknownCurrency(value=currency, expected=", ".join(COMMON)))
        header.currency = currency if known_currency(currency) else ""
        placed_at, requested_at = self._moment("placed_at"), self._moment("requested_at")
        if self.layout.history and placed_at is None:
            self._refuse(0, "placed_at", ValueMissing())
        elif self.layout.history and placed_at is not None and placed_at > utc_now() + LEEWAY:
            self._refuse(0, "placed_at", PlacedInFuture(value=self._common("placed_at")[0]))
        discount, shipping = self._amount("order_discount"), self._amount("shipping")
        header.extra = shipping - discount
        values: dict[str, Any] = {
            "channel": channel,
            "lines": (),
            "customer": parse_reference(self._common("customer")[0]) or None,
            "customer_name": self._common("customer_name")[0],
            "currency": currency or None,
            "ship_to": self._address(),
            "discount": discount,
            "shipping": shipping,
            "note": self._common("note")[0],
            "requested_at": requested_at,
        }
        if not self.layout.history:
            header.draft = OrderDraft(**values)
        elif placed_at is not None:
            header.draft = PastOrderDraft(**values, placed_at=placed_at)
        return header

    def _address(self) -> AddressDraft | None:
        values = {field: self._common(field)[0] for field in _ADDRESS}
        given = {field: value for field, value in values.items() if value}
        if "country" in given:  # by its letters or by its name
            given["country"] = country_code(given["country"]) or given["country"]
        return AddressDraft(**given) if given else None

    def line(self, index: int, currency: str) -> LineDraft:
        """The draft of one line, and what the line adds to the totals when the file says its price."""
        row, planned, cell = self.rows[index], self.lines[index], self.layout._cell
        sku = cell(row, "sku")
        if not sku:
            self._refuse(index, "sku", ValueMissing())
        quantity = self._number(index, "quantity", cell(row, "quantity"))
        price_text, discount_text = cell(row, "unit_price"), cell(row, "discount")
        price = self._number(index, "unit_price", price_text) if price_text else None
        discount = self._number(index, "discount", discount_text) if discount_text else ZERO
        self._check(index, "quantity", lambda: check_quantity(quantity))
        if price is not None:
            self._check(index, "unit_price", lambda: check_price(price))
            self._check(index, "unit_price", lambda: check_amount(quantity * price))
        if price is not None and planned.fault is None and currency:
            planned.exact, planned.currency = quantity * price - discount, currency
            planned.amount = round_amount(quantity * price, currency) - discount
        return LineDraft(parse_reference(sku) if sku.endswith(".0") else sku, quantity, price, discount)
