from __future__ import annotations

import pytest

from orderwell.kernel.transitions import OTHERWISE, IllegalTransition, InvalidTable, TransitionTable

DOOR = {"open": {"shut": "closed"}, "closed": {"open": "open", "brick up": "gone"}}


def test_the_next_state_is_looked_up() -> None:
    door = TransitionTable("door", "open", DOOR, final=frozenset({"gone"}))
    assert door.next("open", "shut") == "closed"
    assert door.allowed("closed") == ("open", "brick up")
    assert door.allowed("gone") == ()
    assert door.states == {"open", "closed", "gone"}


def test_what_is_not_allowed_is_refused_with_what_is() -> None:
    door = TransitionTable("door", "open", DOOR, final=frozenset({"gone"}))
    with pytest.raises(IllegalTransition) as refused:
        door.next("closed", "shut")
    assert refused.value.data["allowed"] == "open, brick up"
    with pytest.raises(IllegalTransition) as refused:
        door.next("gone", "open")
    assert refused.value.data["allowed"] == "nothing"
    with pytest.raises(IllegalTransition):
        door.next("no such state", "open")


def test_a_refusal_is_said_of_the_document_and_of_the_step() -> None:
    said = {"gone": {OTHERWISE: "{number} is a wall now.", "shut": "{number} cannot be shut more than that."}}
    door = TransitionTable("door", "open", DOOR, final=frozenset({"gone"}), refusals=said)
    with pytest.raises(IllegalTransition, match=r"D-1 is a wall now\.$"):
        door.next("gone", "open", "D-1")
    with pytest.raises(IllegalTransition, match=r"D-1 cannot be shut more than that\.$"):
        door.next("gone", "shut", "D-1")
    assert set(door.refused()) == {
        ("closed", "shut"),
        *(("gone", event) for event in ("shut", "open", "brick up")),
        ("open", "open"),
        ("open", "brick up"),
    }


@pytest.mark.parametrize(
    ("initial", "transitions", "final", "problem"),
    [
        ("a", {"a": {"go": "b"}}, set(), "unknown state 'b'"),
        ("x", {"a": {"go": "b"}}, {"b"}, "unknown initial state 'x'"),
        ("a", {"a": {"go": "b"}, "c": {"go": "b"}}, {"b"}, "'c' cannot be reached"),
        ("a", {"a": {"go": "b"}, "b": {}}, set(), "'b' has no way out"),
        ("a", {"a": {"go": "b"}, "b": {"back": "a"}}, {"b"}, "final state 'b' has transitions"),
        ("a", {"a": {"go": "a"}}, {"b"}, "'b' cannot be reached"),
    ],
)
def test_a_wrong_table_is_noticed_when_it_is_made(initial, transitions, final, problem) -> None:
    with pytest.raises(InvalidTable, match=problem):
        TransitionTable("sample", initial, transitions, final=frozenset(final))
