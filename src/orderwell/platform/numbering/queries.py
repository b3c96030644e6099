"""Reading how far numbers have been given out."""

from __future__ import annotations

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.numbering.models import NumberSequence
from orderwell.platform.permissions import Permission


def number_sequences(actor: Actor) -> list[NumberSequence]:
    """Every gap-free sequence that has begun, the newest year first."""
    actor.require(Permission.SYSTEM_SETTING_CHANGE)
    return list(NumberSequence.objects.order_by("name", "-year"))
