"""Products as a file names them: by SKU, else by barcode or exact name, as the form of a new order reads what is pasted."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from orderwell.domains.catalog.matching import Match, meanings, price_of_one
from orderwell.domains.catalog.resolving import variants_by_sku
from orderwell.domains.integrations.errors import PackPrice
from orderwell.domains.integrations.layouts.base import Layout, spread_faults
from orderwell.domains.integrations.plans import Part, Plan
from orderwell.domains.integrations.reading import Fault
from orderwell.domains.integrations.values import check_quantity
from orderwell.domains.orders.drafts import LineDraft
from orderwell.kernel.errors import DomainError
from orderwell.kernel.quantities import plain


def settle_products(plans: Sequence[Plan], layout: Layout) -> None:
    """Put the SKU where a line names its product otherwise. What means none or several stays, to be refused as unknown."""
    drafts = [plan.order for plan in plans if plan.order is not None]
    skus = {line.sku for draft in drafts for line in draft.lines}
    others = skus - variants_by_sku(skus).keys()
    if not others:
        return
    known = {text: found[0] for text, found in meanings(others).items() if len(found) == 1}
    for plan in plans:
        if plan.order is not None and any(line.sku in known for line in plan.order.lines):
            _settle(plan, known, layout)


def _settle(plan: Plan, known: dict[str, Match], layout: Layout) -> None:
    if plan.order is None:
        return
    lines = []
    for line, planned in zip(plan.order.lines, plan.of(Part.GOODS), strict=True):
        lines.append(line)
        if (match := known.get(line.sku)) is None:
            continue
        try:
            lines[-1] = _in_pieces(line, match)
        except DomainError as error:
            planned.fault = Fault.of(layout.column_of(error.pointer or ""), error)
    plan.order = replace(plan.order, lines=tuple(lines))
    spread_faults(plan)


def _in_pieces(line: LineDraft, match: Match) -> LineDraft:
    """The barcode of a pack counts packs, and its price is that of a pack: the amount of the line stays what it was."""
    if match.pack is None:
        return replace(line, sku=match.sku)
    quantity = line.quantity * match.pack
    check_quantity(quantity)
    price = line.unit_price
    if price is not None and (price := price_of_one(price, match.pack)) is None:
        raise PackPrice(
            pointer="/lines/0/unit_price", value=line.sku, count=plain(match.pack), price=str(line.unit_price)
        )
    return replace(line, sku=match.sku, quantity=quantity, unit_price=price)
