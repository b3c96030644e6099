"""The lines of an order as the rows of the form that changes it, put together like those of its page (`line_rows.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from orderwell.domains.orders.models import Order, OrderLine
from orderwell.kernel.quantities import plain
from orderwell.platform.formats import colon, money_text, quantity_text
from orderwell.web.orders.change_forms import ChangeRow
from orderwell.web.templatetags.orderwell import icon, line_name


class ChangeRows:
    """What all rows share is said once."""

    def __init__(self, order: Order, *, may_price: bool) -> None:
        self.currency, self.may_price, self.gross = order.currency, may_price, order.prices_include_tax
        words = {
            "Quantity": _("Quantity"),
            "Unit price": _("Unit price"),
            "Discount": _("Discount"),
            "Remove line": _("Remove line"),
            "Price anew": _("Price anew"),
            "Take theirs": _("Take theirs"),
            "shipped": _("shipped"),
            "invoiced": _("invoiced"),
            "cancelled": _("cancelled"),
            "missing": _("missing"),
        }
        self.words = {key: escape(text) for key, text in words.items()}
        self.product = f'<td data-label="{escape(_("Product"))}">'
        self.trash = str(icon("trash"))

    def html(self, rows: Sequence[ChangeRow]) -> SafeString:
        return SafeString("".join([self._row(row) for row in rows]))

    def _row(self, row: ChangeRow) -> str:
        line, goods = row.line, row.line.kind == OrderLine.Kind.GOODS
        name, fixed = escape(line_name(line)), row.fixed
        discount = plain(line.line_discount) if line.line_discount else ""
        amount = line.gross_amount if self.gross else line.net_amount
        cells = (
            self._product(row, name),
            self._cell(row, "q", "Quantity", name, row.quantity, plain(line.quantity), locked=not goods),
            self._cell(
                row,
                "p",
                "Unit price",
                name,
                row.unit_price,
                row.shown_price,
                locked=fixed or (goods and not self.may_price),
                after=self._anew(row, name) if goods and not fixed else "",
            ),
            self._cell(
                row,
                "d",
                "Discount",
                name,
                row.discount,
                discount,
                locked=fixed or not self.may_price or not goods,
            ),
            f'<td class="num hide-narrow">{escape(money_text(amount, self.currency))}</td>',
            f'<td class="change-remove">{self._remove(row, name) if row.removable else ""}</td>',
        )
        look = ' class="row-removed"' if row.removed else ""
        return f"<tr{look}>{''.join(cells)}</tr>\n"

    def _product(self, row: ChangeRow, name: str) -> str:
        line, words = row.line, self.words
        below = [escape(line.sku)]
        below += [
            f"{words[word]} {quantity_text(units)}"
            for word, units in (
                ("shipped", line.quantity_shipped),
                ("invoiced", line.quantity_invoiced),
                ("cancelled", line.quantity_cancelled),
            )
            if units
        ]
        if row.view.backordered:
            below.append(f'<span class="text-bad">{words["missing"]} {quantity_text(row.view.backordered)}</span>')
        wrong = row.errors.get("x")
        error = f'<div class="invalid-feedback d-block">{escape(wrong)}</div>' if wrong else ""
        return f'{self.product}{name}<div class="sub">{" · ".join(below)}</div>{error}</td>'

    def _cell(
        self, row: ChangeRow, part: str, title: str, name: str, value: str, was: str, *, locked: bool, after: str = ""
    ) -> str:
        key, wrong, theirs = f"{part}-{row.line.pk}", row.errors.get(part, ""), row.theirs.get(part)
        take = ""
        if theirs:
            take = (
                f'<button type="button" class="btn btn-sm" data-take="{key}"'
                f' data-value="{escape(theirs)}">{self.words["Take theirs"]}{colon()}{escape(theirs)}</button>'
            )
        return (
            f'<td class="num"><input class="form-control num-field{" is-invalid" if wrong else ""}" id="{key}"'
            f' name="{key}" value="{escape(value)}" data-was="{escape(was)}" inputmode="decimal"'
            f' aria-label="{self.words[title]}{colon()}{name}"{" readonly" if locked else ""}>'
            f'<div class="invalid-feedback" data-error="{key}">{escape(wrong)}</div>{take}{after}</td>'
        )

    def _anew(self, row: ChangeRow, name: str) -> str:
        return (
            f'<label class="form-check change-anew"><input class="form-check-input" type="checkbox"'
            f' name="r-{row.line.pk}" value="1"{" checked" if row.reprice else ""}>'
            f'<span class="sub">{self.words["Price anew"]}</span>'
            f'<span class="visually-hidden">{colon()}{name}</span></label>'
        )

    def _remove(self, row: ChangeRow, name: str) -> str:
        key, word = f"x-{row.line.pk}", self.words["Remove line"]
        return (
            f'<input class="btn-check" type="checkbox" name="{key}" id="{key}" value="1"'
            f'{" checked" if row.removed else ""}><label class="btn btn-icon btn-sm btn-ghost" for="{key}"'
            f' title="{word}">{self.trash}<span class="visually-hidden">{word}{colon()}{name}</span></label>'
        )
