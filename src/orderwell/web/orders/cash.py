"""Shipping, returning, invoicing and giving money back, from the page of an order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from orderwell.domains.automation.crediting import awaiting_credit
from orderwell.domains.automation.services.take_back import take_back
from orderwell.domains.billing.invoice_preview import preview_invoice
from orderwell.domains.billing.models import Payment, Refund
from orderwell.domains.billing.overview import money_of
from orderwell.domains.billing.services.invoice import issue_invoice, nothing_left
from orderwell.domains.billing.services.pay import record_refund
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.fulfilment.overview import returns_of
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.overview import LineView, OrderOverview, order_overview
from orderwell.domains.orders.to_invoice import gone_uninvoiced
from orderwell.kernel.clock import utc_now
from orderwell.kernel.money import written
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import listed, money_text
from orderwell.platform.permissions import Permission
from orderwell.platform.wording import sentence
from orderwell.web.components.actions import perform
from orderwell.web.components.toasts import undo
from orderwell.web.orders.actions import page_of
from orderwell.web.orders.cash_forms import CARRIERS, InvoiceForm, RefundForm, ReturnForm, ShipForm
from orderwell.web.orders.forms import Countable
from orderwell.web.pages import form_page
from orderwell.web.templatetags.orderwell import line_name, localname

ZERO = Decimal(0)


@form_page(Permission.FULFILMENT_SHIPMENT_CREATE)
def ship_order(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    found = order_overview(actor, order_id)
    holding = {row.stock_item.warehouse_id for view in found.goods for row in view.within_reach(actor)}
    lines = [
        Countable(view.line.pk, line_name(view.line), view.line.sku, view.to_ship, shippable(view, actor), where(view))
        for view in found.goods
        if view.to_ship
    ]
    # Where nothing is left, none of those that somebody may have chosen before is in the way of hearing why.
    warehouses = [item for item in visible_warehouses(actor) if item.pk in holding or not lines]
    wishes = found.order.customer.preferences if found.order.customer else {}
    carrier = wishes.get("carrier") or ""
    form = ShipForm(request.POST or None, lines=lines, warehouses=warehouses, initial={"carrier": carrier})

    def act(data: dict[str, Any]) -> None:
        ship(
            order_id=order_id,
            lines=form.counted(),
            warehouse=data["warehouse"] or None,
            carrier=data["carrier"],
            tracking_number=data["tracking_number"],
            actor=actor,
            now=utc_now(),
        )

    return perform(
        request,
        actor,
        form,
        template="orders/ship.html",
        act=act,
        done=_("Shipped."),
        to=page_of(order_id),
        context={
            "order": found.order,
            "found": found,
            "carriers": CARRIERS,
            "preferred_carrier": carrier,
            "packing_note": wishes.get("packing_note") or "",
            # Said before a part leaves, where the customer wants everything at once.
            "whole_only": wishes.get("partial_delivery") is False and any(row.fill < row.most for row in lines),
        },
    )


def shippable(view: LineView, actor: Actor) -> Decimal:
    """What is reserved of a line where the actor works, in its own units. A bundle offers all that is open; the service
    knows its parts."""
    near = view.within_reach(actor)
    if view.line.is_bundle and not view.backordered:
        return view.to_ship if len(near) == len(view.reservations) else ZERO
    return min(sum((row.quantity for row in near), ZERO), view.to_ship)


def where(view: LineView) -> str:
    places = [f"{localname(row.stock_item.warehouse)} {plain(row.quantity)}" for row in view.reservations]
    if view.backordered:
        places.append(_("missing %(count)s") % {"count": plain(view.backordered)})
    return listed(dict.fromkeys(places))


@form_page(Permission.FULFILMENT_RETURN_CREATE)
def return_goods(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    found = order_overview(actor, order_id)
    lines = [
        Countable(line.pk, line_name(line), line.sku, line.quantity_shipped - line.quantity_returned, ZERO)
        for line in (view.line for view in found.goods)
        if line.quantity_shipped > line.quantity_returned
    ]
    form = ReturnForm(
        request.POST or None,
        lines=lines,
        warehouses=visible_warehouses(actor),
        may_credit=actor.may(Permission.BILLING_CREDIT_NOTE_CREATE),
        may_refund=actor.may(Permission.BILLING_REFUND_CREATE) and bool(found.order.paid_amount),
    )

    def act(data: dict[str, Any]) -> Return | None:
        into = data["warehouse"] if data["disposition"] == "restock" else ""
        units = [
            ReturnedUnits(line_id=pk, quantity=quantity, disposition=data["disposition"], warehouse=into or None)
            for pk, quantity in form.counted().items()
        ]
        shared: dict[str, Any] = {"order_id": order_id, "lines": units, "reason": data["reason"], "actor": actor}
        if data.get("credit"):
            # Its money is settled with it: then there is nothing to undo.
            take_back(**shared, refund=bool(data.get("refund")), now=utc_now())
            return None
        return record_return(**shared, now=utc_now())

    return perform(
        request,
        actor,
        form,
        template="orders/return.html",
        act=act,
        done=_("The return is recorded."),
        to=page_of(order_id),
        context={"order": found.order},
        undo=lambda made: undo("return-recorded", return_id=made.pk),
    )


@form_page(Permission.BILLING_INVOICE_CREATE)
def invoice_order(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    """Opened from what is shipped and not invoiced, `?shipped=1`, it proposes that; else everything. Asked with `sums`, it
    tells what that which is typed comes to, and nothing else."""
    found = order_overview(actor, order_id)
    shipped = bool(request.GET.get("shipped"))
    lines = [
        Countable(
            *(view.line.pk, line_name(view.line), view.line.sku, view.to_invoice),
            fill=gone_uninvoiced(view.line) if shipped else view.to_invoice,
        )
        for view in found.lines
        if view.to_invoice and view.line.kind == OrderLine.Kind.GOODS
    ]
    typed = request.GET if "sums" in request.GET else request.POST or None
    form = InvoiceForm(typed, lines=lines)
    form.may_be_empty = not lines

    nothing = "" if any(view.to_invoice for view in found.lines) else sentence(nothing_left(found.order).details[0])

    def act(data: dict[str, Any]) -> None:
        counted = form.counted()
        # Everything at once is the ordinary case, and the only one that needs no goods: an order of charges.
        whole = counted == {line.pk: line.most for line in lines}
        issue_invoice(order_id=order_id, quantities=None if whole else counted, actor=actor, now=utc_now())

    preview = preview_invoice(found.order, [view.line for view in found.lines], form.as_typed())
    worth = {pk: money_text(part.gross, found.order.currency) for pk, part in preview.lines.items()}
    context = {"order": found.order, "found": found, "nothing": nothing, "preview": preview, "worth": worth}
    if "sums" in request.GET:
        return render(request, "orders/invoice_sums.html", {**context, "form": form, "swapped": True})
    return perform(
        request,
        actor,
        form,
        template="orders/invoice.html",
        act=act,
        done=_("The invoice is issued."),
        to=page_of(order_id),
        context=context,
    )


@form_page(Permission.BILLING_REFUND_CREATE)
def refund_order(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    found = order_overview(actor, order_id)
    payments = money_of(actor, order_id).refundable
    start = _refund_start(found, payments)
    form = RefundForm(request.POST or None, payments=payments, initial=start)
    known = {refund.pk for payment in payments for refund in payment.refunds.all()}

    def act(data: dict[str, Any]) -> Refund:
        return record_refund(
            payment_id=data["payment"],
            amount=data["amount"],
            reason=data["reason"],
            reference=data["reference"] or None,
            actor=actor,
            now=utc_now(),
        )

    return perform(
        request,
        actor,
        form,
        template="orders/refund.html",
        act=act,
        done=_("The refund is recorded."),
        to=page_of(order_id),
        context={
            "order": found.order,
            "found": found,
            "to_credit": awaiting_credit(returns_of(actor, order_id)),
        },
        undo=lambda made: None if made.pk in known else undo("refund-recorded", refund_id=made.pk),
    )


def _refund_start(found: OrderOverview, payments: list[Payment]) -> dict[str, Any]:
    """What was paid too much is what is usually given back."""
    too_much = -found.due
    first = payments[0] if payments else None
    if first is None or too_much <= 0:
        return {}
    return {"payment": first.pk, "amount": written(min(too_much, first.amount - first.refunded_amount), first.currency)}
