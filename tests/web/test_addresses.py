"""`{% url %}` keeps what it has found, and finds what Django would."""

from __future__ import annotations

import pytest
from django.template import engines
from django.urls import NoReverseMatch, reverse


def rendered(text: str, **context: object) -> str:
    return engines["django"].from_string(text).render(context)


@pytest.mark.parametrize("value", [7, "7", 0, 10**12])
def test_numbers_by_their_place(value: object) -> None:
    for _ in range(2):
        assert rendered("{% url 'order-detail' pk %}", pk=value) == reverse("order-detail", args=[value])


def test_texts_by_their_place() -> None:
    for name in ("orders", "customers", "orders"):
        address = reverse("list-quick", args=[name, "7"])
        assert rendered("{% url 'list-quick' name '7' %}", name=name) == address
        assert rendered("{% url 'list-quick' name '7' as found %}{{ found }}", name=name) == address


def test_named_parameters_and_variables() -> None:
    assert rendered("{% url where order_id=12 %}", where="order-detail") == reverse("order-detail", args=[12])
    assert rendered("{% url where %}", where="order-list") == reverse("order-list")


@pytest.mark.parametrize(
    "tag", ["'no-such-page'", "'order-detail'", "'order-detail' 'x'", "'no-such-page' 3", "nothing"]
)
def test_no_such_address_is_an_error_where_it_is_shown_and_nothing_where_it_is_kept(tag: str) -> None:
    for _ in range(2):
        with pytest.raises(NoReverseMatch):
            rendered("{% url " + tag + " %}")
        assert rendered("{% url " + tag + " as found %}[{{ found }}]") == "[]"
