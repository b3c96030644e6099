"""Papers of a shipment: packing slip, delivery note, address label."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from orderwell.domains.automation.printing.parts import goods_name, ship_to
from orderwell.domains.fulfilment.models import Shipment, ShipmentLine
from orderwell.domains.fulfilment.queries import visible_shipments
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import day_text, quantity_text
from orderwell.platform.permissions import Permission
from orderwell.platform.printing.contents import Cell, Content, Say
from orderwell.platform.printing.kinds import Column, DocumentKind, declare_kind

COLUMNS = {
    "sku": Column(_("SKU")),
    "name": Column(_("Product"), "wide"),
    "ordered": Column(_("Ordered"), "number"),
    "quantity": Column(_("Quantity"), "number"),
}


def _shipments(ids: Sequence[int], actor: Actor) -> list[Shipment]:
    rows = (
        visible_shipments(actor)
        .filter(pk__in=ids)
        .select_related("order__channel", "order__customer", "warehouse")
        .prefetch_related("lines__order_line__components", "lines__stock_item__variant")
    )
    found = {shipment.pk: shipment for shipment in rows}
    for pk in ids:
        if pk not in found:
            raise NotFound(kind="shipment", reference=str(pk))
    return [found[pk] for pk in ids]


def _facts(shipment: Shipment, say: Say) -> list[tuple[str, str]]:
    facts = [
        (say(_("Order")), shipment.order.number),
        (say(_("Shipped")), day_text(shipment.shipped_at)),
        (say(_("Warehouse")), say.name(shipment.warehouse.name_zh, shipment.warehouse.name_en)),
    ]
    if shipment.order.external_id:
        facts.append((say(_("Your reference")), shipment.order.external_id))
    if shipment.carrier:
        facts.append((say(_("Carrier")), shipment.carrier))
    if shipment.tracking_number:
        facts.append((say(_("Tracking number")), shipment.tracking_number))
    return facts


def _rows(shipment: Shipment, say: Say) -> list[dict[str, Cell]]:
    lines = sorted(shipment.lines.all(), key=lambda line: (line.order_line.position, line.stock_item.variant.sku))
    return [
        {
            "sku": line.stock_item.variant.sku,
            "name": goods_name(line.order_line, line.stock_item.variant, say),
            "ordered": quantity_text(_ordered(line)),
            "quantity": quantity_text(line.quantity),
        }
        for line in lines
    ]


def _line_count(ids: Sequence[int]) -> int:
    return ShipmentLine.objects.filter(shipment__in=ids).count()


def _ordered(row: ShipmentLine) -> Decimal:
    """What is still ordered, without what was cancelled; in the units that lie in the parcel: of a bundle, those of the
    component.
    """
    line, variant = row.order_line, row.stock_item.variant_id
    per_unit = (part.quantity for part in line.components.all() if part.variant_id == variant)
    ordered: Decimal = (line.quantity - line.quantity_cancelled) * next(per_unit, Decimal(1))
    return ordered


def _paper(title: str, signatures: Sequence[str], ids: Sequence[int], actor: Actor, say: Say) -> list[Content]:
    return [
        Content(
            title=say(title),
            number=shipment.number,
            channel=shipment.order.channel.code,
            language=shipment.order.customer.language if shipment.order.customer else "",
            recipient=ship_to(shipment.order, actor, say(_("Ship to")), say),
            facts=_facts(shipment, say),
            rows=_rows(shipment, say),
            signatures=[say(name) for name in signatures],
        )
        for shipment in _shipments(ids, actor)
    ]


def packing_slips(ids: Sequence[int], actor: Actor, say: Say) -> list[Content]:
    return _paper(_("Packing slip"), (), ids, actor, say)


def delivery_notes(ids: Sequence[int], actor: Actor, say: Say) -> list[Content]:
    return _paper(_("Delivery note"), (_("Received by"), _("Date")), ids, actor, say)


def address_labels(ids: Sequence[int], actor: Actor, say: Say) -> list[Content]:
    return _paper(_("Address label"), (), ids, actor, say)


declare_kind(
    DocumentKind(
        code="packing-slip",
        title=_("Packing slip"),
        source="shipment",
        permission=Permission.FULFILMENT_SHIPMENT_VIEW,
        columns=COLUMNS,
        load=packing_slips,
        lines=_line_count,
        shown=("sku", "name", "quantity"),
    )
)
declare_kind(
    DocumentKind(
        code="delivery-note",
        title=_("Delivery note"),
        source="shipment",
        permission=Permission.FULFILMENT_SHIPMENT_VIEW,
        columns=COLUMNS,
        load=delivery_notes,
        lines=_line_count,
    )
)
declare_kind(
    DocumentKind(
        code="address-label",
        title=_("Address label"),
        source="shipment",
        permission=Permission.FULFILMENT_SHIPMENT_VIEW,
        columns={},
        load=address_labels,
        layout="label",
        paper="label100x150",
    )
)
