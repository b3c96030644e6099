"""Whatever is done in whatever order, every law of `orderwell verify` holds after every step."""

from __future__ import annotations

import sys
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from orderwell.domains.inventory.models import StockItem
from orderwell.platform.verify import run_laws
from orderwell.testing.state_machine import Company, Ledgers

# What must have happened at least once in a run, or the run proves little.
DEEDS = {
    *("place", "quote", "confirm", "change", "cancel", "hold", "allocate", "adjust", "displace", "receive", "transfer"),
    *("ship", "deliver", "take back", "return", "undo return", "invoice", "pay", "refund", "credit"),
    *("import", "undo import", "past"),
}
# What needs more steps before it can happen at all: asked for in the long form.
SELDOM = {
    *("change discount", "change shipping", "change priority", "change remove", "change reprice", "undo change"),
    *("merge", "unmerge", "settle return", "settle without credit", "pay by name", "undo payment", "undo refund"),
    *("undo credit note", "undo settlement"),
    *("open count", "enter count", "post count", "announce", "receive announced"),
    *("sell ahead", "no more", "hold back", "ship picked"),
}
QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


def play(examples: int, steps: int, *, wanted: set[str], may_lack: int, more: int = 0) -> None:
    """`more` examples are added, 25 at a time, while something that is wanted has not happened."""
    Company.done.clear()
    Company.refused.clear()
    left = more
    run(examples, steps)
    while left > 0 and len(lacking := wanted - set(Company.done)) > may_lack:
        # Past what pytest captures: whoever has waited for an hour wants to know what for.
        print(f"After {examples + more - left} examples not yet: {', '.join(sorted(lacking))}", file=sys.__stderr__)
        run(25, steps)
        left -= 25
    lacking = wanted - set(Company.done)
    assert len(lacking) <= may_lack, (lacking, Company.refused)


def run(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Ledgers,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=examples < 25,
            suppress_health_check=QUIET,
        ),
    )


@pytest.mark.django_db
def test_every_law_holds_after_every_step() -> None:
    play(examples=12, steps=35, wanted=DEEDS, may_lack=4)


@pytest.mark.soak
@pytest.mark.django_db
def test_every_law_holds_after_every_step_for_long() -> None:
    play(examples=150, steps=60, wanted=DEEDS | SELDOM, may_lack=0, more=150)


@pytest.mark.django_db
def test_the_machine_sees_a_broken_balance() -> None:
    """The control: one unit taken off a balance behind the ledger's back is found."""
    machine = Ledgers()
    machine.company()
    machine.every_law_holds()
    StockItem.objects.filter(pk=StockItem.objects.earliest("pk").pk).update(on_hand=Decimal(11))
    try:
        with pytest.raises(AssertionError, match="inventory"):
            machine.every_law_holds()
    finally:
        machine.teardown()
    assert not StockItem.objects.exists()
    assert run_laws()
