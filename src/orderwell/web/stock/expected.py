"""Announced goods: told to the system, changed, received in parts, called off. What is announced can be promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.domains.inventory.drafts import ExpectedReceiptDraft, ReceiptDraft, ReceiptLineDraft
from orderwell.domains.inventory.models import ExpectedReceipt
from orderwell.domains.inventory.queries import MovementFilters, expected_receipt, expected_receipts, movements
from orderwell.domains.inventory.services.expect_receipt import (
    cancel_expected_receipt,
    expect_receipt,
    expect_receipts,
)
from orderwell.domains.inventory.services.receive_stock import receive_stock
from orderwell.kernel.clock import business_day, utc_now
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.queries import stream
from orderwell.platform.formats import listed
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import ActionForm, perform
from orderwell.web.components.forms import end_of_day
from orderwell.web.components.timeline import timeline
from orderwell.web.components.toasts import Undo, undo, undoes
from orderwell.web.home.views import zone
from orderwell.web.pages import form_page, page
from orderwell.web.stock.forms import AnnounceForm, ReannounceForm, ReceiveForm
from orderwell.web.stock.lines import Typed
from orderwell.web.templatetags.orderwell import day as day_text
from orderwell.web.templatetags.orderwell import localname
from orderwell.web.templatetags.orderwell import quantity as quantity_text

MOST_OPEN = 500
# More than so many nobody reads in a toast.
MOST_TOLD = 5


@dataclass
class Delivery:
    """What was announced under one reference for one warehouse."""

    rows: list[ExpectedReceipt] = field(default_factory=list)

    @property
    def key(self) -> str:
        return str(self.rows[0].pk)

    @property
    def warehouse(self) -> str:
        return str(self.rows[0].warehouse.code)

    @property
    def title(self) -> str:
        first = self.rows[0]
        goods = listed(f"{row.variant.sku} × {plain(row.quantity - row.quantity_received)}" for row in self.rows[:3])
        more = f" +{len(self.rows) - 3}" if len(self.rows) > 3 else ""
        return f"{first.reference} · {goods}{more} · {localname(first.warehouse)}"

    @property
    def lines(self) -> str:
        return "\n".join(f"{row.variant.sku}\t{plain(row.quantity - row.quantity_received)}" for row in self.rows)


def deliveries(actor: Actor) -> list[Delivery]:
    """What is still to come, by reference and warehouse, the earliest first."""
    if not actor.may(Permission.INVENTORY_STOCK_VIEW):
        return []
    found: dict[tuple[str, int], Delivery] = {}
    for row in expected_receipts(actor)[:MOST_OPEN]:
        found.setdefault((row.reference, row.warehouse_id), Delivery()).rows.append(row)
    return list(found.values())


@form_page(Permission.INVENTORY_STOCK_ADJUST)
def announce(request: HttpRequest, actor: Actor) -> HttpResponse:
    sku = request.GET.get("sku", "")[:60]
    initial = {"warehouse": request.GET.get("warehouse", ""), "lines": f"{sku}\t" if sku else ""}
    form = AnnounceForm(request.POST or None, warehouses=visible_warehouses(actor), actor=actor, initial=initial)

    def act(data: dict[str, Any]) -> None:
        drafts = [
            ExpectedReceiptDraft(
                reference=data["reference"],
                sku=line.sku,
                warehouse=data["warehouse"],
                quantity=line.quantity,
                due_at=end_of_day(data["due_on"]),
                supplier=data["supplier"],
            )
            for line in data["lines"]
        ]
        expect_receipts(drafts, seen=data["seen"], actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        form,
        template="stock/announce.html",
        act=act,
        done=_("The goods are announced; they can be promised from their date on."),
        to=reverse("expected-list"),
    )


@page(Permission.INVENTORY_STOCK_VIEW)
def expected_page(request: HttpRequest, actor: Actor, receipt_id: int) -> HttpResponse:
    row = expected_receipt(actor, receipt_id)
    came = movements(actor, MovementFilters(cause=f"expected_receipt:{receipt_id}"))
    context = {
        "row": row,
        "state": state_of(row, utc_now()),
        "movements": list(came.order_by("-occurred_at", "-id")[:50]),
        "timeline": timeline(stream(f"expected_receipt:{receipt_id}")),
    }
    return render(request, "stock/expected.html", context)


def state_of(row: ExpectedReceipt, now: datetime) -> str:
    if row.quantity_received >= row.quantity:
        return "received"
    if row.cancelled_at is not None:
        return "cancelled"
    return "overdue" if row.due_at < now else "open"


@form_page(Permission.INVENTORY_STOCK_ADJUST)
def change_expected(request: HttpRequest, actor: Actor, receipt_id: int) -> HttpResponse:
    row = expected_receipt(actor, receipt_id)
    initial = {"quantity": plain(row.quantity), "due_on": business_day(row.due_at, zone()), "supplier": row.supplier}
    form = ReannounceForm(request.POST or None, initial=initial)

    def act(data: dict[str, Any]) -> None:
        day = data["due_on"]
        # The moment of a day that stays the same stays too: it may have come over the API with an hour.
        # Goods expected on a day can be promised from its end on.
        due_at = row.due_at if day == business_day(row.due_at, zone()) else end_of_day(day)
        draft = _draft(row, quantity=data["quantity"], due_at=due_at, supplier=data["supplier"])
        expect_receipt(draft, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        form,
        template="stock/expected_change.html",
        act=act,
        done=_("The announcement is changed."),
        to=reverse("expected-detail", args=[receipt_id]),
        context={"row": row},
    )


def _draft(row: ExpectedReceipt, **changes: Any) -> ExpectedReceiptDraft:
    values = {"quantity": row.quantity, "due_at": row.due_at, "supplier": row.supplier, **changes}
    return ExpectedReceiptDraft(reference=row.reference, sku=row.variant.sku, warehouse=row.warehouse.code, **values)


@form_page(Permission.INVENTORY_STOCK_ADJUST)
def cancel_expected(request: HttpRequest, actor: Actor, receipt_id: int) -> HttpResponse:
    row = expected_receipt(actor, receipt_id)

    def taken_back(made: Any) -> Undo:
        return undo("receipt-cancelled", receipt_id=receipt_id)

    return perform(
        request,
        actor,
        ActionForm(request.POST or None),
        template="stock/expected_cancel.html",
        act=lambda data: cancel_expected_receipt(expected_receipt_id=receipt_id, actor=actor, now=utc_now()),
        done=_("What has not come is no longer expected."),
        to=reverse("expected-detail", args=[receipt_id]),
        context={"row": row, "danger": True},
        undo=taken_back,
    )


@undoes("receipt-cancelled")
def expect_again(actor: Actor, now: datetime, *, receipt_id: int) -> str:
    expect_receipt(_draft(expected_receipt(actor, receipt_id)), actor=actor, now=now)
    return _("The goods are expected again.")


@form_page(Permission.INVENTORY_STOCK_ADJUST)
def receive(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Goods that came in, announced or not; `expected` in the address begins with what an announcement still lacks."""
    open_ones = deliveries(actor)
    asked = request.GET.get("expected", "")
    chosen = next((one for one in open_ones if asked in {str(row.pk) for row in one.rows}), None)
    initial = {"expected": chosen.key, "warehouse": chosen.warehouse, "lines": chosen.lines} if chosen else {}
    form = ReceiveForm(
        request.POST or None, warehouses=visible_warehouses(actor), deliveries=open_ones, actor=actor, initial=initial
    )

    def act(data: dict[str, Any]) -> None:
        delivery = form.by_key.get(data["expected"])
        lines = _parts(data["lines"], delivery.rows if delivery else [])
        draft = ReceiptDraft(warehouse=data["warehouse"], lines=lines, reference=data["reference"])
        receive_stock(draft, actor=actor, now=utc_now())
        form.told = _not_announced(data, delivery, open_ones)

    return perform(
        request,
        actor,
        form,
        template="stock/receive.html",
        act=act,
        done=_("The goods are in stock."),
        to=reverse("stock-list"),
    )


def _not_announced(data: dict[str, Any], delivery: Delivery | None, open_ones: Sequence[Delivery]) -> list[str]:
    """Goods that came without a word, and announcements of the same goods that stay open."""
    expected = {row.variant.sku for row in delivery.rows} if delivery else set()
    free = list(dict.fromkeys(line.sku for line in data["lines"] if line.sku not in expected))
    told = []
    if delivery and free:
        text = _("Not announced with %(reference)s, and put on hand all the same: %(skus)s.")
        told.append(text % {"reference": delivery.rows[0].reference, "skus": listed(free[:MOST_TOLD])})
    text = _("%(sku)s is still expected with %(reference)s: %(count)s in %(warehouse)s on %(day)s.")
    rows = [row for one in open_ones for row in one.rows if row.variant.sku in free]
    for row in rows[:MOST_TOLD]:
        left = quantity_text(row.quantity - row.quantity_received)
        about = {"sku": row.variant.sku, "reference": row.reference, "count": left}
        told.append(text % {**about, "warehouse": localname(row.warehouse), "day": day_text(row.due_at)})
    return told


def _parts(typed: Sequence[Typed], announced: Sequence[ExpectedReceipt]) -> tuple[ReceiptLineDraft, ...]:
    """Each line counts towards its announcement; once that is full, what follows came on top of it."""
    rows = {row.variant.sku: row for row in announced}
    left = {sku: row.quantity - row.quantity_received for sku, row in rows.items()}
    parts = []
    for line in typed:
        row = rows[line.sku] if left.get(line.sku, 0) > 0 else None
        if row is not None:
            left[line.sku] -= line.quantity
        expected = row.pk if row else None
        parts.append(ReceiptLineDraft(sku=line.sku, quantity=line.quantity, expected_receipt=expected))
    return tuple(parts)
