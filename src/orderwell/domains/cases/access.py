"""A customer without an account: what lets somebody see one order, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from orderwell.platform.accounts.actor import Actor


@dataclass(frozen=True, slots=True)
class OrderAccess:
    """Proof that the holder may see this order and speak for its customer. Made by services/link.py and lookup.py only.

    `proof` is kept by the browser and checked again with every request: "link:5", or "phone:" and the number's keyed hash.
    """

    order_id: int
    proof: str
    actor: Actor


def customer_actor(customer_id: int | None, label: str, address: str) -> Actor:
    """Whoever holds the proof: no permissions, so no use case of the staff ever serves them."""
    return Actor(kind="customer", id=customer_id, label=label[:120] or "customer", source="public", address=address)
