"""Columns of the list of stock about the future: what is on its way, what a channel may promise, now and on a day."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import CharField, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from orderwell.domains.catalog.choices import visible_channels
from orderwell.domains.catalog.models import Channel
from orderwell.domains.inventory.availability import available
from orderwell.domains.inventory.incoming import coming
from orderwell.domains.inventory.promise_dates import promise_quantities
from orderwell.domains.orders.queries import owed_by_variant
from orderwell.kernel.clock import day_bounds, utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.web.lists.common import attribute, channel_choices, channel_code
from orderwell.web.lists.spec import Column, Filter, Values, day_of

ZERO = Decimal(0)


def _available(item: Any) -> Decimal:
    left: Decimal = item.free - (getattr(item, "buffer", None) or ZERO)
    return max(left, ZERO)


COLUMNS = (
    Column("incoming", _("On its way"), attribute("incoming"), "number"),
    Column("next", _("Next arrival"), attribute("next_due"), "day"),
    Column("buffer", _("Kept back"), attribute("buffer"), "number"),
    Column("available", _("Available"), _available, "number"),
    Column("promise", _("Can be promised"), attribute("promised"), "number"),
)
# They choose what these columns say and take no rows away.
FILTERS = (
    Filter("channel", _("For channel"), choices=channel_choices, alias=channel_code),
    Filter("on", _("Promised for"), "day"),
)


def asked(rows: QuerySet[Any], values: Values) -> QuerySet[Any]:
    """The channel and the day that the columns are for stand at each row: they are filled in a page at a time."""
    marked: QuerySet[Any] = rows.annotate(
        for_channel=Value(values.get("channel", ""), output_field=CharField()),
        for_day=Value(values.get("on", ""), output_field=CharField()),
    )
    return marked


def add_future(actor: Actor, found: Sequence[Any], keys: Sequence[str]) -> None:
    """A fixed number of queries for a page of rows, and none for columns that nobody looks at."""
    if not found:
        return
    wanted = set(keys)
    if wanted & {"incoming", "next"}:
        _add_incoming(actor, found)
    if not wanted & {"buffer", "available", "promise"}:
        return
    channel = next((one for one in visible_channels(actor) if one.code == found[0].for_channel), None)
    if channel is not None:
        rows = available(actor, {item.variant_id for item in found}, channel=channel)
        kept = {(row.variant_id, row.warehouse): row.buffer for row in rows}
        for item in found:
            item.buffer = kept.get((item.variant_id, item.warehouse.code), ZERO)
    if "promise" in wanted:
        _add_promises(actor, found, channel)


def _add_incoming(actor: Actor, found: Sequence[Any]) -> None:
    places = {(item.variant_id, item.warehouse_id): item for item in found}
    for row in coming(actor, {item.variant_id for item in found}):
        item = places.get((row.variant_id, row.warehouse.pk))
        if item is not None:
            item.incoming = getattr(item, "incoming", ZERO) + row.quantity
            item.next_due = getattr(item, "next_due", None) or row.due_at


def _add_promises(actor: Actor, found: Sequence[Any], channel: Channel | None) -> None:
    """Of the product in all warehouses together: a promise doesn't say where the goods will come from."""
    now, day = utc_now(), day_of(found[0].for_day)
    variants = list(dict.fromkeys(item.variant_id for item in found))
    promised = promise_quantities(
        actor,
        variants,
        channel_id=channel.pk if channel else None,
        warehouse_codes=channel.warehouse_codes if channel else (),
        owed=owed_by_variant(variants),
        on=day_bounds(day, ZoneInfo(settings.TIME_ZONE))[1] if day else now,
        now=now,
    )
    for item in found:
        item.promised = promised[item.variant_id]
