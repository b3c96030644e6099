"""Whatever stands against a step is said in words, of this document, with what can be done instead; in both languages."""

from __future__ import annotations

import importlib
import pkgutil
import re

import pytest
from django.utils import translation

import orderwell.domains
from orderwell.domains.orders.errors import OrderStateForbids
from orderwell.domains.orders.models import Order
from orderwell.kernel.errors import DomainError
from orderwell.kernel.transitions import IllegalTransition, TransitionTable
from orderwell.platform.wording import sentences

NUMBER = "77"


def _tables() -> list[TransitionTable]:
    """Of every module of the domains, wherever one is added."""
    found: dict[str, TransitionTable] = {}
    for info in pkgutil.iter_modules(orderwell.domains.__path__):
        name = f"orderwell.domains.{info.name}"
        names = {part.name for part in pkgutil.iter_modules(importlib.import_module(name).__path__)}
        if "states" in names:
            module = importlib.import_module(f"{name}.states")
            found |= {one.aggregate: one for one in vars(module).values() if isinstance(one, TransitionTable)}
    return list(found.values())


TABLES = _tables()


def _words_of_the_program() -> set[str]:
    """Codes of states and events that are no words of a language."""
    names = {name for table in TABLES for name in (*table.states, *table.events, table.aggregate)}
    return {name for name in names if "_" in name}


def _complaint(error: DomainError) -> str:
    """What is wrong with how this is said to people; nothing if all is well."""
    said = {}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            [said[language]] = sentences(error)
    english, chinese = said["en"], said["zh-hans"]
    if NUMBER not in english or NUMBER not in chinese:
        return f"does not name the document: {said}"
    if re.search(r"\w_\w|[{}]|in state|allowed here", english) or any(n in english for n in _words_of_the_program()):
        return f"names of the program: {english}"
    if re.search(r"[A-Za-z{}_]", chinese):
        return f"not Chinese: {chinese}"
    if english == IllegalTransition.message.format(number=NUMBER):
        return "has no sentence of its own"
    return ""


def test_the_tables_of_every_document_are_walked() -> None:
    names = {table.aggregate for table in TABLES}
    assert names >= {"order", "shipment", "case", "transfer", "stock count", "import batch"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.aggregate)
def test_every_step_that_cannot_be_is_refused_in_words(table: TransitionTable) -> None:
    complaints = []
    for state, event in table.refused():
        with pytest.raises(IllegalTransition) as refused:
            table.next(state, event, NUMBER)
        assert refused.value.code == "illegal_transition"
        assert (refused.value.data["state"], refused.value.data["event"]) == (state, event)
        if complaint := _complaint(refused.value):
            complaints.append(f"{state} / {event}: {complaint}")
    assert complaints == []


@pytest.mark.parametrize("state", Order.State.values)
@pytest.mark.parametrize("expected", Order.State.values)
def test_an_order_says_how_it_stands_and_what_can_be_done(state: str, expected: str) -> None:
    if state == expected:
        return
    error = OrderStateForbids(number=NUMBER, state=state, expected=(expected,))
    assert error.data["state"] == state
    assert _complaint(error) == ""


def test_a_sentence_that_is_missing_would_be_noticed() -> None:
    bare = TransitionTable("door", "open", {"open": {"shut_now": "closed"}}, final=frozenset({"closed"}))
    with pytest.raises(IllegalTransition) as refused:
        bare.next("closed", "shut_now", NUMBER)
    assert "no sentence" in _complaint(refused.value) or "not Chinese" in _complaint(refused.value)
