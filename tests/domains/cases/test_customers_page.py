"""What lets a customer see one order, and what they may do there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.signing import Signer

from orderwell.domains.automation.returns import return_terms
from orderwell.domains.automation.services.settle_return import announce_return, settle_return
from orderwell.domains.cases.errors import (
    AlreadyRated,
    LinkInvalid,
    LookupAmbiguous,
    LookupFailed,
    LookupThrottled,
    NotAReturnRequest,
    NotDelivered,
    NothingToSendBack,
    ReturnTooLate,
    TooManyMessages,
)
from orderwell.domains.cases.models import Case, LookupFailure, OrderLink, Rating, RequestedUnits
from orderwell.domains.cases.ratings import rating_list, rating_summary
from orderwell.domains.cases.services import lookup
from orderwell.domains.cases.services.link import access_of_link, enter_by_link, order_link, revoke_links, token_of
from orderwell.domains.cases.services.lookup import access_by_phone, look_up
from orderwell.domains.cases.services.manage import close_case, reopen_case
from orderwell.domains.cases.services.moderate import hide_rating, show_rating
from orderwell.domains.cases.services.speak import ask, rate
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits
from orderwell.domains.orders.errors import OrderStateForbids
from orderwell.domains.orders.models import Order
from orderwell.kernel.errors import InvalidValue, NotFound, Refusal
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.configuration import services as configuration
from orderwell.platform.crypto import phone_index
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import limited, outsider, owner
from orderwell.testing.factories import make_channel
from tests.domains.books import NOW, D, differences, lines_of
from tests.domains.cases.desk import access, delivered, shipped

pytestmark = pytest.mark.django_db
PHONE, HERE = "138-0013-8000", "192.0.2.7"


def link_to(order: Order) -> OrderLink:
    return order_link(order_id=order.pk, actor=owner(), now=NOW)


def test_a_link_is_made_once_and_leads_to_its_order() -> None:
    order = shipped()
    link = link_to(order)
    assert link_to(order).pk == link.pk
    found = enter_by_link(token=token_of(link), address=HERE, now=NOW)
    assert (found.order_id, found.actor.permissions, found.actor.kind) == (order.pk, frozenset(), "customer")
    assert OrderLink.objects.get().last_used_at == NOW


def test_forged_expired_and_revoked_links_are_all_the_same_nothing() -> None:
    order = shipped()
    link = link_to(order)
    token = token_of(link)
    forged = [
        str(link.pk),
        f"{link.pk}~",
        f"{link.pk + 1}~{token.partition('~')[2]}",
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        Signer(salt="another", sep="~").sign(str(link.pk)),
        Signer(key="x" * 50, salt="orderwell.order-link", sep="~").sign(str(link.pk)),
        "x" * 5000,
        "",
    ]
    for wrong in forged:
        with pytest.raises(LinkInvalid):
            enter_by_link(token=wrong, address=HERE, now=NOW)
    with pytest.raises(LinkInvalid):
        enter_by_link(token=token, address=HERE, now=NOW + timedelta(days=181))
    assert revoke_links(order_id=order.pk, actor=owner(), now=NOW) == 1
    with pytest.raises(LinkInvalid):
        enter_by_link(token=token, address=HERE, now=NOW)
    with pytest.raises(LinkInvalid):
        access_of_link(link_id=link.pk, address=HERE, now=NOW)
    assert link_to(order).pk != link.pk


def test_links_are_made_by_those_who_may_and_not_for_quotes() -> None:
    order = shipped()
    with pytest.raises(PermissionDenied):
        order_link(order_id=order.pk, actor=outsider(), now=NOW)
    elsewhere = limited(owner(), channels=frozenset({make_channel().pk}))
    with pytest.raises(NotFound):
        order_link(order_id=order.pk, actor=elsewhere, now=NOW)
    Order.objects.filter(pk=order.pk).update(state="draft", placed_at=None)
    with pytest.raises(OrderStateForbids):
        link_to(order)


def with_phone() -> Order:
    """The order of a customer whose contact has the phone number."""
    return shipped()


def test_number_and_whole_phone_lead_to_the_order() -> None:
    order = with_phone()
    found = look_up(number=f" {order.number.lower()} ", phone="+86 138 0013 8000", address=HERE, now=NOW)
    assert found.order_id == order.pk
    assert not LookupFailure.objects.exists()
    kind, _, index = found.proof.partition(":")
    assert (kind, access_by_phone(order_id=order.pk, index=index, address=HERE).order_id) == ("phone", order.pk)
    for wrong in ("", "00" * 16, "zz", index[:-2] + ("00" if index[-2:] != "00" else "11")):
        with pytest.raises(LinkInvalid):
            access_by_phone(order_id=order.pk, index=wrong, address=HERE)


@pytest.mark.parametrize("typed", ["Po-47 a/9", " po-47a/9 ", "PO-47A/9", "P O - 4 7 A / 9", "po-47\t\u3000A/9"])
@pytest.mark.parametrize("whose", ["customer", "order"])
def test_the_shops_own_number_is_found_however_it_is_written(typed: str, whose: str) -> None:
    order = with_phone()
    Order.objects.filter(pk=order.pk).update(external_id="Po-47 a/9")
    if whose == "order":  # nobody's customer: the phone number of the delivery
        Order.objects.filter(pk=order.pk).update(customer=None, phone_index=phone_index(PHONE))
    assert look_up(number=typed, phone=PHONE, address=HERE, now=NOW).order_id == order.pk
    with pytest.raises(LookupFailed):
        look_up(number=typed, phone="13900000000", address=HERE, now=NOW)
    with pytest.raises(LookupFailed):
        look_up(number=f"{typed}0", phone=PHONE, address=HERE, now=NOW)


def test_a_number_of_two_orders_is_not_guessed_between() -> None:
    order, other = with_phone(), shipped()
    Order.objects.filter(pk=order.pk).update(external_id="web-1")
    Order.objects.filter(pk=other.pk).update(external_id="WEB-1", customer=order.customer)
    for typed in ("Web-1", "web -1"):
        with pytest.raises(LookupAmbiguous):
            look_up(number=typed, phone=PHONE, address=HERE, now=NOW)
    assert not LookupFailure.objects.exists()
    # Exactly as one of them has it, or by our own number, it is that one.
    for typed, wanted in (("web-1", order), ("WEB-1", other), (order.number.lower(), order), (other.number, other)):
        assert look_up(number=typed, phone=PHONE, address=HERE, now=NOW).order_id == wanted.pk
    # The same number in two shops, both of this person.
    Order.objects.filter(pk=other.pk).update(external_id="web-1")
    with pytest.raises(LookupAmbiguous):
        look_up(number="web-1", phone=PHONE, address=HERE, now=NOW)


def test_another_way_of_writing_is_no_further_guess() -> None:
    order = with_phone()
    for attempt in range(lookup.MOST_BY_SUBJECT):
        written = f"{order.number[:2]}{' ' * attempt}{order.number[2:].lower()}"
        with pytest.raises(LookupFailed):
            look_up(number=written, phone=f"1390000{attempt:04d}", address=f"192.0.2.{attempt}", now=NOW)
    with pytest.raises(LookupThrottled):
        look_up(number=order.number, phone=PHONE, address="198.51.100.1", now=NOW)


def test_an_unknown_order_and_a_wrong_phone_get_the_same_answer() -> None:
    order = with_phone()
    answers = []
    for number, phone in ((order.number, "13900000000"), ("SO99999999", PHONE), (order.number, "8000"), ("", "")):
        with pytest.raises(LookupFailed) as refusal:
            look_up(number=number, phone=phone, address=HERE, now=NOW)
        answers.append((refusal.value.code, refusal.value.data))
    assert len(set(map(str, answers))) == 1


def test_both_wrong_answers_take_the_same_queries() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    order = with_phone()
    counts = []
    for number, phone in ((order.number, "13900000000"), ("SO99999999", PHONE)):
        with CaptureQueriesContext(connection) as seen, pytest.raises(LookupFailed):
            look_up(number=number, phone=phone, address=HERE, now=NOW)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_guessing_at_one_order_is_stopped_from_everywhere() -> None:
    order = with_phone()
    for attempt in range(lookup.MOST_BY_SUBJECT):
        with pytest.raises(LookupFailed):
            look_up(number=order.number, phone=f"1390000{attempt:04d}", address=f"192.0.2.{attempt}", now=NOW)
    with pytest.raises(LookupThrottled):
        look_up(number=order.number, phone=PHONE, address="198.51.100.1", now=NOW)
    # It is the same for a number that doesn't exist, and attempts meanwhile don't prolong it.
    for attempt in range(lookup.MOST_BY_SUBJECT):
        with pytest.raises(LookupFailed):
            look_up(number="SO77777777", phone=PHONE, address=f"203.0.113.{attempt}", now=NOW)
    with pytest.raises(LookupThrottled):
        look_up(number="SO77777777", phone=PHONE, address="198.51.100.2", now=NOW)
    later = NOW + lookup.WINDOW + timedelta(seconds=1)
    assert look_up(number=order.number, phone=PHONE, address="198.51.100.1", now=later).order_id == order.pk
    assert lookup.forget_old_failures(now=later) > 0
    assert not LookupFailure.objects.exists()


def test_one_address_cannot_try_one_order_after_the_other() -> None:
    order = with_phone()
    for attempt in range(lookup.MOST_BY_ADDRESS):
        with pytest.raises(LookupFailed):
            look_up(number=f"SO5{attempt:07d}", phone=PHONE, address=HERE, now=NOW)
    with pytest.raises(LookupThrottled):
        look_up(number=order.number, phone=PHONE, address=HERE, now=NOW)


def test_looking_up_can_be_switched_off() -> None:
    order = with_phone()
    configuration.set_value(key="public.lookup", value=False, actor=system_actor(), now=NOW)
    with pytest.raises(LookupFailed):
        look_up(number=order.number, phone=PHONE, address=HERE, now=NOW)


def test_another_orders_conversation_and_lines_are_out_of_reach() -> None:
    mine, other = delivered(), delivered()
    theirs = ask(access=access(other), body="secret", now=NOW)
    with pytest.raises(NotFound):
        ask(access=access(mine), body="hello", case_id=theirs.pk, now=NOW)
    (line,) = lines_of(other)
    with pytest.raises(Refusal) as refusal:
        announce_return(access=access(mine), units={line.pk: D(1)}, reason="broken", now=NOW)
    assert [error.code for error in refusal.value.errors] == ["not_found"]
    assert not RequestedUnits.objects.exists()


def test_nobody_writes_without_end() -> None:
    order = shipped()
    for _ in range(10):
        ask(access=access(order), body="hello", now=NOW)
    with pytest.raises(TooManyMessages):
        ask(access=access(order), body="hello", now=NOW + timedelta(minutes=59))
    ask(access=access(order), body="hello", now=NOW + timedelta(minutes=61))
    for wrong in ("", "   ", "x" * 2001, "a\0b"):
        with pytest.raises(Refusal):
            ask(access=access(shipped()), body=wrong, now=NOW)


def test_a_return_is_announced_and_becomes_one() -> None:
    order = delivered(3)
    (line,) = lines_of(order)
    terms = return_terms(order, NOW)
    assert [(found.pk, units) for found, units in terms.lines] == [(line.pk, D(3))]
    case = announce_return(access=access(order), units={line.pk: D(2)}, reason="too small", now=NOW)
    assert return_terms(order, NOW).lines[0][1] == 1
    with pytest.raises(Refusal) as refusal:
        announce_return(access=access(order), units={line.pk: D(2)}, reason="all", now=NOW)
    assert [error.code for error in refusal.value.errors] == ["more_than_can_come_back"]
    back = [ReturnedUnits(line.pk, D(1)), ReturnedUnits(line.pk, D(1), "scrap")]
    document = settle_return(
        case_id=case.pk, lines=back, reason="too small", answer="Done.", actor=system_actor(), now=NOW
    )
    found = Case.objects.get(pk=case.pk)
    assert (found.state, found.outcome) == ("closed", f"return:{document.pk}")
    assert [message.direction for message in found.messages.order_by("pk")] == ["in", "out"]
    with pytest.raises(NotAReturnRequest):
        settle_return(case_id=case.pk, lines=back, reason="again", actor=owner(), now=NOW)
    assert Return.objects.count() == 1
    assert differences() == []


def test_a_refused_settlement_leaves_everything_as_it_was() -> None:
    order = delivered(2)
    (line,) = lines_of(order)
    case = announce_return(access=access(order), units={line.pk: D(2)}, reason="broken", now=NOW)
    with pytest.raises(Refusal):
        settle_return(
            case_id=case.pk,
            lines=[ReturnedUnits(line.pk, D(3))],
            reason="broken",
            answer="ok",
            actor=system_actor(),
            now=NOW,
        )
    found = Case.objects.get(pk=case.pk)
    assert (found.state, found.outcome, found.messages.count()) == ("open", "", 1)
    with pytest.raises(PermissionDenied):
        settle_return(case_id=case.pk, lines=[], reason="x", actor=outsider(), now=NOW)


def test_money_of_a_settled_return_is_credited_when_wanted() -> None:
    from orderwell.domains.billing.models import CreditNote

    order = delivered(2)
    (line,) = lines_of(order)
    case = announce_return(access=access(order), units={line.pk: D(1)}, reason="broken", now=NOW)
    settle_return(
        case_id=case.pk, lines=[ReturnedUnits(line.pk, D(1))], reason="broken", credit=True, actor=owner(), now=NOW
    )
    assert CreditNote.objects.get().gross_amount == 10
    assert differences() == []


def test_a_closed_request_frees_what_it_asked_for_and_never_takes_it_back() -> None:
    order = delivered(2)
    (line,) = lines_of(order)
    case = announce_return(access=access(order), units={line.pk: D(2)}, reason="broken", now=NOW)
    with pytest.raises(NothingToSendBack):
        announce_return(access=access(order), units={line.pk: D(1)}, reason="broken", now=NOW)
    close_case(case_id=case.pk, actor=owner(), now=NOW)
    announce_return(access=access(order), units={line.pk: D(2)}, reason="broken", now=NOW)
    reopen_case(case_id=case.pk, actor=owner(), now=NOW)
    with pytest.raises(NotAReturnRequest):
        settle_return(case_id=case.pk, lines=[ReturnedUnits(line.pk, D(1))], reason="x", actor=owner(), now=NOW)
    assert differences() == []


def test_returns_are_announced_in_time_or_not_at_all() -> None:
    order = delivered(1)
    (line,) = lines_of(order)
    with pytest.raises(ReturnTooLate):
        announce_return(access=access(order), units={line.pk: D(1)}, reason="x", now=NOW + timedelta(days=31))
    announce_return(access=access(order), units={line.pk: D(1)}, reason="x", now=NOW + timedelta(days=30))
    configuration.set_value(key="cases.return_days", value=0, actor=system_actor(), now=NOW)
    assert isinstance(return_terms(delivered(1), NOW).refusal, NothingToSendBack)


def test_an_order_is_rated_once_and_after_it_arrived() -> None:
    with pytest.raises(NotDelivered):
        rate(access=access(shipped()), score=5, now=NOW)
    order = delivered()
    for wrong in (0, 6, -1, True, 10**20):
        with pytest.raises(Refusal) as refusal:
            rate(access=access(order), score=wrong, now=NOW)
        assert refusal.value.errors[0].code == InvalidValue.code
    rate(access=access(order), score=4, comment="good", now=NOW)
    with pytest.raises(AlreadyRated):
        rate(access=access(order), score=1, now=NOW)
    assert Rating.objects.get().comment == "good"


def test_ratings_add_up_by_customer_product_and_period_without_the_hidden_ones() -> None:
    first, second = delivered(), delivered()
    rate(access=access(first), score=5, now=NOW)
    rate(access=access(second), score=2, now=NOW + timedelta(days=40))
    whole = rating_summary(owner())
    assert (whole.count, whole.average, whole.by_score[5]) == (2, D("3.5"), 1)
    assert rating_summary(owner(), customer_id=first.customer_id).average == 5
    product = lines_of(second)[0].variant.product_id  # type: ignore[union-attr]
    assert rating_summary(owner(), product_id=product).average == 2
    assert rating_summary(owner(), since=NOW, until=NOW + timedelta(days=1)).count == 1
    bad = Rating.objects.get(score=2)
    hide_rating(rating_id=bad.pk, reason="abuse", actor=owner(), now=NOW)
    assert rating_summary(owner()).average == 5
    assert [row.pk for row in rating_list(owner(), hidden=True).rows] == [bad.pk]
    show_rating(rating_id=bad.pk, actor=owner(), now=NOW)
    assert rating_summary(owner()).count == 2
    with pytest.raises(Refusal):
        hide_rating(rating_id=bad.pk, reason=" ", actor=owner(), now=NOW)
    elsewhere = limited(owner(), channels=frozenset({make_channel().pk}))
    assert rating_summary(elsewhere).count == 0
    with pytest.raises(NotFound):
        hide_rating(rating_id=bad.pk, reason="abuse", actor=elsewhere, now=NOW)
    with pytest.raises(PermissionDenied):
        rating_summary(outsider())
