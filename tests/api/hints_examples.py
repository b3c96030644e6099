"""The good requests of hints, their rules, and substitutes."""

from __future__ import annotations

from typing import Any

from tests.api.examples import CHANNEL, Example, Request, World, simple


def _hint(world: World) -> dict[str, Any]:
    """The second of two orders that are alike."""
    world.order()
    order = world.order()
    hints = world.owner.get(f"/hints/orders/{order}").json()
    found = next(hint for hint in hints if hint["rule"] == "likely_duplicate")
    return {name: found[name] for name in ("subject", "rule", "fingerprint")}


def _dismissal(world: World) -> int:
    return world.created("/hints/dismiss", {**_hint(world), "reason": "known"})["id"]  # type: ignore[no-any-return]


EXAMPLES: dict[tuple[str, str], Example] = {
    ("GET", "/hints/orders/{order_id}"): Example(lambda world: Request(f"/hints/orders/{world.order()}"), CHANNEL),
    ("GET", "/hints/customers/{customer_id}"): Example(
        lambda world: Request(f"/hints/customers/{world.shop.customer.pk}"), "team"
    ),
    ("GET", "/hints/variants/{variant_id}"): Example(lambda world: Request(f"/hints/variants/{world.shop.cup.pk}")),
    ("POST", "/hints/dismiss"): Example(
        lambda world: Request("/hints/dismiss", {**_hint(world), "reason": "other", "note": "twins"}), CHANNEL
    ),
    ("POST", "/hints/dismissals/{dismissal_id}/restore"): Example(
        lambda world: Request(f"/hints/dismissals/{_dismissal(world)}/restore"), CHANNEL
    ),
    ("POST", "/hints/take"): Example(
        lambda world: Request("/hints/take", {**_hint(world), "remedy": "open-order"}), CHANNEL
    ),
    ("GET", "/hint-rules"): simple("/hint-rules"),
    ("PATCH", "/hint-rules/{name}"): simple("/hint-rules/unusual_quantity", {"on": True, "thresholds": {"times": "4"}}),
    ("GET", "/variants/{variant_id}/substitutes"): Example(
        lambda world: Request(f"/variants/{world.shop.cup.pk}/substitutes")
    ),
    ("PUT", "/variants/{variant_id}/substitutes"): Example(
        lambda world: Request(
            f"/variants/{world.shop.cup.pk}/substitutes", {"substitutes": [{"sku": "POT", "note": "larger"}]}
        )
    ),
}
