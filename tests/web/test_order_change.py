"""Changing an order on the screen: the difference first, two people at once, and undoing."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from orderwell.domains.orders.models import Amendment, Order, OrderLine
from orderwell.testing.markup import flat
from orderwell.web.components.merging import merge
from tests.web.sent import begun

HTMX = {"HX-Request": "true"}
D = Decimal


def fields(client: Client, path: str) -> dict[str, str]:
    """What the form holds when it is opened."""
    page = flat(client.get(path).content.decode())
    found = {}
    for tag in re.findall(r"<input[^>]*>", page.split('id="order-change"')[1]):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") not in ("checkbox", "search") and attributes.get("name", "").find("new_") < 0:
            found[attributes.get("name", "")] = unescape(attributes.get("value", ""))
    found["note"] = unescape((re.search(r'<textarea name="note"[^>]*>\s*([^<]*)</textarea>', page) or ["", ""])[1])
    found.pop("csrfmiddlewaretoken", None)
    found.pop("", None)
    return found


def seen_in(answer: Any) -> str:
    found = re.search(r'name="seen" value="(\w+)"', flat(answer.content.decode()))
    assert found, answer.content.decode()[-3000:]
    return found[1]


def change(client: Client, path: str, typed: dict[str, Any]) -> Any:
    """Look at the difference, then confirm it."""
    shown = client.post(f"{path}preview/", typed, headers=HTMX)
    return client.post(path, {**typed, "seen": seen_in(shown)})


@pytest.fixture
def opened(owner: Client, place: Callable[..., int]) -> tuple[str, dict[str, str], OrderLine]:
    order_id = place(CUP=5)
    path = f"/orders/{order_id}/change/"
    return path, fields(owner, path), OrderLine.objects.get(order_id=order_id)


def test_the_difference_is_shown_and_then_made(owner: Client, opened: Any) -> None:
    path, typed, line = opened
    typed |= {f"q-{line.pk}": "8", "shipping": "12", "reason": "wants more"}
    shown = owner.post(f"{path}preview/", typed, headers=HTMX).content.decode()
    assert "¥100.00" in shown and "¥172.00" in shown and "+¥72.00" in shown
    assert "3 × CUP taken from" in shown
    assert Order.objects.get().total_amount == 100
    answer = change(owner, path, typed)
    assert answer["Location"] == f"/orders/{line.order_id}/"
    assert Order.objects.get().total_amount == 172
    page = flat(owner.get(answer["Location"]).content.decode())
    assert "wants more" in page and 'CUP · Quantity: <span class="change-old">5</span> → <strong>8</strong>' in page


def test_without_scripts_the_difference_comes_as_a_page_of_its_own(owner: Client, opened: Any) -> None:
    path, typed, line = opened
    typed[f"q-{line.pk}"] = "4"
    shown = owner.post(path, typed)
    assert shown.status_code == 200 and Order.objects.get().total_amount == 100
    again = typed | {"seen": seen_in(shown)}
    assert owner.post(path, again).status_code == 302
    assert Order.objects.get().total_amount == 80
    assert owner.post(path, again).status_code in (302, 422)  # the same form sent twice
    assert Amendment.objects.count() == 1


def test_what_was_not_seen_is_not_made(owner: Client, opened: Any, place: Callable[..., int]) -> None:
    path, typed, line = opened
    typed[f"q-{line.pk}"] = "9"
    seen = seen_in(owner.post(f"{path}preview/", typed, headers=HTMX))
    place(CUP=3)  # takes what the preview had counted on
    answer = owner.post(path, {**typed, "seen": seen})
    assert answer.status_code == 422 and "would now do something else" in answer.content.decode()
    assert OrderLine.objects.get(pk=line.pk).quantity == 5
    assert owner.post(path, {**typed, "seen": seen_in(answer)}).status_code == 302


@pytest.mark.parametrize(
    ("typed", "place_of_error"),
    [
        ({"q": "0"}, 'data-error="{q}">The quantity must be greater than zero'),
        ({"q": "1.5"}, 'data-error="{q}">CUP is sold with at most 0 decimal places'),
        ({"q": "many"}, 'data-error="{q}">Enter a number.'),
        ({"d": "999"}, 'data-error="{d}">The discount 999 is larger'),
        ({"p": "-1"}, 'data-error="{p}">The unit price must lie between'),
    ],
)
def test_errors_stand_at_their_cell(owner: Client, opened: Any, typed: dict[str, str], place_of_error: str) -> None:
    path, form, line = opened
    names = {part: f"{part}-{line.pk}" for part in "qpd"}
    form |= {names[part]: text for part, text in typed.items()}
    answer = owner.post(path, {**form, "seen": "x"})
    assert answer.status_code == 422
    assert place_of_error.format(**names) in unescape(answer.content.decode())
    live = unescape(owner.post(f"{path}preview/", form, headers=HTMX).content.decode())
    assert f'"{names[next(iter(typed))]}"' in live and 'name="seen"' not in live


def test_lines_are_added_and_removed(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=2, POT=1)
    path = f"/orders/{order_id}/change/"
    pot = OrderLine.objects.get(sku="POT")
    typed = fields(owner, path) | {f"x-{pot.pk}": "1", "new_sku": "CUP", "new_name": "", "new_unit_price": ""}
    wrong = owner.post(path, {**typed, "new_sku": "NONE", "new_quantity": "1", "seen": "x"})
    assert "There is no active product with the SKU NONE" in wrong.content.decode()
    assert change(owner, path, {**typed, "new_quantity": "3"}).status_code == 302
    assert sorted(OrderLine.objects.values_list("sku", "quantity")) == [("CUP", D(2)), ("CUP", D(3))]


def test_two_people_who_change_different_things_both_get_them(owner: Client, opened: Any) -> None:
    path, mine, line = opened
    theirs = fields(owner, path) | {"note": "call first", "ship_street": "新路9号"}
    assert change(owner, path, theirs).status_code == 302
    answer = change(owner, path, mine | {f"q-{line.pk}": "4"})
    assert answer.status_code == 302
    order = Order.objects.get()
    assert (order.note, order.total_amount) == ("call first", D(80))
    assert "新路9号" in order.ship_to


def test_what_both_changed_is_shown_to_choose_from(owner: Client, opened: Any, person: Callable[..., Any]) -> None:
    path, mine, line = opened
    other = Client(headers={"accept-language": "en"})
    other.force_login(person("sales-manager", username="wangwu"))
    typed = fields(other, path) | {f"q-{line.pk}": "7", "note": "from wangwu"}
    assert change(other, path, typed).status_code == 302
    mine |= {f"q-{line.pk}": "3", "note": "from me", "shipping": "5"}
    clash = owner.post(path, {**mine, "seen": "x"})
    page = unescape(clash.content.decode())
    assert clash.status_code == 422
    assert "wangwu changed this to “7”" in page and "wangwu changed this to “from wangwu”" in page
    banner = page.split("Both of you changed the same")[1].split('class="with-side"')[0]
    assert ": Quantity" in banner and f'data-take="q-{line.pk}"' in banner and "Take theirs: 7" in page
    assert 'value="3"' in page and "from me" in page
    assert Order.objects.get().note == "from wangwu"
    # Sent again, it is a choice.
    again = mine | {name: form_value(page, name) for name in ("version", "base", "token")}
    assert change(owner, path, again).status_code == 302
    order = Order.objects.get()
    assert (order.note, OrderLine.objects.get(sku="CUP").quantity, order.total_amount) == ("from me", D(3), D(65))


def form_value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^>]*?)"(?: [\w-]+="[^"]*")*>', page)
    assert found, name
    return found[1]


def test_a_change_is_undone_from_the_page(owner: Client, opened: Any) -> None:
    path, typed, line = opened
    change(owner, path, typed | {f"q-{line.pk}": "2"})
    page = owner.get(f"/orders/{line.order_id}/").content.decode()
    undo = f"/orders/{line.order_id}/changes/1/undo/"
    assert undo in page
    # Amounts as everywhere, with their currency: what was 1,250.00 is never "1250" here.
    assert re.search(r"Total.{0,300}¥[\d,]+\.\d\d.{0,200}¥[\d,]+\.\d\d", page, re.DOTALL)
    shown = owner.get(undo, headers=HTMX).content.decode()
    # Nothing can be ticked here, so nothing is said of it.
    assert "3 × CUP taken from" in shown and "Price anew" not in shown and "Undo the change" in shown
    token = re.search(r'name="token" value="(\w+)"', shown)
    assert token
    assert owner.post(undo, {"token": token[1]}, headers=HTMX).status_code == 204
    assert Order.objects.get().total_amount == 100
    page = owner.get(f"/orders/{line.order_id}/").content.decode()
    assert undo not in page and "Change 1 undone" in page
    # A window that was open meanwhile: refused, with no button that cannot work, and the page behind is loaded anew.
    late = owner.post(undo, {"token": "another"}, headers=HTMX)
    assert late.status_code == 422 and "undone" in late.content.decode()
    for answer in (late, owner.get(undo, headers=HTMX)):
        text = answer.content.decode()
        assert "data-stale-page" in text and "arrow-back-up" not in text and 'class="btn btn-primary"' not in text
    assert owner.get(f"/orders/{line.order_id}/changes/9/undo/").status_code == 404


def test_clerks_change_quantities_not_prices(browse: Callable[..., Client], opened: Any) -> None:
    path, _typed, line = opened
    clerk = browse("sales-clerk")
    typed = fields(clerk, path)
    answer = clerk.post(path, {**typed, f"p-{line.pk}": "1", "seen": "x"})
    assert answer.status_code == 422 and "may not set prices" in answer.content.decode()
    assert change(clerk, path, {**typed, f"q-{line.pk}": "6"}).status_code == 302


def test_nothing_different_changes_nothing(owner: Client, opened: Any) -> None:
    path, typed, _line = opened
    assert owner.post(path, typed).status_code == 302
    assert not Amendment.objects.exists()


def test_a_cancelled_order_says_how_it_comes_back(owner: Client, place: Callable[..., int]) -> None:
    from orderwell.domains.orders.services.cancel import cancel_units
    from orderwell.kernel.clock import utc_now
    from orderwell.testing.actors import owner as the_owner

    order_id = place(CUP=1)
    cancel_units(order_id=order_id, lines=None, reason="wrong", actor=the_owner(), now=utc_now())
    page = owner.get(f"/orders/{order_id}/").content.decode()
    assert "Undo the cancellation" in page
    assert owner.get(f"/orders/{order_id}/change/")["Location"] == f"/orders/{order_id}/"


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "values", "taken", "conflicts"),
    [
        ({"a": "1"}, {"a": "1"}, {"a": "1"}, {"a": "1"}, [], []),
        ({"a": "1"}, {"a": "2"}, {"a": "1"}, {"a": "2"}, [], []),
        ({"a": "1"}, {"a": "1"}, {"a": "3"}, {"a": "3"}, ["a"], []),
        ({"a": "1"}, {"a": "3"}, {"a": "3"}, {"a": "3"}, [], []),
        ({"a": "1"}, {"a": "2"}, {"a": "3"}, {"a": "2"}, [], ["a"]),
        ({"a": "1"}, {}, {"a": "3", "b": "9"}, {"a": "3", "b": "9"}, ["a"], []),
    ],
)
def test_three_way(base: Any, mine: Any, theirs: Any, values: Any, taken: Any, conflicts: Any) -> None:
    merged = merge(base, mine, theirs)
    assert (merged.values, merged.taken, [clash.name for clash in merged.conflicts]) == (values, taken, conflicts)


def test_a_line_of_the_form_takes_no_template_of_its_own(
    owner: Client, place: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand lines took 480 ms, nearly all of it in nodes of a template."""
    from django.template.base import Node

    rendered = 0
    plain_render = Node.render_annotated

    def counting(self: Node, context: Any) -> Any:
        nonlocal rendered
        rendered += 1
        return plain_render(self, context)

    monkeypatch.setattr(Node, "render_annotated", counting)
    owner.get(f"/orders/{place(CUP=1)}/change/")  # what is the same on every page is rendered once
    counts = []
    for units in ({"CUP": 1}, {"CUP": 1, "POT": 1}):
        order = place(**units)
        rendered = 0
        page = owner.get(f"/orders/{order}/change/").content.decode()
        assert page.count('name="q-') == len(units)
        counts.append(rendered)
    assert counts[0] == counts[1]


def test_a_change_sent_before_it_was_seen_says_that_it_is_not_saved(owner: Client, opened: Any) -> None:
    path, typed, line = opened
    shown = flat(owner.post(path, typed | {f"q-{line.pk}": "9"}).content.decode())
    assert "Not saved yet" in shown and "autofocus" in shown
    assert "Not saved yet" not in flat(owner.get(path).content.decode())


@pytest.mark.parametrize(
    ("with_tax", "amount", "after", "words"),
    [(True, "100.00", "160.00", "with tax"), (False, "88.50", "160.00", "without tax")],
)
def test_amounts_of_lines_are_what_they_are_on_the_page_of_the_order(
    owner: Client, opened: Any, with_tax: bool, amount: str, after: str, words: str
) -> None:
    path, typed, line = opened
    Order.objects.filter(pk=line.order_id).update(prices_include_tax=with_tax)
    page = flat(owner.get(path).content.decode())
    assert f'<td class="num hide-narrow">¥{amount}</td>' in page and words in page
    shown = owner.post(f"{path}preview/", typed | {f"q-{line.pk}": "8"}, headers=HTMX).content.decode()
    assert f'data-amount="¥{after}"' in shown


def test_the_address_says_the_district_too(owner: Client, opened: Any) -> None:
    path, _typed, line = opened
    Order.objects.filter(pk=line.order_id).update(
        ship_to='{"street": "解放路1号", "district": "天河区"}', ship_city="广州市"
    )
    assert "广州市 天河区 解放路1号" in " ".join(flat(owner.get(path).content.decode()).split())


def test_an_order_on_hold_says_so_beside_its_number(owner: Client, opened: Any) -> None:
    path = f"/orders/{opened[2].order_id}/"

    def heading() -> str:
        return flat(owner.get(path).content.decode()).partition("<h1")[2].partition("</h1>")[0]

    assert "On hold" not in heading()
    owner.post(f"{path}hold/", begun(owner, f"{path}hold/") | {"kind": "address", "reason": "no number"})
    assert "On hold" in heading()
