"""What can be done next with an order, for this person, and why the rest can't."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orderwell.domains.automation.crediting import awaiting_credit
from orderwell.domains.billing.models import CreditNote
from orderwell.domains.billing.overview import Money, money_of
from orderwell.domains.fulfilment.models import Return, Shipment
from orderwell.domains.fulfilment.overview import returns_of, shipments_of
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.overview import OrderOverview
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

P = Permission


@dataclass(frozen=True, slots=True)
class Documents:
    shipments: list[Shipment]
    returns: list[Return]
    money: Money
    # Returns for which no credit note was issued yet.
    to_credit: list[Return]
    # Keys of the returns that can be undone, as far as the viewer sees what was settled for them.
    undoable: frozenset[int]


@dataclass(frozen=True, slots=True)
class Step:
    """A button. With `blocked` it can't be pressed and says why."""

    title: str
    icon: str
    url: str
    key: str = ""
    blocked: str = ""
    main: bool = False
    # Possible, and nothing that an order waits for.
    aside: bool = False
    # Aside so far that it stands in the menu, not among the buttons.
    in_menu: bool = False


def documents_of(found: OrderOverview, actor: Actor) -> Documents:
    order_id = found.order.pk
    returns = returns_of(actor, order_id)
    money = money_of(actor, order_id)
    can = frozenset(row.pk for row in returns if undoable(row, money.credit_notes))
    return Documents(shipments_of(actor, order_id), returns, money, awaiting_credit(returns), can)


def undoable(found: Return, credit_notes: Iterable[CreditNote]) -> bool:
    """Booked here, standing, and not settled: the service has the last word."""
    if found.history or found.order_id is None or found.undone_at is not None or found.settled_without:
        return False
    return all(note.cause != f"return:{found.pk}" or note.undone_at is not None for note in credit_notes)


def next_steps(found: OrderOverview, documents: Documents, actor: Actor) -> list[Step]:
    """Buttons in the order in which an order goes through the house; the first that is not aside is what most
    people do next. While that one can't be done none stands out: the order waits, and the page says for what."""
    order = found.order
    if order.history:
        return []
    if order.state == Order.State.DRAFT:
        steps = _quote_steps(order, actor)
    else:
        steps = [*_goods_steps(found, documents, actor), *_money_steps(found, documents, actor)]
    for index, step in enumerate(steps):
        if not step.aside:
            steps[index] = replace(step, main=not (step.blocked or _left_to_the_warehouse(found, actor)))
            break
    return steps


def _left_to_the_warehouse(found: OrderOverview, actor: Actor) -> bool:
    """What comes next is shipping, and that is for others to do: nothing stands out for this person."""
    ready = found.order.state == Order.State.PLACED and any(view.reservations for view in found.goods)
    return ready and not actor.may(P.FULFILMENT_SHIPMENT_CREATE)


def _url(name: str, order: Order) -> str:
    return reverse(name, args=[order.pk])


def _quote_steps(order: Order, actor: Actor) -> list[Step]:
    if not actor.may(P.ORDERS_ORDER_PLACE):
        return []
    return [
        Step(_("Confirm quote"), "check", _url("order-confirm", order), "o"),
        Step(_("Edit quote"), "edit", _url("order-edit-quote", order), "e"),
    ]


def _goods_steps(found: OrderOverview, documents: Documents, actor: Actor) -> list[Step]:
    order, steps = found.order, []
    held = _("A hold stops this step; release it first.")
    if actor.may(P.FULFILMENT_SHIPMENT_CREATE) and order.state == Order.State.PLACED:
        if any(view.reservations for view in found.goods):
            why = held if "ship" in found.blocked else ""
            if not any(view.within_reach(actor) for view in found.goods):
                why = _("What is reserved lies in warehouses that are not yours.")
            steps.append(Step(_("Ship"), "truck", _url("order-ship", order), "s", why))
        elif any(view.backordered for view in found.goods):
            steps.append(
                Step(
                    _("Ship"), "truck", _url("order-ship", order), "s", _("Nothing is reserved yet: stock is missing.")
                )
            )
    if actor.may(P.FULFILMENT_RETURN_CREATE) and any(
        view.line.quantity_shipped > view.line.quantity_returned for view in found.goods
    ):
        steps.append(Step(_("Return"), "truck-return", _url("order-return", order), "r", aside=True))
    return steps


def _money_steps(found: OrderOverview, documents: Documents, actor: Actor) -> list[Step]:
    order, steps = found.order, []
    if order.state == Order.State.CANCELLED and not order.paid_amount:
        return []
    if actor.may(P.BILLING_CREDIT_NOTE_CREATE) and documents.to_credit:
        url = reverse("return-credit", args=[documents.to_credit[0].pk])
        steps.append(Step(_("Credit note"), "receipt-refund", url, "y"))
    if actor.may(P.BILLING_INVOICE_CREATE) and any(view.to_invoice for view in found.lines):
        held = _("A hold stops this step; release it first.") if "invoice" in found.blocked else ""
        steps.append(Step(pgettext("what to do", "Invoice"), "file-invoice", _url("order-invoice", order), "i", held))
    if actor.may(P.BILLING_PAYMENT_CREATE) and found.due > 0:
        steps.append(Step(_("Payment"), "cash", _url("order-payment", order), "p"))
    if actor.may(P.BILLING_REFUND_CREATE) and documents.money.refundable:
        # What was paid and is owed is given back only when people ask for it.
        owed = found.due < 0 or order.state == Order.State.CANCELLED
        url = _url("order-refund", order)
        steps.append(Step(_("Refund"), "receipt-refund", url, "f", aside=not owed, in_menu=not owed))
    return steps
