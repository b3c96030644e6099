"""Reading how far numbers have been given out."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from orderwell.kernel.identifiers import format_number, has_year
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.configuration import services as configuration
from orderwell.platform.numbering.models import NumberSequence
from orderwell.platform.permissions import Permission

# A count that was damaged may be any number: no more than these are missing by name, so that reading it comes to an end.
NAMED = 1_000


@dataclass(frozen=True)
class Comparison:
    """`missing` were drawn and stand nowhere, `foreign` stand somewhere and were not drawn."""

    missing: list[str]
    foreign: list[str]
    unnamed: int


def compare_with_drawn(sequence: str, written: AbstractSet[str]) -> Comparison:
    """The numbers that documents have against those that `sequence` gave out, in every year and by every template that
    it ever had: a number keeps the form in which it was drawn."""
    templates: list[str] = configuration.values_ever(f"{sequence}_number_template")
    foreign, missing, unnamed = set(written), [], 0
    for row in NumberSequence.objects.filter(name=sequence).order_by("year"):
        fitting = [template for template in templates if has_year(template) == bool(row.year)] or templates[:1]
        form = fitting[0]
        end = min(row.last_value, len(written) + NAMED)
        unnamed += row.last_value - end
        for value in range(1, end + 1):
            for template in fitting:
                number = format_number(template, value, year=row.year)
                if number in foreign:
                    foreign.remove(number)
                    form = template
                    break
            else:
                missing.append(format_number(form, value, year=row.year))  # in the form of the one before it
    return Comparison(missing, sorted(foreign), unnamed)


def numbers_that_count(sequence: str, value: int) -> list[str]:
    """The numbers of `sequence` whose count is `value`: one for each year that has begun."""
    template: str = configuration.get(f"{sequence}_number_template")
    years = NumberSequence.objects.filter(name=sequence, last_value__gte=value).values_list("year", flat=True)
    return [format_number(template, value, year=year) for year in years]


def number_sequences(actor: Actor) -> list[NumberSequence]:
    """Every gap-free sequence that has begun, the newest year first."""
    actor.require(Permission.SYSTEM_SETTING_CHANGE)
    return list(NumberSequence.objects.order_by("name", "-year"))
