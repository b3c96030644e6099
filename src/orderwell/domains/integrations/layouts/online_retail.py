"""The preset `online-retail`: the invoice lines of a wholesaler's gift shop become the documents they stand for.

How a line is understood, in this order:

1. A code that is not an article number is a charge (postage, carriage, discount, fees, vouchers), never goods.
2. An invoice is a *sale* when it names a customer, has a price on any line, or has a charge. Other invoices are notes
   of the stock keeper: their lines are stock adjustments, with the note as the reason.
3. In a sale, goods with a positive quantity are order lines, also at a price of zero: those were given away.
4. A negative quantity with a price, or on a `C` invoice, came back: a return; without a price it was written off.
5. A charge with a negative quantity on a `C` invoice is credited with the return; elsewhere it lowers the order.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from orderwell.domains.integrations.errors import MissingColumns, NegativePrice, QuantityZero
from orderwell.domains.integrations.grouping import Group
from orderwell.domains.integrations.layouts import online_retail_setup as setup
from orderwell.domains.integrations.layouts.base import Layout
from orderwell.domains.integrations.layouts.stock_notes import reason_of
from orderwell.domains.integrations.mapping import normalised
from orderwell.domains.integrations.plans import (
    Part,
    Plan,
    PlannedAdjustment,
    PlannedAdjustmentLine,
    PlannedLine,
    PlannedReturn,
    PlannedReturnLine,
)
from orderwell.domains.integrations.reading import Fault, SourceRow
from orderwell.domains.integrations.values import (
    check_amount,
    check_price,
    check_quantity,
    parse_moment,
    parse_number,
    parse_reference,
)
from orderwell.domains.orders.drafts import AddressDraft, ChargeDraft, LineDraft, OrderDraft, PastOrderDraft
from orderwell.domains.orders.errors import ValueMissing
from orderwell.kernel.errors import DomainError
from orderwell.kernel.money import round_amount
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.countries import country_code

ZERO = Decimal(0)
LONDON = ZoneInfo("Europe/London")
_ARTICLE = re.compile(r"[0-9]{5}|[A-Z]{2,}[0-9]{3}|DCGS", re.IGNORECASE)
# Column -> other names that releases of the data set give it.
COLUMNS = {
    "InvoiceNo": ("invoice",),
    "StockCode": (),
    "Description": (),
    "Quantity": (),
    "InvoiceDate": (),
    "UnitPrice": ("price",),
    "CustomerID": (),
    "Country": (),
}
_NO_PRICE = frozenset({"0", "0.0", "0.00"})
_KINDS = {Part.GOODS: "orders", Part.RETURN: "returns", Part.ADJUSTMENT: "adjustments"}
_KEPT = 50_000


@lru_cache(maxsize=_KEPT)
def is_goods(code: str) -> bool:
    """Article numbers begin with five digits, or are letters with a number; POST, DOT, M and their like are charges."""
    return _ARTICLE.match(code) is not None


class _Line:
    """A source line understood as values. Plain and small: there are hundreds of thousands."""

    __slots__ = ("amount", "code", "description", "goods", "planned", "price", "quantity")

    def __init__(self, planned: PlannedLine, code: str, description: str, quantity: Decimal, price: Decimal) -> None:
        self.planned = planned
        self.code = code
        self.description = description
        self.quantity = quantity
        self.price = price
        self.goods = is_goods(code)
        planned.exact, planned.currency = quantity * price, setup.CURRENCY
        planned.amount = self.amount = round_amount(planned.exact, setup.CURRENCY)


class OnlineRetail(Layout):
    channel = setup.CHANNEL
    currency = setup.CURRENCY
    warehouse = setup.WAREHOUSE
    supplements = True

    def __init__(self, header: Sequence[str], *, history: bool) -> None:
        found = {normalised(column): index for index, column in enumerate(header)}
        self.history = history
        self.index: dict[str, int] = {}
        for column, others in COLUMNS.items():
            for name in (normalised(column), *others):
                if name in found:
                    self.index.setdefault(column, found[name])
        missing = [column for column in COLUMNS if column not in self.index]
        if missing:
            raise MissingColumns(missing=", ".join(missing), found=", ".join(filter(None, header)))
        self.header = header
        self.width = max(self.index.values()) + 1
        self.reference_column = header[self.index["InvoiceNo"]]
        self.seen: Counter[tuple[str, str, str]] = Counter()  # code, description, price
        self.countries: dict[str, str] = {}
        self.customers: dict[str, str] = {}
        # Cells repeat a lot: each text is understood and checked once.
        self._numbers: dict[str, tuple[dict[str, Decimal], Callable[[Decimal], None]]] = {
            "Quantity": ({}, check_quantity),
            "UnitPrice": ({}, check_price),
        }
        self._moments: dict[str, datetime] = {}

    # Before anything is written: what the file says of products and customers.

    def survey(self, rows: Iterable[SourceRow]) -> int:
        code_at, name_at, price_at = (self.index[name] for name in ("StockCode", "Description", "UnitPrice"))
        customer_at, country_at = self.index["CustomerID"], self.index["Country"]
        lines = 0
        seen, countries, width = self.seen, self.countries, self.width
        for _, cells, _ in rows:
            lines += 1
            if len(cells) >= width:
                seen[cells[code_at], cells[name_at], cells[price_at]] += 1
                countries.setdefault(cells[customer_at], cells[country_at])
        return lines

    def prepare(self, *, actor: Actor, now: datetime) -> None:
        names: dict[str, Counter[str]] = defaultdict(Counter)
        notes: dict[str, Counter[str]] = defaultdict(Counter)
        prices: dict[str, Counter[str]] = defaultdict(Counter)
        for (text, name, price), count in self.seen.items():
            code = parse_code(text)
            if price in _NO_PRICE:
                notes[code][name] += count
            else:
                names[code][name] += count
                prices[code][price] += count
        self.customers = setup.prepare(
            [
                setup.Article.seen(code, names[code], notes[code], prices[code])
                for code in {**names, **notes}
                if code and is_goods(code)
            ],
            {parse_reference(number): country_code(country) for number, country in self.countries.items() if number},
            actor=actor,
            now=now,
        )

    def customer_number(self, customer: str) -> str:
        return self.customers.get(customer, customer)

    # One invoice.

    def key(self, row: SourceRow) -> str:
        return parse_reference(row.cells[self.index["InvoiceNo"]]) if len(row.cells) >= self.width else ""

    def column_of(self, pointer: str) -> str:
        fields = {"customer": "CustomerID", "placed_at": "InvoiceDate", "ship_to": "Country"}
        parts = pointer.strip("/").split("/")
        if parts[0] in ("lines", "charges"):
            name = {"quantity": "Quantity", "unit_price": "UnitPrice", "amount": "UnitPrice"}.get(
                parts[-1], "StockCode"
            )
        else:
            name = fields.get(parts[0], "InvoiceNo")
        return self.header[self.index[name]]

    def _plan(self, group: Group) -> Plan:
        plan = Plan(group.reference, [PlannedLine(row.number, fault=row.fault) for row in group.rows])
        lines, moments = [], set()
        for row, planned in zip(group.rows, plan.lines, strict=True):
            if planned.fault is None:
                line = self._line(row, planned)
                moment = self._moment(row, planned)
                if line is not None and moment is not None:
                    lines.append(line)
                    moments.add(moment)
        if len(lines) < len(plan.lines):
            return plan
        first = group.rows[0].cells
        plan.customer = parse_reference(first[self.index["CustomerID"]]) or None
        self._sort(plan, lines)
        if any(line.fault is not None for line in plan.lines):
            return plan
        self._documents(plan, lines, sorted(moments), first[self.index["Country"]].strip())
        return plan

    def _line(self, row: SourceRow, planned: PlannedLine) -> _Line | None:
        cells, index = row.cells, self.index
        code = parse_code(cells[index["StockCode"]])
        quantity = self._number(planned, "Quantity", cells[index["Quantity"]])
        price = self._number(planned, "UnitPrice", cells[index["UnitPrice"]])
        if quantity is None or price is None:
            return None
        if not code:
            self._refuse(planned, "StockCode", ValueMissing())
            return None
        if not quantity:
            self._refuse(planned, "Quantity", QuantityZero())
            return None
        try:
            check_amount(quantity * price)
        except DomainError as error:
            self._refuse(planned, "UnitPrice", error)
            return None
        return _Line(planned, code, " ".join(cells[index["Description"]].split()), quantity, price)

    def _refuse(self, planned: PlannedLine, column: str, error: DomainError) -> None:
        planned.fault = planned.fault or Fault.of(self.header[self.index[column]], error)

    def _number(self, planned: PlannedLine, column: str, text: str) -> Decimal | None:
        known, check = self._numbers[column]
        value = known.get(text)
        if value is None:
            try:
                value = parse_number(text)
                check(value)
            except DomainError as error:
                self._refuse(planned, column, error)
                return None
            if len(known) > _KEPT:
                known.clear()
            known[text] = value
        return value

    def _moment(self, row: SourceRow, planned: PlannedLine) -> datetime | None:
        text = row.cells[self.index["InvoiceDate"]]
        value = self._moments.get(text)
        if value is None:
            try:
                value = parse_moment(text, LONDON)
            except DomainError as error:
                self._refuse(planned, "InvoiceDate", error)
                return None
            if len(self._moments) > _KEPT:
                self._moments.clear()
            self._moments[text] = value
        return value

    def _sort(self, plan: Plan, lines: list[_Line]) -> None:
        """Which document each line goes into: the rules at the top of this module."""
        credit = plan.reference[:1].upper() == "C"
        sale = plan.customer is not None or any(line.price or not line.goods for line in lines)
        for line in lines:
            planned = line.planned
            if not line.goods:
                planned.part = Part.RETURN if credit and line.amount <= 0 else Part.CHARGE
            elif line.price < 0:
                self._refuse(planned, "UnitPrice", NegativePrice(value=str(line.price)))
            elif line.quantity > 0:
                planned.part = Part.GOODS if sale else Part.ADJUSTMENT
            else:
                planned.part = Part.RETURN if credit or line.price else Part.ADJUSTMENT
            planned.kind = _KINDS[planned.part] if line.goods else "charges"

    def _documents(self, plan: Plan, lines: list[_Line], moments: list[datetime], country: str) -> None:
        by_part: dict[Part, list[_Line]] = defaultdict(list)
        for line in lines:
            by_part[line.planned.part].append(line)
        note = ""
        if len(moments) > 1:
            times = ", ".join(moment.astimezone(LONDON).strftime("%Y-%m-%d %H:%M") for moment in moments)
            note = f"Invoice lines of several times: {times}"
        if by_part[Part.GOODS] or by_part[Part.CHARGE]:
            plan.order = self._order(plan, by_part[Part.GOODS], by_part[Part.CHARGE], moments[0], country, note)
        if returned := by_part[Part.RETURN]:
            plan.returned = PlannedReturn(moments[0], [_returned(line) for line in returned], note)
        if adjusted := by_part[Part.ADJUSTMENT]:
            plan.adjustment = PlannedAdjustment(moments[0], [_adjusted(line) for line in adjusted])

    def _order(
        self, plan: Plan, goods: list[_Line], charges: list[_Line], moment: datetime, country: str, note: str
    ) -> OrderDraft:
        code = country_code(country)
        values: dict[str, Any] = {
            "channel": self.channel,
            "lines": tuple([LineDraft(line.code, line.quantity, line.price) for line in goods]),
            "charges": tuple([_charge(line) for line in charges]),
            "external_id": plan.reference,
            "customer": self.customer_number(plan.customer) if plan.customer else None,
            "currency": setup.CURRENCY,
            "ship_to": AddressDraft(country=code) if code else None,
            "note": note,
            "custom": {} if code else {"country": country},
        }
        return PastOrderDraft(**values, placed_at=moment) if self.history else OrderDraft(**values)


def parse_code(text: str) -> str:
    return parse_reference(text) if text.endswith("0") else text.strip()


def _charge(line: _Line) -> ChargeDraft:
    return ChargeDraft(line.code, line.description or line.code, line.amount, setup.TAX_CATEGORY)


def _returned(line: _Line) -> PlannedReturnLine:
    return PlannedReturnLine(
        line.code, line.description or line.code, abs(line.quantity), abs(line.amount), is_charge=not line.goods
    )


def _adjusted(line: _Line) -> PlannedAdjustmentLine:
    reason = reason_of(line.description, line.quantity)
    return PlannedAdjustmentLine(line.code, line.quantity, reason, line.description)
