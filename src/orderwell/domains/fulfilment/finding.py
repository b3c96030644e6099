"""The search box's look for shipments and returns: whole tracking numbers and external ids, beginnings of numbers."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from orderwell.domains.fulfilment.models import Return, Shipment
from orderwell.domains.fulfilment.queries import visible_returns, visible_shipments
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.search import prefix

LOOKED_AT = 60


def find_shipments(actor: Actor, text: str, *, limit: int) -> list[Shipment]:
    actor.require(Permission.FULFILMENT_SHIPMENT_VIEW)
    ids = _ids(Shipment.objects.all(), text, [Q(tracking_number=one) for one in dict.fromkeys((text, text.upper()))])
    if not ids:
        return []
    return list(visible_shipments(actor).filter(pk__in=ids).select_related("order").order_by("-id")[:limit])


def find_returns(actor: Actor, text: str, *, limit: int) -> list[Return]:
    actor.require(Permission.FULFILMENT_RETURN_VIEW)
    ids = _ids(Return.objects.all(), text, [Q(external_id=text)])
    if not ids:
        return []
    return list(visible_returns(actor).filter(pk__in=ids).select_related("order").order_by("-id")[:limit])


def _ids(rows: QuerySet[Any], text: str, exact: list[Q]) -> list[int]:
    """Each condition is answered by an index of its own."""
    if not text:
        return []
    conditions = [*exact, Q(number=text.upper())]
    if len(text) >= 3:
        conditions.append(prefix("number", text.upper()))
    found: dict[int, None] = {}
    for condition in conditions:
        found.update(dict.fromkeys(rows.filter(condition).values_list("pk", flat=True)[:LOOKED_AT]))
    return list(found)
