"""Which goods may stand in for which: reads for the product page, the API and whoever looks for something in stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import QuerySet

from orderwell.domains.catalog.models import ProductSubstitute
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared

MOST = 12


def substitutes_of(
    actor: Actor, variant_ids: Collection[int], *, sold: bool = False
) -> dict[int, list[ProductSubstitute]]:
    """By variant, the best first; with `sold` only those that can be ordered now. One query. Raises PermissionDenied."""
    actor.require(Permission.CATALOG_PRODUCT_VIEW)
    found: dict[int, list[ProductSubstitute]] = defaultdict(list)
    for row in (_sold if sold else _known)(list(variant_ids)):
        found[row.variant_id].append(row)
    return found


def _rows(variant_ids: Sequence[int]) -> QuerySet[ProductSubstitute]:
    rows = ProductSubstitute.objects.filter(variant__in=variant_ids).select_related("substitute")
    return rows.order_by("variant_id", "position", "pk")


_known = prepared([int])(_rows)


@prepared([int])
def _sold(variant_ids: Sequence[int]) -> QuerySet[ProductSubstitute]:
    return _rows(variant_ids).filter(substitute__active=True, substitute__product__active=True)
