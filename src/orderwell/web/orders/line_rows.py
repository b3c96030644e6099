"""The lines of an order as HTML: put together here they take a fraction of what a template takes for a hundred of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from orderwell.domains.orders.expected import Expectation
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.overview import LineView
from orderwell.domains.orders.price_reasons import said
from orderwell.platform.formats import colon, listed, money_text, percent_text, price_text, quantity_text
from orderwell.web.components.markup import safe, to
from orderwell.web.orders.line_reasons import why_from, why_taxed
from orderwell.web.templatetags.orderwell import day, line_name, localname


class LineRows:
    """`promised` and `returned` say whether the table has these columns; `expected` is by line."""

    def __init__(
        self,
        order: Order,
        *,
        may_open: bool,
        promised: bool,
        returned: bool,
        expected: Mapping[int, Expectation],
        now: datetime,
    ) -> None:
        self.order, self.may_open, self.promised, self.returned = order, may_open, promised, returned
        self.expected, self.now, self.currency = expected, now, order.currency
        titles = {
            "Ordered": _("Ordered"),
            "Reserved": _("Reserved"),
            "Shipped": _("Shipped"),
            "Returned": _("Returned"),
            "Invoiced": _("Invoiced"),
            "Unit price": _("Unit price"),
            "Amount": _("Amount"),
        }
        # (with something in it, without): on a narrow screen a cell that says nothing takes no room
        self.opening = {
            key: [f'<td class="num{look}" data-label="{escape(title)}">' for look in ("", " none")]
            for key, title in titles.items()
        }
        self.document = escape(_("The name on what the customer gets"))
        words = {
            "Why": _("Why"),
            "Price": _("Price"),
            "bundle": _("bundle"),
            "cancelled": _("cancelled"),
            "missing": _("missing"),
            "not billed": _("not billed"),
            "promised": _("promised"),
            "tax": _("tax"),
        }
        self.words = {key: escape(text) for key, text in words.items()}
        self.product = f'<td data-label="{escape(_("Product"))}">'

    def html(self, views: Sequence[LineView]) -> SafeString:
        return SafeString("".join([self._row(view) for view in views]))

    def _row(self, view: LineView) -> str:
        line, cells = view.line, [self._product(view)]
        ordered = quantity_text(line.quantity)
        if line.quantity_cancelled:
            ordered += f'<div class="sub">−{quantity_text(line.quantity_cancelled)} {self.words["cancelled"]}</div>'
        cells.append(self._cell("Ordered", ordered))
        if self.promised:
            cells.append(self._cell("Reserved", self._reserved(view) if line.kind == OrderLine.Kind.GOODS else ""))
        cells.append(self._cell("Shipped", _some(line.quantity_shipped)))
        if self.returned:
            returned = _some(line.quantity_returned)
            if line.quantity_unbilled:
                returned += f'<div class="sub">{quantity_text(line.quantity_unbilled)} {self.words["not billed"]}</div>'
            cells.append(self._cell("Returned", returned))
        cells.append(self._cell("Invoiced", _some(line.quantity_invoiced)))
        tax = f'<div class="sub">{self.words["tax"]} {percent_text(line.tax_rate)}</div>'
        cells.append(self._cell("Unit price", escape(price_text(line.unit_price, self.currency)) + tax))
        amount = line.gross_amount if self.order.prices_include_tax else line.net_amount
        cells.append(self._cell("Amount", escape(money_text(amount, self.currency))))
        return f"<tr{'' if view.active else ' class=' + chr(34) + 'row-quiet' + chr(34)}>{''.join(cells)}</tr>\n"

    def _cell(self, title: str, inside: str) -> str:
        return f"{self.opening[title][not inside]}{inside}</td>"

    def _product(self, view: LineView) -> str:
        line, why, shown = view.line, self.words["Why"], line_name(view.line)
        if line.variant is not None and self.may_open:
            address = to("product-detail", line.variant.product_id)
            name = f'<a class="plain-link" href="{address}">{escape(shown)}</a>'
        else:
            name = escape(shown)
        texts = [self.words["Price"] + colon() + safe(said(line.explanation, self.currency)), safe(why_taxed(line))]
        reasons = "".join([f"<div>{text}</div>" for text in (*texts, *map(safe, why_from(view)))])
        return (
            f'{self.product}{name}<div class="sub">{self._below(line, shown)}</div>{self._parts(line)}'
            f'<details class="line-why"><summary>{why}</summary>{reasons}</details></td>'
        )

    def _below(self, line: OrderLine, shown: str) -> str:
        found = []
        if line.kind != OrderLine.Kind.SHIPPING:
            if shown != line.name:
                found.append(f'<span title="{self.document}">{escape(line.name)}</span>')
            found.append(escape(line.sku))
        if line.is_bundle:
            found.append(self.words["bundle"])
        if line.line_discount:
            found.append(escape(_("discount %(amount)s") % {"amount": money_text(line.line_discount, self.currency)}))
        if share := line.order_discount_share:
            amount = {"amount": money_text(share, self.currency)}
            found.append(escape(_("share of order discount %(amount)s") % amount))
        return " · ".join(found)

    def _parts(self, line: OrderLine) -> str:
        if not line.is_bundle:
            return ""
        parts = [f"{quantity_text(part.quantity)} × {localname(part.variant)}" for part in line.components.all()]
        return f'<div class="sub">{escape(listed(parts))}</div>'

    def _reserved(self, view: LineView) -> str:
        line, found = view.line, []
        for row in view.reservations:
            where = escape(localname(row.stock_item.warehouse))
            part = f" · {escape(row.stock_item.variant.sku)}" if line.is_bundle else ""
            found.append(f'<div>{quantity_text(row.quantity)} <span class="sub">{where}{part}</span></div>')
        if view.backordered:
            missing = f"{quantity_text(view.backordered)} {self.words['missing']}"
            found.append(f'<div class="text-bad">{missing}</div><div class="sub">{self._hope(line.pk)}</div>')
        if line.promised_at:
            found.append(f'<div class="sub">{self.words["promised"]} {day(line.promised_at)}</div>')
        return "".join(found)

    def _hope(self, line: int) -> str:
        hope = self.expected.get(line)
        if hope is None:
            return escape(_("nothing announced"))
        late = hope.due_at < self.now
        look, text = (' class="text-warn"', _("overdue since")) if late else ("", _("expected"))
        return f'<span title="{escape(hope.reference)}"{look}>{escape(text)} {day(hope.due_at)}</span>'


def _some(units: Decimal) -> str:
    return quantity_text(units) if units else ""
