from __future__ import annotations

import pytest

from orderwell.kernel.errors import (
    MOST_SHOWN,
    Code,
    DomainError,
    ErrorDetail,
    InvalidValue,
    NotFound,
    Refusal,
    all_codes,
    fill,
)


def test_an_error_has_code_sentence_place_and_data() -> None:
    error = NotFound(kind="order", reference="SO1", pointer="/order")
    assert str(error) == "not_found: There is no order SO1."
    assert error.detail() == ErrorDetail(
        "not_found", "There is no {kind} {reference}.", "/order", {"kind": "order", "reference": "SO1"}
    )
    assert error.detail().text() == "There is no order SO1."


def test_a_refusal_tells_everything_that_is_wrong() -> None:
    details = [ErrorDetail("a", "A"), ErrorDetail("b", "B", "/x")]
    assert Refusal(details).details == tuple(details)
    assert "2 errors" in str(Refusal(details))


def test_a_detail_moves_into_its_place() -> None:
    assert ErrorDetail("a", "A", "/quantity").at("/lines/3").pointer == "/lines/3/quantity"
    assert ErrorDetail("a", "A").at("/lines/3").pointer == "/lines/3"


@pytest.mark.parametrize("template", ["{missing}", "{0}", "{", "{a.b}", "{a[0]}", "{a:%Q}"])
def test_a_template_that_cannot_be_filled_is_shown_as_it_is(template: str) -> None:
    assert fill(template, {"a": 1}) == template


def test_what_was_given_is_shown_as_far_as_anybody_reads() -> None:
    for kind in (str, Code):
        shown = InvalidValue(value=kind("9" * 5_000), expected="less").data["value"]
        assert (len(shown), type(shown)) == (MOST_SHOWN + 1, kind)
        told = NotFound(kind="setting", reference=kind("9" * 5_000)).data["reference"]
        assert (len(told), type(told)) == (MOST_SHOWN + 1, kind)
    assert InvalidValue(value="9" * MOST_SHOWN, expected="less").data["value"] == "9" * MOST_SHOWN


def test_a_code_belongs_to_one_error() -> None:
    assert all_codes()["not_found"] is NotFound
    with pytest.raises(ValueError, match="not_found"):
        type("Another", (DomainError,), {"code": "not_found"})


def test_codes_are_snake_case_and_every_error_has_a_sentence() -> None:
    for code, error in all_codes().items():
        assert code == code.lower().replace("-", "_").replace(" ", "_"), code
        assert error.message, code
