"""The customer's page in several tabs, and in one left open for long: nothing on another order, nothing lost."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django.test import Client

from tests.web.test_public import Place, arrive, field, link_to, send, text_of, visitor


def filled(client: Client, action: str, **values: str) -> dict[str, str]:
    """What the form of an opened page would send, with these fields typed in."""
    form = text_of(client).split(f'action="{action}"', 1)[1].split("</form>", 1)[0]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="radio"' not in tag:
            sent[name[1]] = value[1] if value else ""
    return sent | values


def test_what_an_older_tab_sends_never_lands_on_the_order_opened_since(place: Place) -> None:
    from orderwell.domains.cases.models import Case, Rating

    first, second = place(CUP=2), place(POT=1)
    arrive(first)
    arrive(second)
    client = visitor(first)
    question = filled(client, "/track/order/ask/", body="Where is the lid?")
    rating = filled(client, "/track/order/rate/", score="1", comment="no lid")
    client.get(link_to(second))
    for path, sent, text in (("ask", question, "Where is the lid?"), ("rate", rating, "no lid")):
        answer = client.post(f"/track/order/{path}/", sent)
        page = answer.content.decode()
        assert answer.status_code == 422 and "another order has been opened" in page and text in page
    assert not Case.objects.exists() and not Rating.objects.exists()
    # The page that was answered is about the second order: what is sent from there is meant for it.
    about = field(page, "/track/order/rate/", "order")
    again = {**rating, "order": about}
    assert client.post("/track/order/rate/", again).status_code == 302
    assert Rating.objects.get().order_id == second


def test_a_second_rating_says_why_it_is_refused_and_keeps_the_comment(place: Place) -> None:
    order = place(CUP=1)
    arrive(order)
    client = visitor(order)
    older = filled(client, "/track/order/rate/", score="2", comment="second thoughts")
    assert send(client, "/track/order/rate/", score="5").status_code == 302
    answer = client.post("/track/order/rate/", older)
    page = answer.content.decode()
    assert answer.status_code == 422 and "This order was rated already." in page and "second thoughts" in page


def test_a_return_from_an_older_tab_drops_nothing_in_silence(place: Place) -> None:
    from orderwell.domains.cases.models import RequestedUnits
    from orderwell.domains.orders.models import OrderLine

    order = place(CUP=2, POT=1)
    arrive(order)
    client = visitor(order)
    cup, pot = (f"line_{line.pk}" for line in OrderLine.objects.filter(order_id=order).order_by("variant__sku"))
    older: dict[str, Any] = filled(client, "/track/order/return/", reason="all of it", **{cup: "2", pot: "1"})
    assert send(client, "/track/order/return/", reason="chipped", **{cup: "2"}).status_code == 302
    answer = client.post("/track/order/return/", older)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Below is what is left." in page and "all of it" in page
    assert RequestedUnits.objects.get().quantity == Decimal(2)
    left = filled(client, "/track/order/return/", reason="the pot too", **{pot: "1"})
    assert client.post("/track/order/return/", left).status_code == 302


def test_what_was_written_when_the_page_had_closed_is_shown_to_be_taken_along(place: Place) -> None:
    client = visitor(place(CUP=1))
    sent = filled(client, "/track/order/ask/", body="A long letter about a cup")
    client.cookies.pop("track")
    answer = client.post("/track/order/ask/", sent)
    page = answer.content.decode()
    assert answer.status_code == 403 and "A long letter about a cup" in page and "has not arrived" in page
    assert client.post("/track/order/ask/", {**sent, "body": " "})["Location"] == "/track/?over"
