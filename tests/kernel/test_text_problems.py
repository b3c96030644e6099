"""What a text of one line, and what a text of several, may hold."""

import pytest

from orderwell.kernel.refusals import text_problems


def codes(text: str, *, lines: bool = False) -> list[str]:
    return [problem.code for problem in text_problems(text, "/name", 40, lines=lines)]


@pytest.mark.parametrize(
    "text", ["王芳", "Åsa O\u2019Neill", " Li ", "Li\n", "محمد", "שלום", "👩\u200d🚀", "　全角", "کتاب\u200cخانه"]
)
def test_names_of_all_scripts_are_taken(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize("mark", list("\x00\x07\t\n\x1b\x7f\x85\u061c\u200e\u200f\u2028\u202a\u202e\u2066\u2069"))
def test_what_is_not_seen_but_moves_its_neighbours_is_refused(mark: str) -> None:
    (problem,) = text_problems(f"Li{mark}Wei", "/name", 40)
    assert (problem.code, problem.pointer) == ("control_character", "/name")
    assert problem.data == {"place": 3, "character": f"U+{ord(mark):04X}"}


def test_a_text_of_several_lines_has_lines() -> None:
    assert codes("one\n\ttwo \u200fשלום", lines=True) == []
    assert codes("one\x00", lines=True) == ["control_character"]
