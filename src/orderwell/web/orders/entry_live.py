"""What order entry asks for while one types: amounts, stock and dates, hints, pasted lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from orderwell.domains.automation.hints.finding import hints_of_draft
from orderwell.domains.catalog.choices import visible_channels
from orderwell.domains.catalog.matching import Match, match_variants, price_of_one
from orderwell.domains.customers.lookup import customer_by_number
from orderwell.domains.orders.drafts import OrderDraft
from orderwell.domains.orders.habits import last_sales
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.price_reasons import said, said_break
from orderwell.domains.orders.queries import visible_orders
from orderwell.domains.orders.services.preview import Preview, PreviewLine, preview_order
from orderwell.kernel.clock import utc_now
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import listed
from orderwell.platform.permissions import Permission
from orderwell.platform.wording import sentence
from orderwell.web.components.forms import ExactField
from orderwell.web.components.places import place_name
from orderwell.web.hints.showing import for_script
from orderwell.web.orders.entry_forms import EntryForm, Row, draft_from, place_errors, rows_from, short_of
from orderwell.web.orders.pasting import Pasted, most_lines, read_pasted
from orderwell.web.pages import action
from orderwell.web.templatetags.orderwell import day, localname, money_text, percent, price

MOST_CHOICES = 5
_CARTONS = ExactField(places=None, max_digits=18)
_PRICE = ExactField(places=None, max_digits=18)


@action(Permission.ORDERS_ORDER_PLACE)
def preview(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What is typed so far, as JSON: amounts, stock, dates and errors per row, sums, hints."""
    channels = visible_channels(actor, active_only=True)
    form, rows = EntryForm(request.POST, channels=channels), rows_from(request.POST)
    form.is_valid()
    draft = draft_from(form, rows)
    if not rows:
        return JsonResponse({"rows": [], "total": None, "errors": [], "hints": []})
    found = preview_order(draft=draft, actor=actor, now=utc_now())
    place_errors(form, rows, found.errors)
    by_row = {line.index: line for line in found.lines if line.index is not None}
    unread = any(row.errors.get("quantity") for row in rows if row.quantity == "")
    # As on the order that comes of it: amounts of lines are what their prices are, with tax or without.
    basis = "gross" if any(item.code == draft.channel and item.prices_include_tax for item in channels) else "net"
    answer = [_row(row, by_row.get(index), found.currency, basis) for index, row in enumerate(rows)]
    total = None
    if found.lines and not unread:
        total = {
            "net": money_text(found.total.net, found.currency),
            "tax": money_text(found.total.tax, found.currency),
            "total": money_text(found.total.gross, found.currency),
        }
    general = [sentence(detail) for detail in found.errors if not (detail.pointer or "").startswith("/lines/")]
    if what_to_do := short_of(found.errors):
        general.append(what_to_do)
    return JsonResponse(
        {
            "rows": answer,
            "basis": basis,
            "total": total,
            "wrong": sum(1 for row in rows if row.errors),
            "missing": sum(1 for line in by_row.values() if line.missing),
            "errors": general,
            "hints": _hints(request, actor, draft, found),
        }
    )


def _hints(request: HttpRequest, actor: Actor, draft: OrderDraft, found: Preview) -> list[dict[str, Any]]:
    """What rules notice about it, for those who may see the orders and the customer that they compare with."""
    key = request.POST.get("draft", "")[:50]
    if not key or not actor.may(Permission.ORDERS_ORDER_VIEW):
        return []
    customer = None
    if draft.customer and actor.may(Permission.CUSTOMERS_CUSTOMER_VIEW):
        customer = customer_by_number(actor, draft.customer)
    quote = _quote(request, actor)
    hints = hints_of_draft(actor, draft, found, key=key, customer=customer, quote=quote, now=utc_now())
    return [for_script(hint, actor) for hint in hints]


def _quote(request: HttpRequest, actor: Actor) -> Order | None:
    """The quote that is being edited: it is no duplicate of itself."""
    given = request.POST.get("quote", "")
    if not (given.isascii() and given.isdecimal() and len(given) < 19):
        return None
    return visible_orders(actor).filter(pk=int(given), state=Order.State.DRAFT).first()


def _row(row: Row, line: PreviewLine | None, currency: str, basis: str) -> dict[str, Any]:
    errors = {name: " ".join(texts) for name, texts in row.errors.items()}
    if line is None:
        return {"sku": row.sku, "name": row.name, "errors": errors}
    return {
        "sku": row.sku,
        "name": localname(line.variant) if line.variant else line.name,
        "unit_price": price(line.unit_price, currency, symbol=False),
        "why": _why(line, currency),
        "amount": money_text(getattr(line.amounts, basis), currency),
        "missing": plain(line.missing) if line.missing else "",
        "free": " · ".join(f"{place_name(item.warehouse)} {plain(item.quantity)}" for item in line.free),
        "date": _date(line),
        "errors": errors,
    }


def _why(line: PreviewLine, currency: str) -> str:
    if line.index is None:
        return _("tax %(rate)s") % {"rate": percent(line.tax_rate)}
    reasons = [said(line.explanation, currency), _("tax %(rate)s") % {"rate": percent(line.tax_rate)}]
    if line.further is not None:
        reasons.append(said_break(line.further, currency))
    return " · ".join(reasons)


def _date(line: PreviewLine) -> str:
    if not line.missing:
        return _("In stock")
    if line.promised_at is None:
        return _("No date known")
    return _("Complete from %(day)s") % {"day": _plain_day(line.promised_at)}


def _plain_day(moment: Any) -> str:
    from django.utils.html import strip_tags

    return strip_tags(str(day(moment)))


@action(Permission.ORDERS_ORDER_PLACE)
def read_lines(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Pasted text as rows: every line comes back, also those whose product is unknown, so that nothing is lost."""
    lines, said = most_lines(read_pasted(request.POST.get("text", "")))
    exact = request.POST.get("text", "").strip() if request.POST.get("exact") else ""
    if exact:  # one cell put right by hand: a product and nothing else
        lines = [Pasted(exact)]
    found = match_variants(actor, {text for line in lines for text in (line.product, line.written)})
    if any(line.price for line in lines) and not actor.may(Permission.ORDERS_PRICE_OVERRIDE):
        dropped = _("The pasted prices were not taken over: your role does not set prices. The price lists apply.")
        said = f"{said} {dropped}".strip()
    # "M5 x 20" is twenty of M5 only where nothing is called so.
    lines = [Pasted(line.written) if found.get(line.written) else line for line in lines]
    return JsonResponse({"rows": [_pasted_row(line, found.get(line.product, [])) for line in lines], "said": said})


def _pasted_row(line: Pasted, matches: list[Match]) -> dict[str, Any]:
    row = {"sku": line.product, "name": "", "quantity": line.quantity, "unit_price": line.price, "note": ""}
    if len(matches) == 1:
        row |= {"sku": matches[0].sku, "name": localname(matches[0])}
        if not matches[0].sold:
            row["note"] = _("This product is not sold any more.")
        if pack := matches[0].pack:
            row["quantity"] = _in_pieces(line.quantity, pack)
            row |= _price_of_one(line.price, pack)
    elif matches:
        skus = listed(match.sku for match in matches[:MOST_CHOICES])
        row["note"] = _("Several products have this name: %(skus)s") % {"skus": skus}
    if line.problem:
        row |= {"note": line.problem, "unclear": "yes"}
    return row


def _in_pieces(quantity: str, pack: Decimal) -> str:
    """The barcode of a carton counts cartons; what is no number stays to be put right."""
    try:
        cartons: Decimal = _CARTONS.clean(quantity)
    except ValidationError:
        return quantity
    return plain(cartons * pack)


def _price_of_one(price: str, pack: Decimal) -> dict[str, str]:
    """Beside the barcode of a carton stands the price of a carton."""
    try:
        whole = _PRICE.clean(price) if price else None
    except ValidationError:
        return {}
    if whole is None:
        return {}
    if (one := price_of_one(whole, pack)) is not None:
        return {"unit_price": plain(one)}
    said = _("%(price)s is the price of a pack of %(count)s and cannot be divided by that: put in the price of one.")
    return {"unit_price": "", "note": said % {"price": price, "count": plain(pack)}}


@action(Permission.ORDERS_ORDER_VIEW)
def last(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the customer paid last for each of the products, {sku: {price, text}}."""
    customer = customer_by_number(actor, request.POST.get("customer", "")[:40])
    if customer is None:
        return JsonResponse({"sales": {}})
    channels = {item.code: item.currency for item in visible_channels(actor)}
    currency = channels.get(request.POST.get("channel", ""), customer.currency)
    skus = request.POST.getlist("sku")[:2000]
    found = last_sales(actor, customer.pk, skus, currency=currency)
    return JsonResponse(
        {
            "sales": {
                sku: {
                    "price": plain(sale.unit_price),
                    "text": _("last %(price)s × %(quantity)s, %(day)s")
                    % {
                        "price": price(sale.unit_price, sale.currency),
                        "quantity": plain(sale.quantity),
                        "day": _plain_day(sale.placed_at),
                    },
                }
                for sku, sale in found.items()
            }
        }
    )
