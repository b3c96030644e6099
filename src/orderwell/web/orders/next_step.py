"""One sentence on the order page: where the order stands, what comes next, why it can't, and what helps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderwell.domains.fulfilment.models import Return
from orderwell.domains.orders.expected import Expectation
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.overview import LineView, OrderOverview
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import in_a_row, listed, named
from orderwell.platform.leftovers.queries import leftovers
from orderwell.platform.permissions import Permission
from orderwell.web.components.units import units_text
from orderwell.web.components.words import word
from orderwell.web.handheld.leftover_rows import shown
from orderwell.web.orders.steps import Documents, Step
from orderwell.web.templatetags.orderwell import day, localname, moment, money_text

P = Permission
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class NextStep:
    """`remedies` are buttons that help; `blocked` means that the step itself can't be taken now."""

    title: str
    text: str = ""
    blocked: bool = False
    remedies: tuple[Step, ...] = ()
    # The holds are told here, with why and by whom.
    held: bool = False


def next_step(
    found: OrderOverview,
    documents: Documents,
    expected: dict[int, Expectation],
    actor: Actor,
    undo: int | None,
) -> NextStep:
    order = found.order
    if order.history:
        return NextStep(_("A past order"), _("It was shipped and settled before it was brought in here."))
    if order.state == Order.State.DRAFT:
        return NextStep(_("A quote"), _("Nothing is reserved. Confirm it and it becomes an order at these prices."))
    if order.state == Order.State.CANCELLED:
        return _cancelled(found, undo)
    return _to_ship(found, expected, actor) or _money(found, documents) or _done(found, documents, actor)


def _step(title: str, icon: str, name: str, *args: int) -> Step:
    return Step(title, icon, reverse(name, args=args))


def _cancelled(found: OrderOverview, undo: int | None) -> NextStep:
    if found.order.paid_amount > 0:
        paid = money_text(found.order.paid_amount, found.order.currency)
        return NextStep(_("Cancelled, but paid"), _("%(amount)s are still to be given back.") % {"amount": paid})
    remedies = (_step(_("Undo the cancellation"), "arrow-back-up", "order-undo", found.order.pk, undo),) if undo else ()
    return NextStep(_("Cancelled"), _("Nothing is left to do."), remedies=remedies)


def _to_ship(found: OrderOverview, expected: dict[int, Expectation], actor: Actor) -> NextStep | None:
    order = found.order
    if not any(view.to_ship for view in found.goods):
        return None
    if "ship" in found.blocked:
        return _held(found, actor)
    ready = [view for view in found.goods if view.reservations]
    missing = [view for view in found.goods if view.backordered]
    if ready:
        return _leaves(found, ready, _waiting(missing, expected) if missing else "", actor)
    remedies: tuple[Step, ...] = ()
    if actor.may(P.ORDERS_ORDER_CHANGE):
        remedies = (_step(_("Change the order"), "edit", "order-change", order.pk),)
    if missing and missing[0].line.variant_id and actor.may(P.CATALOG_PRODUCT_VIEW):
        product = missing[0].line.variant
        if product is not None:
            remedies = (_step(_("Look at the product"), "package", "product-detail", product.product_id), *remedies)
    return NextStep(_("Waits for stock"), _waiting(missing, expected), blocked=True, remedies=remedies)


def _leaves(found: OrderOverview, ready: list[LineView], missing: str, actor: Actor) -> NextStep:
    """Goods are reserved; `missing` says what is not."""
    places = dict.fromkeys(localname(row.stock_item.warehouse) for view in ready for row in view.reservations)
    text = _("From %(places)s.") % {"places": listed(places)}
    if missing:
        text += f" {missing}"
    if not any(view.within_reach(actor) for view in ready):
        return NextStep(_("Shipped by another warehouse"), text, blocked=True)
    if short := _picked_short(found, actor):
        return short
    title = _("Ready to ship") if not missing else _("Part of it can be shipped")
    if not actor.may(P.FULFILMENT_SHIPMENT_CREATE):
        title = _("Waits for the warehouse to ship it")
    if not found.has_address:
        change = (_step(_("Change the order"), "edit", "order-change", found.order.pk),)
        text = in_a_row(_("There is no delivery address."), text)
        return NextStep(title, text, remedies=change if actor.may(P.ORDERS_ORDER_CHANGE) else ())
    return NextStep(title, text)


def _picked_short(found: OrderOverview, actor: Actor) -> NextStep | None:
    """Reserved by the ledger, and not on its shelf when somebody went to pick it."""
    if not actor.may(P.INVENTORY_STOCK_VIEW):
        return None
    rows = leftovers(actor, is_open=True).filter(kind="short", subject=f"order:{found.order.pk}").order_by("id")
    told = [text for row in rows for text in shown(row)["sentences"]]
    if not told:
        return None
    text = _("%(found)s. Count it, or correct its stock, before it is shipped.") % {"found": listed(told)}
    return NextStep(_("Picked short"), text, remedies=(_step(_("To sort out"), "alert-triangle", "leftover-list"),))


def _held(found: OrderOverview, actor: Actor) -> NextStep:
    holds, remedies = found.active_holds, []
    told = [
        named(word("hold", hold.kind), f"{hold.reason} ({hold.placed_by}, {strip_tags(moment(hold.placed_at))})")
        for hold in holds
    ]
    if actor.may(P.ORDERS_HOLD_RELEASE):
        for index, hold in enumerate(holds):
            key = "l" if not index else ""
            url = reverse("order-release", args=[found.order.pk, hold.pk])
            title = _("Release") if len(holds) == 1 else named(_("Release"), word("hold", hold.kind))
            remedies.append(Step(title, "lock-open", url, key))
    else:
        told.append(_("Somebody with the right to release holds has to do that."))
    return NextStep(_("On hold, so it can't be shipped"), in_a_row(*told), True, tuple(remedies), held=True)


def unit_of(view: LineView) -> str:
    return view.line.variant.unit if view.line.variant else ""


def missing_parts(view: LineView) -> Iterator[tuple[str, Decimal]]:
    """(unit, quantity) of what waits for stock: of a bundle in the units of its components."""
    if not view.backordered:
        yield unit_of(view), view.backordered
        return
    parts = {part.variant_id: part.variant.unit for part in view.line.components.all()} if view.line.is_bundle else {}
    for row in view.line.backorders.all():
        yield parts.get(row.variant_id) or unit_of(view), row.quantity


def _waiting(missing: list[LineView], expected: dict[int, Expectation]) -> str:
    """What is missing, and when it can be expected."""
    units = units_text(part for view in missing for part in missing_parts(view))
    text = ngettext("%(units)s missing on %(count)s line.", "%(units)s missing on %(count)s lines.", len(missing)) % {
        "units": units,
        "count": len(missing),
    }
    known = [expected[view.line.pk] for view in missing if view.line.pk in expected]
    if len(known) == len(missing) and known:
        last = max(known, key=lambda item: item.due_at)
        if last.due_at < utc_now():
            late = _("Was expected on %(day)s (%(reference)s) and is overdue.")
            return in_a_row(text, late % {"day": _day(last), "reference": last.reference})
        soon = _("Expected on %(day)s (%(reference)s).")
        return in_a_row(text, soon % {"day": _day(last), "reference": last.reference})
    if known:
        first = min(known, key=lambda item: item.due_at)
        part = _("Part of it is expected on %(day)s; for the rest nothing is announced.")
        return in_a_row(text, part % {"day": _day(first)})
    return in_a_row(text, _("No goods are announced that would cover it."))


def _day(item: Expectation) -> str:

    return strip_tags(day(item.due_at))


def _money(found: OrderOverview, documents: Documents) -> NextStep | None:
    order = found.order
    if documents.to_credit:
        return _to_credit(documents.to_credit)
    if any(view.to_invoice for view in found.lines):
        if "invoice" in found.blocked:
            return NextStep(_("On hold, so it can't be invoiced"), blocked=True)
        if not any(view.active for view in found.goods):
            return NextStep(_("Only charges are left"), _("Nothing was shipped. Cancel what is left, or invoice it."))
        if not any(view.to_invoice for view in found.goods):
            return NextStep(
                _("Only charges are left"), _("The goods need no invoice any more. Invoice them, or cancel them.")
            )
        return NextStep(_("To be invoiced"), _("The goods have left; the invoice is still to be written."))
    if found.due > 0:
        amount = money_text(found.due, order.currency)
        dates = [invoice.due_at for invoice in documents.money.invoices]
        if dates:
            text = _("Still open: %(amount)s, due on %(day)s.") % {"amount": amount, "day": strip_tags(day(min(dates)))}
        else:
            text = _("Still open: %(amount)s.") % {"amount": amount}
        return NextStep(_("Waits for payment"), text)
    if found.due < 0:
        amount = money_text(-found.due, order.currency)
        return NextStep(_("Too much was paid"), _("To be given back: %(amount)s.") % {"amount": amount})
    return None


def _to_credit(returns: list[Return]) -> NextStep:
    amount = money_text(sum((row.gross_amount for row in returns), ZERO), returns[0].currency)
    numbers = listed(row.number for row in returns)
    text = _("For %(returns)s over %(amount)s no credit note has been issued yet.")
    return NextStep(_("Return to be credited"), text % {"returns": numbers, "amount": amount})


def _done(found: OrderOverview, documents: Documents, actor: Actor) -> NextStep:
    if found.order.fulfilment_state == Order.FulfilmentState.RETURNED:
        return NextStep(_("Everything is done"), _("All goods came back. Lines can still be added."))
    under_way = [row for row in documents.shipments if row.delivered_at is None]
    if under_way:
        text = ngettext(
            "%(count)s shipment has not arrived yet.", "%(count)s shipments have not arrived yet.", len(under_way)
        )
        remedies: tuple[Step, ...] = ()
        if len(under_way) == 1 and actor.may(P.FULFILMENT_SHIPMENT_CREATE):
            remedies = (_step(_("Delivered"), "circle-check", "shipment-deliver", under_way[0].pk),)
        return NextStep(_("On its way"), text % {"count": len(under_way)}, remedies=remedies)
    return NextStep(_("Everything is done"), _("Shipped, invoiced and paid. Lines can still be added."))
