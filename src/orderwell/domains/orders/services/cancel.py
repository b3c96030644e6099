"""Cancel units of an order, or all that is left of it; reservation, tax and money follow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from orderwell.domains.catalog.models import Variant
from orderwell.domains.orders.difference import compare
from orderwell.domains.orders.errors import NothingToDo, QuantityAboveOpen, UnknownLine, ValueMissing
from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.models import Amendment, Cancellation, Order, OrderLine
from orderwell.domains.orders.services.amendments import keep
from orderwell.domains.orders.services.hold import end_holds
from orderwell.domains.orders.services.loading import check_holds, lines_of, lock_order, require_state
from orderwell.domains.orders.services.progress import refresh_states
from orderwell.domains.orders.services.promises import demand_of, give_back
from orderwell.domains.orders.services.totals import write_line_amounts, write_order_totals
from orderwell.domains.orders.snapshots import take_snapshot
from orderwell.domains.orders.states import ORDER
from orderwell.kernel.errors import Refusal
from orderwell.kernel.quantities import plain
from orderwell.kernel.refusals import quantity_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission


def cancel_units(
    *, order_id: int, lines: Mapping[int, Decimal] | None, reason: str, actor: Actor, now: datetime, final: str = ""
) -> Order:
    """Cancel {line id: quantity}, or with None everything that is neither shipped nor invoiced.

    Kept as a document that can be undone until something else happens to the lines; `final` says why it can't be.
    Units that were invoiced must be credited first. Raises NotFound, OrderStateForbids, HeldOrder, NothingToDo,
    ValueMissing, or Refusal with one entry per unusable line.
    """
    actor.require(Permission.ORDERS_ORDER_CANCEL)
    if not reason.strip():
        raise ValueMissing(pointer="/reason")
    with atomic():
        order = lock_order(order_id, actor=actor, permission=Permission.ORDERS_ORDER_CANCEL)
        if order.state == Order.State.DRAFT:
            return _drop_quote(order, reason, actor, now)
        require_state(order, Order.State.PLACED)
        check_holds(order, "cancel")
        known = {line.pk: line for line in lines_of(order)}
        wanted = _everything_open(known) if lines is None else _checked(order, known, lines)
        if not wanted:
            raise NothingToDo(step="cancel", number=order.number)
        _cancel_and_keep(order, known, wanted, reason.strip(), final, actor, now)
    return Order.objects.get(pk=order_id)


def open_units(line: OrderLine) -> Decimal:
    """Units that can still be cancelled: neither cancelled, shipped nor invoiced."""
    taken = max(line.quantity_shipped, line.quantity_invoiced + line.quantity_unbilled)
    left: Decimal = line.quantity - line.quantity_cancelled - taken
    return left


def _everything_open(known: Mapping[int, OrderLine]) -> dict[int, Decimal]:
    goods_left = any(
        line.quantity_shipped for line in known.values()
    )  # charges such as shipping fall away only when nothing at all was shipped
    return {
        pk: units
        for pk, line in known.items()
        if (units := open_units(line)) > 0 and (line.kind == OrderLine.Kind.GOODS or not goods_left)
    }


def _checked(order: Order, known: Mapping[int, OrderLine], lines: Mapping[int, Decimal]) -> dict[int, Decimal]:
    problems = []
    wanted = {known[pk].variant_id or 0 for pk in lines if pk in known}
    places = dict(Variant.objects.filter(pk__in=wanted).values_list("pk", "quantity_places"))
    for pk, quantity in lines.items():
        pointer = f"/lines/{pk}"
        line = known.get(pk)
        if line is None:
            problems.append(UnknownLine(pointer=pointer, number=order.number, value=pk).detail())
            continue
        fine = places.get(line.variant_id or 0, 0)
        if wrong := list(quantity_problems(quantity, pointer, sku=line.sku, places=fine, whole=[open_units(line)])):
            problems.append(wrong[0].detail())
        elif quantity > open_units(line):
            problems.append(
                QuantityAboveOpen(
                    pointer=pointer, sku=line.sku, open=plain(open_units(line)), value=plain(quantity)
                ).detail()
            )
    if problems:
        raise Refusal(problems)
    return dict(lines)


def _cancel_and_keep(
    order: Order,
    known: Mapping[int, OrderLine],
    wanted: dict[int, Decimal],
    reason: str,
    final: str,
    actor: Actor,
    now: datetime,
) -> None:
    before = take_snapshot(order.pk)
    made = _cancel(order, known, wanted, reason, actor, now)
    after = take_snapshot(order.pk)
    amendment = keep(
        order,
        before=before,
        after=after,
        difference=compare(before, after),
        kind=Amendment.Kind.CANCEL,
        reason=reason,
        actor=actor,
        now=now,
        final=final,
        more={"cancellations": made},
    )
    refresh_states([order.pk], actor=actor, now=now)
    if order.on_hold and Order.objects.filter(pk=order.pk, state=Order.State.CANCELLED).exists():
        amendment.after["holds"] = end_holds(order, reason=reason, actor=actor, now=now)
        amendment.save(update_fields=["after"])


def _cancel(
    order: Order, known: Mapping[int, OrderLine], wanted: dict[int, Decimal], reason: str, actor: Actor, now: datetime
) -> list[int]:
    """Returns the ids of the cancellations."""
    promised = order.state == Order.State.PLACED  # a dropped quote has nothing to give back
    freed = give_back({pk: demand_of(known[pk], quantity) for pk, quantity in wanted.items()}) if promised else set()
    facts: list[Fact] = []
    made: list[int] = []
    for pk, quantity in wanted.items():
        line = known[pk]
        before = line.gross_amount
        line.quantity_cancelled += quantity
        write_line_amounts(line)
        cancellation = Cancellation.objects.create(
            line=line, quantity=quantity, reason=reason[:240], cancelled_at=now, actor_label=actor.label
        )
        made.append(cancellation.pk)
        data = {
            "sku": line.sku,
            "quantity": plain(quantity),
            "reason": reason,
            "amount": {"old": before, "new": line.gross_amount},
            "currency": order.currency,
            "freed_variants": sorted(freed),
        }
        facts.append(Fact(OrderEvent.UNITS_CANCELLED, f"order:{order.pk}", f"line:{pk}", data))
    write_order_totals(order, known.values())
    record(facts, actor=actor, now=now)
    return made


def _drop_quote(order: Order, reason: str, actor: Actor, now: datetime) -> Order:
    """Nothing was promised, so only money and state change."""
    order.state = ORDER.next(order.state, "cancel", order.number)
    order.placed_at = now  # the CHECK wants a moment for everything that is no longer a draft
    order.save(update_fields=["state", "placed_at"])
    known = {line.pk: line for line in lines_of(order)}
    _cancel(order, known, {pk: line.quantity for pk, line in known.items()}, reason.strip(), actor, now)
    refresh_states([order.pk], actor=actor, now=now)
    end_holds(order, reason=reason, actor=actor, now=now)
    stream = f"order:{order.pk}"
    record(Fact(OrderEvent.CANCELLED, stream, stream, {"reason": reason.strip()}), actor=actor, now=now)
    return Order.objects.get(pk=order.pk)
