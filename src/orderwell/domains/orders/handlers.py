"""What orders do because something happened elsewhere; `wiring.py` says what."""

from __future__ import annotations

from orderwell.domains.orders.models import Backorder
from orderwell.domains.orders.services.allocate import allocate_backorders
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.events.models import Event


def stock_became_free(event: Event) -> None:
    """Goods came in or were given back: serve who waits. The event's data names the variants."""
    variants = event.data.get("variant_ids") or event.data.get("freed_variants") or []
    actor = system_actor(label="backorders")
    # Whoever comes to wait from here on was placed with these goods in sight.
    waited_for = set(Backorder.objects.filter(variant_id__in=variants).values_list("variant_id", flat=True))
    for variant in [variant for variant in variants if variant in waited_for]:
        # One transaction serves a limited number; who is served leaves the queue, so this comes to an end.
        while allocate_backorders(variant_ids=[variant], actor=actor, now=utc_now()):
            pass
