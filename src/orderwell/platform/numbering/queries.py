"""Reading how far numbers have been given out."""

from __future__ import annotations

from orderwell.kernel.identifiers import format_number
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.configuration import services as configuration
from orderwell.platform.numbering.models import NumberSequence
from orderwell.platform.permissions import Permission


def numbers_that_count(sequence: str, value: int) -> list[str]:
    """The numbers of `sequence` whose count is `value`: one for each year that has begun."""
    template: str = configuration.get(f"{sequence}_number_template")
    years = NumberSequence.objects.filter(name=sequence, last_value__gte=value).values_list("year", flat=True)
    return [format_number(template, value, year=year) for year in years]


def number_sequences(actor: Actor) -> list[NumberSequence]:
    """Every gap-free sequence that has begun, the newest year first."""
    actor.require(Permission.SYSTEM_SETTING_CHANGE)
    return list(NumberSequence.objects.order_by("name", "-year"))
