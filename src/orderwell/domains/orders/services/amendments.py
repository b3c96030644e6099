"""Changes of an order as documents: keeping them, telling of them, finding them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Max

from orderwell.domains.orders.difference import Difference, touched
from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.models import Amendment, Order, OrderLine
from orderwell.domains.orders.snapshots import Snapshot, plain
from orderwell.kernel.money import written
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.recording import Fact, record


def next_amendment_number(order: Order) -> int:
    found = Amendment.objects.filter(order=order).aggregate(last=Max("number"))["last"]
    return (found or 0) + 1


def keep(
    order: Order,
    *,
    before: Snapshot,
    after: Snapshot,
    difference: Difference,
    kind: Amendment.Kind,
    reason: str,
    actor: Actor,
    now: datetime,
    final: str = "",
    more: dict[str, Any] | None = None,
) -> Amendment:
    """Write the document of what has just been written to the order, which is locked and still has its old version."""
    keys = touched(before, after)
    address_changed = before.ship_to != after.ship_to
    return Amendment.objects.create(
        order=order,
        number=next_amendment_number(order),
        kind=kind,
        reason=reason.strip()[:240],
        version_before=order.version,
        version_after=order.version + 1,
        touched=keys,
        before=_part(before, keys),
        after={**_part(after, keys), "shipped": plain(shipped_units(after)), **(more or {})},
        addresses=json.dumps({"before": before.ship_to, "after": after.ship_to}) if address_changed else "",
        difference=plain(difference),
        final=final,
        made_at=now,
        actor_label=actor.label,
        source=actor.source,
    )


def shipped_units(snapshot: Snapshot) -> Any:
    return sum((line.quantity_shipped for line in snapshot.lines.values()), start=snapshot.total_amount * 0)


def _part(snapshot: Snapshot, keys: list[str]) -> dict[str, Any]:
    header = {name: getattr(snapshot.header, name) for name in keys if hasattr(snapshot.header, name)}
    numbers = [int(key.removeprefix("line:")) for key in keys if key.startswith("line:")]
    lines = {str(pk): snapshot.lines[pk] for pk in numbers if pk in snapshot.lines}
    return {"header": plain(header), "lines": plain(lines)}


def tell(order: Order, *, amendment: Amendment, difference: Difference, actor: Actor, now: datetime) -> None:
    stream = f"order:{order.pk}"
    record(Fact(OrderEvent.CHANGED, stream, stream, told(order, amendment, difference)), actor=actor, now=now)


def told(order: Order, amendment: Amendment, difference: Difference) -> dict[str, Any]:
    """What subscribers learn: the version, the money, every value old and new, and of what stock became free."""
    return {
        "number": order.number,
        "change": amendment.number,
        "version": amendment.version_after,
        "reason": amendment.reason,
        "currency": order.currency,
        "total": difference.total.new,
        "changes": dict(_changes(difference, order.currency)),
        "freed_variants": freed_variants(amendment),
    }


def _changes(difference: Difference, currency: str) -> Iterator[tuple[str, dict[str, Any]]]:
    def money(step: Any) -> dict[str, str]:
        return {"old": written(step.old, currency), "new": written(step.new, currency)}

    for field in difference.fields:
        yield field.name, {"old": field.old, "new": field.new}
    for line in difference.lines:
        name = "shipping" if line.line_kind == OrderLine.Kind.SHIPPING else line.sku
        if line.line_kind == OrderLine.Kind.SHIPPING:
            yield name, money(line.amount)
        elif line.kind != "changed":
            yield f"{name}.{line.kind}", {"old": line.quantity.old, "new": line.quantity.new}
        else:
            for part, step in (
                ("quantity", line.quantity),
                ("unit_price", line.unit_price),
                ("line_discount", line.discount),
            ):
                if step.delta:
                    yield f"{name}.{part}", {"old": step.old, "new": step.new} if part == "quantity" else money(step)
    for name, step in (("discount", difference.discount), ("total_amount", difference.total)):
        if step.delta:
            yield name, money(step)


def freed_variants(amendment: Amendment) -> list[int]:
    """Variants of lines that may have given stock back: who waits for them is served."""
    lines = [*amendment.before.get("lines", {}).values(), *amendment.after.get("lines", {}).values()]
    found = {line["variant_id"] for line in lines if line.get("variant_id") and not line.get("is_bundle")}
    found |= {int(variant) for line in lines for variant in line.get("components", {})}
    return sorted(found)


def changes_since(order: Order, version: int) -> list[dict[str, Any]]:
    """What was changed after `version`: for whoever has to merge it with changes of their own."""
    rows = Amendment.objects.filter(order=order, version_after__gt=version).order_by("number")
    return [
        {
            "change": row.number,
            "made_at": row.made_at.isoformat(),
            "made_by": row.actor_label,
            "undone": row.undone_at is not None,
            "fields": row.difference["fields"],
            "lines": row.difference["lines"],
            "total": row.difference["total"],
        }
        for row in rows
    ]
