"""Papers of an order: quote or confirmation, and the pick list of what is reserved for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext_noop as _

from orderwell.domains.automation.printing.parts import PRICED, goods_name, priced_row, ship_to, sums
from orderwell.domains.inventory.models import Reservation
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.pricing import units_asked_for
from orderwell.domains.orders.queries import visible_orders
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.formats import day_text, quantity_text
from orderwell.platform.permissions import Permission
from orderwell.platform.printing.contents import Content, Say
from orderwell.platform.printing.kinds import Column, DocumentKind, declare_kind


def _orders(ids: Sequence[int], actor: Actor) -> list[Order]:
    """In the order of the ids. Raises NotFound for one that the actor may not know of."""
    rows = visible_orders(actor).filter(pk__in=ids).select_related("channel", "customer")
    found = {order.pk: order for order in rows}
    for pk in ids:
        if pk not in found:
            raise NotFound(kind="order", reference=str(pk))
    return [found[pk] for pk in ids]


def _line_count(ids: Sequence[int]) -> int:
    return OrderLine.objects.filter(order__in=ids).count()


def _lines(ids: Sequence[int]) -> dict[int, list[OrderLine]]:
    found: dict[int, list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.filter(order_id__in=ids).order_by("order_id", "position"):
        found[line.order_id].append(line)
    return found


def _facts(order: Order, say: Say) -> list[tuple[str, str]]:
    facts = [(say(_("Date")), day_text(order.placed_at or order.created_at))]
    if order.customer:
        facts.append((say(_("Customer number")), order.customer.number))
    if order.external_id:
        facts.append((say(_("Your reference")), order.external_id))
    if order.promised_at:
        facts.append((say(_("Promise date")), day_text(order.promised_at)))
    return facts


def confirmations(ids: Sequence[int], actor: Actor, say: Say) -> list[Content]:
    orders, lines = _orders(ids, actor), _lines(ids)
    return [_confirmation(order, lines[order.pk], actor, say) for order in orders]


def _confirmation(order: Order, lines: Sequence[OrderLine], actor: Actor, say: Say) -> Content:
    draft = order.state == Order.State.DRAFT
    rows = []
    for line in lines:
        left = units_asked_for(line)
        if left:
            rows.append(
                priced_row(
                    line,
                    say,
                    quantity=left,
                    net=line.net_amount,
                    tax=line.tax_amount,
                    gross=line.gross_amount,
                    currency=order.currency,
                    discount=line.line_discount + line.order_discount_share,
                )
            )
    return Content(
        title=say(_("Quote") if draft else _("Order confirmation")),
        number=order.number,
        channel=order.channel.code,
        language=order.customer.language if order.customer else "",
        recipient=ship_to(order, actor, say(_("Ship to")), say, with_customer=True),
        facts=_facts(order, say),
        rows=rows,
        sums=sums(order.net_amount, order.tax_amount, order.total_amount, order.currency, say),
        notes=[order.note] if order.note else [],
        mark=say(_("Cancelled")) if order.state == Order.State.CANCELLED else "",
    )


def pick_lists(ids: Sequence[int], actor: Actor, say: Say) -> list[Content]:
    orders, lines = _orders(ids, actor), _lines(ids)
    wanted = [line.pk for order in orders for line in lines[order.pk]]
    rows = Reservation.objects.filter(line_id__in=wanted).select_related("stock_item__warehouse", "stock_item__variant")
    rows = rows_within(rows, actor, stock_item__warehouse="warehouse")
    reserved: dict[int, list[Reservation]] = defaultdict(list)
    for row in rows.order_by("stock_item__warehouse__priority", "stock_item__variant__sku"):
        reserved[row.line_id].append(row)
    return [_pick_list(order, lines[order.pk], reserved, say) for order in orders]


def _pick_list(order: Order, lines: Sequence[OrderLine], reserved: dict[int, list[Reservation]], say: Say) -> Content:
    picks = [(line, row) for line in lines for row in reserved[line.pk]]
    # One warehouse after the other, and in it by SKU, as one walks.
    picks.sort(key=lambda pick: (pick[1].stock_item.warehouse.code, pick[1].stock_item.variant.sku))
    return Content(
        title=say(_("Pick list")),
        number=order.number,
        channel=order.channel.code,
        facts=[
            *_facts(order, say),
            (say(_("Customer")), order.customer_name),
            (say(_("City")), order.ship_city),
        ],
        rows=[
            {
                "done": "☐",
                "warehouse": say.name(row.stock_item.warehouse.name_zh, row.stock_item.warehouse.name_en),
                "sku": row.stock_item.variant.sku,
                "name": goods_name(line, row.stock_item.variant, say),
                "quantity": quantity_text(row.quantity),
            }
            for line, row in picks
        ],
        notes=[
            *([] if picks else [say(_("Nothing is reserved that is still to be picked."))]),
            *filter(None, [order.note]),
        ],
        signatures=[say(_("Picked by")), say(_("Checked by"))],
        mark=say(_("On hold")) if order.on_hold else "",
    )


declare_kind(
    DocumentKind(
        code="order-confirmation",
        title=_("Order confirmation"),
        source="order",
        permission=Permission.ORDERS_ORDER_VIEW,
        columns=PRICED,
        load=confirmations,
        lines=_line_count,
        shown=("sku", "name", "quantity", "unit_price", "discount", "tax_rate", "amount"),
    )
)
declare_kind(
    DocumentKind(
        code="pick-list",
        title=_("Pick list"),
        source="order",
        permission=Permission.FULFILMENT_SHIPMENT_VIEW,
        columns={
            "done": Column(""),
            "warehouse": Column(_("Warehouse")),
            "sku": Column(_("SKU")),
            "name": Column(_("Product"), "wide"),
            "quantity": Column(_("Quantity"), "number"),
        },
        load=pick_lists,
        lines=_line_count,
    )
)
