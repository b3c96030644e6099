"""The customer's page without sign-in: the right order, nothing else, nobody else, and nothing that runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from orderwell.testing.factories import make_bundle
from tests.web.conftest import Company

Place = Callable[..., int]
PHONE = "13812345678"


def number_of(order_id: int) -> str:
    from orderwell.domains.orders.models import Order

    return Order.objects.get(pk=order_id).number


def link_to(order_id: int) -> str:
    from orderwell.domains.cases.services.link import order_link, token_of
    from orderwell.kernel.clock import utc_now
    from orderwell.testing.actors import owner

    return f"/track/o/{token_of(order_link(order_id=order_id, actor=owner(), now=utc_now()))}/"


def arrive(order_id: int) -> None:
    from orderwell.domains.fulfilment.services.ship import ship
    from orderwell.domains.fulfilment.services.track import deliver
    from orderwell.kernel.clock import utc_now
    from orderwell.testing.actors import owner

    now = utc_now()
    for shipment in ship(order_id=order_id, carrier="SF", tracking_number="SF 1&2", actor=owner(), now=now):
        deliver(shipment_id=shipment.pk, actor=owner(), now=now)


def visitor(order_id: int | None = None, *, language: str = "en", **more: Any) -> Client:
    client = Client(headers={"accept-language": language}, **more)
    if order_id is not None:
        assert client.get(link_to(order_id))["Location"] == "/track/order/"
    return client


def text_of(client: Client, path: str = "/track/order/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def field(page: str, form: str, name: str) -> str:
    """The value of a hidden field in the form that is sent to `form`."""
    part = page.split(f'action="{form}"', 1)[1]
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="{name}"', part)
    assert found
    return found[1] or found[2]


def send(client: Client, form: str, **values: Any) -> Any:
    page = text_of(client)
    return client.post(form, {"token": field(page, form, "token"), **values})


def test_what_comes_back_is_called_as_what_was_ordered(place: Place) -> None:
    """The order keeps its customer's language; whoever reads the page in another sees one name of a thing all over it."""
    order = place(CUP=2)
    arrive(order)
    client = visitor(order)
    page = text_of(client)
    line = re.findall(r'name="(line_\d+)"', page)[0]
    assert "茶杯" not in page and f'for="return_{line}">Tea cup<' in page
    refused = send(client, "/track/order/return/", reason="broken", **{line: "3"}).content.decode()
    assert "At most 2 of Tea cup can be sent back" in refused and "茶杯" not in refused
    assert send(client, "/track/order/return/", reason="broken", **{line: "1"}).status_code == 302
    page = text_of(client)
    assert "<li>1 × Tea cup</li>" in page and "茶杯" not in page


def test_a_link_shows_the_order_and_leaves_the_address(place: Place) -> None:
    order = place(CUP=2)
    arrive(order)
    page = text_of(visitor(order))
    assert number_of(order) in page and "Tea cup" in page and "Delivered" in page
    assert "https://www.sf-express.com/chn/sc/waybill/waybill-detail/SF%201%262" in page
    assert "人民路1号" not in page and PHONE not in page
    assert "王小明" not in page


def test_a_parcel_says_which_parts_of_a_bundle_lie_in_it(company: Company, place: Place) -> None:
    """They are counted in their own units: three pots are not three gift boxes."""
    make_bundle({company.cup: 2, company.pot: 1}, sku="BOX")
    order = place(BOX=2)
    arrive(order)
    page = text_of(visitor(order))
    assert "<li>4 × Tea cup · Gift box</li>" in page and "<li>2 × Tea pot · Gift box</li>" in page
    assert "<li>4 × 茶杯 · 礼盒</li>" in text_of(visitor(order, language="zh-CN"))


def test_the_page_speaks_chinese_and_can_be_switched(place: Place) -> None:
    client = visitor(place(CUP=1), language="zh-CN")
    assert "订购的商品" in text_of(client)
    answer = client.post("/account/language/", {"language": "en", "next": "/track/order/"})
    assert answer["Location"] == "/track/order/"
    assert "What you ordered" in text_of(client)


def test_every_answer_is_closed_to_scripts_caches_and_search_engines(place: Place) -> None:
    order = place(CUP=1)
    client = visitor(order)
    for path in ("/track/", "/track/order/", "/track/o/x/", "/track/order/invoices/1/", "/track/leave/"):
        answer = client.get(path)
        policy = answer["Content-Security-Policy"]
        assert "script-src 'none'" in policy and "default-src 'none'" in policy and "unsafe" not in policy, path
        assert "frame-ancestors 'none'" in policy and "form-action 'self'" in policy
        assert "noindex" in answer["X-Robots-Tag"] and answer["Referrer-Policy"] == "same-origin"
        assert answer["Cache-Control"] == "private, no-store"
    assert "<script" not in text_of(client)


def test_the_session_is_for_this_order_and_this_path_only(place: Place) -> None:
    client = Client()
    answer = client.get(link_to(place(CUP=1)))
    cookie = answer.cookies["track"]
    assert cookie["path"] == "/track/" and cookie["httponly"] and cookie["samesite"] == "Lax"
    assert client.get("/orders/")["Location"].startswith("/sign-in/")
    client.post("/track/leave/")
    assert client.get("/track/order/")["Location"] == "/track/?over"


@pytest.mark.parametrize("wrong", ["1", "1~", "1~forged", "0~x", "~", "x" * 300, "%00"])
def test_forged_links_lead_nowhere(place: Place, wrong: str) -> None:
    place(CUP=1)
    client = visitor()
    answer = client.get(f"/track/o/{wrong}/")
    assert answer.status_code == 404
    assert "does not work any more" in answer.content.decode()
    assert client.get("/track/order/").status_code == 302


def test_a_revoked_or_expired_link_ends_the_session_at_once(place: Place) -> None:
    from orderwell.domains.cases.models import OrderLink
    from orderwell.domains.cases.services.link import revoke_links
    from orderwell.kernel.clock import utc_now
    from orderwell.testing.actors import owner

    first, second = place(CUP=1), place(CUP=1)
    one, other = visitor(first), visitor(second)
    revoke_links(order_id=first, actor=owner(), now=utc_now())
    assert one.get("/track/order/").status_code == 302
    OrderLink.objects.filter(order_id=second).update(expires_at=utc_now() - timedelta(seconds=1))
    assert other.get("/track/order/").status_code == 302


def test_a_cookie_cannot_be_made_or_pointed_at_another_order(place: Place) -> None:
    mine, other = place(CUP=1), place(POT=1)
    client = visitor(mine)
    held = signing.loads(client.cookies["track"].value, salt="orderwell.track")
    forged = [
        signing.dumps({**held, "order": other}, salt="orderwell.track"),
        signing.dumps(held, salt="another"),
        signing.dumps({"order": other}, salt="orderwell.track"),
        signing.dumps({"order": other, "proof": "phone:"}, salt="orderwell.track"),
        signing.dumps({"order": other, "proof": "phone:" + "00" * 16}, salt="orderwell.track"),
        signing.dumps({"order": other, "proof": "link:99999999999999999999"}, salt="orderwell.track"),
        client.cookies["track"].value[:-2] + "xx",
        "x",
    ]
    for value in forged:
        client.cookies["track"] = value
        assert client.get("/track/order/").status_code == 302, value


def test_number_and_phone_open_the_order(place: Place) -> None:
    order = place(CUP=1)
    client = visitor()
    answer = client.post("/track/", {"number": number_of(order), "phone": "138 1234 5678"})
    assert (answer.status_code, answer["Location"]) == (302, "/track/order/")
    assert number_of(order) in text_of(client)


def test_wrong_phone_and_unknown_order_look_the_same(place: Place) -> None:
    order = place(CUP=1)
    pages = []
    for number, phone in ((number_of(order), "13900000000"), ("SO99999999", PHONE)):
        answer = visitor().post("/track/", {"number": number, "phone": phone})
        assert answer.status_code == 422 and "track" not in answer.cookies
        plain = answer.content.decode().replace(number, "").replace(phone, "")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", plain))
    assert pages[0] == pages[1]


def test_guessing_is_locked_out(place: Place) -> None:
    order = place(CUP=1)
    client = visitor()
    for attempt in range(5):
        client.post("/track/", {"number": number_of(order), "phone": f"1390000000{attempt}"})
    answer = client.post("/track/", {"number": number_of(order), "phone": PHONE})
    assert answer.status_code == 429
    assert "Try again in" in answer.content.decode()


def test_forms_need_the_token_of_the_site(place: Place) -> None:
    from orderwell.domains.cases.models import Case, Rating

    order = place(CUP=1)
    arrive(order)
    client = visitor(order, enforce_csrf_checks=True)
    for form in ("ask", "return", "rate"):
        answer = client.post(f"/track/order/{form}/", {"token": "t", "body": "x", "score": 5, "reason": "x"})
        assert answer.status_code == 403
    assert not Case.objects.exists() and not Rating.objects.exists()


def test_a_question_is_asked_once_and_its_answer_appears(place: Place, browse: Callable[..., Client]) -> None:
    from orderwell.domains.cases.models import Case, Message

    order = place(CUP=1)
    client = visitor(order)
    page = text_of(client)
    values = {"token": field(page, "/track/order/ask/", "token"), "body": "Is it <b>red</b>?"}
    for _ in range(2):
        assert client.post("/track/order/ask/", values).status_code == 302
    case = Case.objects.get()
    assert Message.objects.count() == 1
    staff = browse("sales-clerk")
    shown = staff.get(f"/cases/{case.pk}/").content.decode()
    assert "Is it &lt;b&gt;red&lt;/b&gt;?" in shown
    for sort, body in (("internal", "ask the potter"), ("reply", "Blue.")):
        answer = staff.post(f"/cases/{case.pk}/write/", {"token": sort, "body": body, "as": sort})
        assert answer.status_code == 302
    page = text_of(client)
    assert "Blue." in page and "ask the potter" not in page and "Is it &lt;b&gt;red&lt;/b&gt;?" in page


def test_a_refused_reply_waits_in_its_own_conversation(place: Place) -> None:
    from orderwell.domains.cases.models import Case, Message

    client = visitor(place(CUP=1))
    for body in ("Is it red?", "And is it round?"):
        assert send(client, "/track/order/ask/", body=body).status_code == 302
    case = Case.objects.order_by("pk")[0]
    answer = client.post("/track/order/ask/", {"token": "t", "case": case.pk, "body": "y" * 2001})
    page = answer.content.decode()
    threads = page.split('<div class="thread">')[1:]
    own = next(part for part in threads if case.number in part)
    question = page.split("Ask a question", 1)[1]
    assert answer.status_code == 422
    assert "<details open>" in own and "y" * 2001 in own and f'id="reply_{case.pk}_body_error"' in own
    assert "autofocus" in own and page.count("_error") == page.count(f"reply_{case.pk}_body_error")
    assert "y" * 2001 not in question and 'name="case"' not in question.split("</form>", 1)[0]
    assert client.post("/track/order/ask/", {"token": "t2", "case": case.pk, "body": "Round?"}).status_code == 302
    assert Message.objects.filter(case=case).count() == 2


def test_a_message_for_a_conversation_of_another_order_is_kept_as_a_question(place: Place) -> None:
    from orderwell.domains.cases.models import Case, Message

    other = visitor(place(CUP=1))
    assert send(other, "/track/order/ask/", body="Mine.").status_code == 302
    case = Case.objects.get()
    client = visitor(place(CUP=1))
    answer = client.post("/track/order/ask/", {"token": "t", "case": case.pk, "body": "Theirs?"})
    assert answer.status_code == 422 and Message.objects.count() == 1
    question = answer.content.decode().split("Ask a question", 1)[1].split("</form>", 1)[0]
    assert "Theirs?" in question and 'name="case"' not in question


def test_a_refused_form_says_so_on_top_and_its_address_leads_back(place: Place) -> None:
    order = place(CUP=2)
    arrive(order)
    client = visitor(order)
    answer = send(client, "/track/order/return/")
    page = answer.content.decode()
    assert answer.status_code == 422 and page.index("This could not be sent") < page.index("<h1>")
    assert 'href="#return_reason"' in page and re.search(
        r'<textarea[^>]*id="return_reason"[^>]*autofocus|autofocus[^>]*id="return_reason"', page
    )
    assert "This could not be sent" not in text_of(client)
    for form in ("ask", "return", "rate"):
        again = client.get(f"/track/order/{form}/")
        assert (again.status_code, again["Location"]) == (302, "/track/order/")


def test_programs_that_fill_in_everything_are_caught(place: Place) -> None:
    from orderwell.domains.cases.models import Case

    answer = send(visitor(place(CUP=1)), "/track/order/ask/", body="buy pills", website="http://pills")
    assert answer.status_code == 302
    assert not Case.objects.exists()


def test_bad_input_stands_at_its_field_and_is_kept(place: Place) -> None:
    order = place(CUP=2)
    arrive(order)
    client = visitor(order)
    answer = send(client, "/track/order/ask/", body="x" * 2001)
    assert answer.status_code == 422 and b"ask_body_error" in answer.content
    from orderwell.domains.orders.models import OrderLine

    line = OrderLine.objects.get(order_id=order)
    for quantity in ("3", "-1", "0.5", "many"):
        answer = send(client, "/track/order/return/", reason="broken", **{f"line_{line.pk}": quantity})
        assert answer.status_code == 422, quantity
        assert f'id="return_line_{line.pk}_error"' in answer.content.decode(), quantity
    assert send(client, "/track/order/return/", reason="broken").status_code == 422
    assert send(client, "/track/order/rate/", score="9").status_code == 422


def test_a_return_is_announced_and_another_orders_line_is_no_line(place: Place) -> None:
    from orderwell.domains.cases.models import RequestedUnits
    from orderwell.domains.orders.models import OrderLine

    order, other = place(CUP=2), place(POT=1)
    arrive(order)
    arrive(other)
    client = visitor(order)
    theirs = OrderLine.objects.get(order_id=other)
    answer = send(client, "/track/order/return/", reason="broken", **{f"line_{theirs.pk}": "1"})
    assert answer.status_code == 422 and not RequestedUnits.objects.exists()
    mine = OrderLine.objects.get(order_id=order)
    assert send(client, "/track/order/return/", reason="broken", **{f"line_{mine.pk}": "2"}).status_code == 302
    assert RequestedUnits.objects.get().quantity == Decimal(2)
    assert "Nothing of this order can be sent back." in text_of(client)


def test_everything_sent_back_by_a_double_click_is_announced_once(place: Place) -> None:
    from orderwell.domains.cases.models import RequestedUnits
    from orderwell.domains.orders.models import OrderLine

    order = place(CUP=2)
    arrive(order)
    client = visitor(order)
    line = OrderLine.objects.get(order_id=order)
    sent = {"token": "same", "reason": "broken", f"line_{line.pk}": "2"}
    for _click in range(2):
        assert client.post("/track/order/return/", sent).status_code == 302
    assert RequestedUnits.objects.get().quantity == Decimal(2)


def test_a_rating_is_given_once(place: Place) -> None:
    from orderwell.domains.cases.models import Rating

    order = place(CUP=1)
    client = visitor(order)
    assert "/track/order/rate/" not in text_of(client)
    arrive(order)
    assert send(client, "/track/order/rate/", score="4", comment="<i>good</i>").status_code == 302
    page = text_of(client)
    assert "★★★★☆" in page and "&lt;i&gt;good&lt;/i&gt;" in page and "/track/order/rate/" not in page
    assert client.post("/track/order/rate/", {"token": "other", "score": "1"}).status_code == 422
    assert Rating.objects.get().score == 4


def test_invoices_of_this_order_are_shown_and_those_of_others_are_not(place: Place) -> None:
    from orderwell.domains.billing.services.invoice import issue_invoice
    from orderwell.kernel.clock import utc_now
    from orderwell.testing.actors import owner

    order, other = place(CUP=1), place(POT=1)
    mine = issue_invoice(order_id=order, actor=owner(), now=utc_now())
    theirs = issue_invoice(order_id=other, actor=owner(), now=utc_now())
    client = visitor(order)
    assert mine.number in text_of(client, f"/track/order/invoices/{mine.pk}/")
    file = client.get(f"/track/order/invoices/{mine.pk}/?pdf=1")
    assert file["Content-Type"] == "application/pdf" and file.content.startswith(b"%PDF")
    assert mine.number in file["Content-Disposition"] and "no-store" in file["Cache-Control"]
    assert client.get(f"/track/order/invoices/{theirs.pk}/?pdf=1").status_code == 404
    for pk in (theirs.pk, 10**12):
        answer = client.get(f"/track/order/invoices/{pk}/")
        assert answer.status_code == 404 and theirs.number not in answer.content.decode()


def test_the_company_is_shown_with_logo_and_contact(place: Place, settings: Any, tmp_path: Path) -> None:
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.actor import system_actor
    from orderwell.platform.configuration import services as configuration

    for key, value in (("business.name", "Tea & Co"), ("public.contact", "400-123-4567 <9-18>")):
        configuration.set_value(key=key, value=value, actor=system_actor(), now=utc_now())
    settings.HOME = tmp_path
    assert visitor().get("/track/logo/").status_code == 404
    (tmp_path / "branding").mkdir()
    (tmp_path / "branding/logo.png").write_bytes(b"\x89PNG")
    page = text_of(visitor(), "/track/")
    assert "Tea &amp; Co" in page and "400-123-4567 &lt;9-18&gt;" in page and "/track/logo/" in page
    answer = visitor().get("/track/logo/")
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
