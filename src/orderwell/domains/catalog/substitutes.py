"""Which goods may stand in for which: reads for the product page, the API and whoever looks for something in stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from orderwell.domains.catalog.models import ProductSubstitute
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

MOST = 12


def substitutes_of(
    actor: Actor, variant_ids: Collection[int], *, sold: bool = False
) -> dict[int, list[ProductSubstitute]]:
    """By variant, the best first; with `sold` only those that can be ordered now. One query. Raises PermissionDenied."""
    actor.require(Permission.CATALOG_PRODUCT_VIEW)
    rows = ProductSubstitute.objects.filter(variant__in=list(variant_ids)).select_related("substitute")
    if sold:
        rows = rows.filter(substitute__active=True, substitute__product__active=True)
    found: dict[int, list[ProductSubstitute]] = defaultdict(list)
    for row in rows.order_by("variant_id", "position", "pk"):
        found[row.variant_id].append(row)
    return found
