"""Each rule where it speaks, where it doesn't, and at the edge between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from orderwell.domains.automation.hints.facts.values import (
    Arrival,
    CustomerBrief,
    Namesake,
    Overdue,
    Twin,
)
from orderwell.domains.automation.hints.rules.accounts import CREDIT, OVERDUE
from orderwell.domains.automation.hints.rules.addresses import ADDRESS
from orderwell.domains.automation.hints.rules.habits import PRICE, QUANTITY
from orderwell.domains.automation.hints.rules.missing import ADDRESS as NO_ADDRESS
from orderwell.domains.automation.hints.rules.missing import PHONE, POSTCODE
from orderwell.domains.automation.hints.rules.places import POSTCODES
from orderwell.domains.automation.hints.rules.promises import PROMISE
from orderwell.domains.automation.hints.rules.twins import DUPLICATE
from orderwell.domains.billing.credit_state import CreditUse
from tests.domains.automation.hints.facts import NOW, D, address, customer, goods, line, order, past, remedies, said


class TestUnusualQuantity:
    @pytest.mark.parametrize(
        ("quantity", "before", "speaks"),
        [
            (30, (10, 10, 10), True),  # three times the usual
            (29, (10, 10, 10), False),
            (30, (10, 10, 31), False),  # it was more before
            (3, (10, 10, 10), True),
            (4, (10, 10, 10), False),
            (3, (10, 10, 2), False),  # it was less before
            (30, (10, 10), False),  # two orders are no habit
            (10, (10, 10, 10), False),
        ],
    )
    def test_it_compares_with_what_the_customer_took_before(
        self, quantity: int, before: tuple[int, ...], speaks: bool
    ) -> None:
        found = said(QUANTITY, order(line(quantity=quantity), past={1: past(*before)}))
        assert bool(found) is speaks

    def test_it_names_the_figures_and_offers_the_usual_quantity(self) -> None:
        (hint,) = said(QUANTITY, order(line(quantity=100), past={1: past(8, 10, 12)}))
        assert hint.reason == "100 × CUP: this customer took 8 to 12 the last 3 times, usually 10."
        assert remedies(hint) == ["set-quantity", "hold", "ask-customer"]
        assert hint.remedies[0].data["quantity"] == "10"

    def test_a_line_that_was_shipped_in_part_can_only_be_held(self) -> None:
        (hint,) = said(QUANTITY, order(line(quantity=100, open=D(40)), past={1: past(10, 10, 10)}))
        assert remedies(hint) == ["hold", "ask-customer"]

    def test_it_says_nothing_of_what_has_left(self) -> None:
        assert not said(QUANTITY, order(line(quantity=100, open=D(0)), past={1: past(10, 10, 10)}))

    def test_lines_of_one_order_are_one_time(self) -> None:
        many = past(*[1] * 1001, same_order=True)
        assert not said(QUANTITY, order(line(quantity=30), past={1: many}))
        (hint,) = said(QUANTITY, order(line(quantity=9000), past={1: (*many, *past(10, 12, 14, first=1))}))
        assert hint.reason == "9000 × CUP: this customer took 10 to 1001 the last 4 times, usually 14."

    def test_several_lines_of_the_order_are_one_quantity(self) -> None:
        lines = (line(quantity=60), line(quantity=40, key=2))
        (hint,) = said(QUANTITY, order(*lines, past={1: past(10, 10, 10)}))
        assert hint.reason.startswith("100 × CUP") and remedies(hint) == ["hold", "ask-customer"]
        halves = (line(quantity=1), line(quantity=9, key=2))
        assert not said(QUANTITY, order(*halves, past={1: past(10, 10, 10)}))

    def test_the_thresholds_are_the_companys(self) -> None:
        facts = order(line(quantity=20), past={1: past(10, 10)})
        assert not said(QUANTITY, facts)
        assert said(QUANTITY, facts, orders=2, times=D(2))


class TestUnusualPrice:
    @pytest.mark.parametrize(
        ("price", "speaks"), [("12", False), ("12.01", True), ("8", False), ("7.99", True), ("10", False)]
    )
    def test_it_compares_with_what_was_paid(self, price: str, speaks: bool) -> None:
        assert bool(said(PRICE, order(line(price=price), past={1: past(1, 1, 1)}))) is speaks

    def test_it_says_how_much_and_offers_the_usual_price(self) -> None:
        (above,) = said(PRICE, order(line(price="15"), past={1: past(1, 2, 3)}))
        assert above.reason == "CUP at ¥15.00 is 50 % above the ¥10.00 that this customer paid the last 3 times."
        assert (above.remedies[0].name, above.remedies[0].data["unit_price"]) == ("set-price", "10")
        (below,) = said(PRICE, order(line(price="5"), past={1: past(1, 2, 3)}))
        assert "50 % below" in below.reason

    def test_where_prices_went_up_and_down_none_is_usual(self) -> None:
        wild = (*past(1, price="10"), *past(1, price="30", first=1), *past(1, price="11", first=2))
        assert not said(PRICE, order(line(price="20"), past={1: wild}))

    def test_prices_of_one_order_are_one_time(self) -> None:
        assert not said(PRICE, order(line(price="15"), past={1: past(1, 1, 1, same_order=True)}))

    def test_what_was_free_before_is_no_price(self) -> None:
        assert not said(PRICE, order(line(price="20"), past={1: past(1, 1, 1, price="0")}))


class TestLikelyDuplicate:
    def test_the_same_goods_are_told_with_the_other_order(self) -> None:
        twin = Twin(7, "SO7", NOW - timedelta(hours=2), ("goods", "amount"))
        (hint,) = said(DUPLICATE, order(twins=(twin,)))
        assert hint.reason == "The same goods as SO7, which this customer placed on 2026-03-02."
        assert remedies(hint) == ["cancel-order", "open-order", "hold"]

    def test_the_same_reference_weighs_more(self) -> None:
        twin = Twin(7, "SO7", NOW, ("reference", "goods"))
        (hint,) = said(DUPLICATE, order(twins=(twin,), external_id="A-1"))
        assert "external number A-1" in hint.reason

    def test_the_same_amount_alone_says_nothing(self) -> None:
        assert not said(DUPLICATE, order(twins=(Twin(7, "SO7", NOW, ("amount",)),)))

    def test_customers_who_share_a_phone(self) -> None:
        (hint,) = said(DUPLICATE, customer(namesakes=(Namesake(2, "C2", "小明", "phone"),)))
        assert hint.reason == "The same phone as 小明 (C2): perhaps the same customer twice."
        assert not said(DUPLICATE, customer())


class TestMissing:
    def test_address(self) -> None:
        known = CustomerBrief(1, "C1", "王小明", address_id=7, place="上海市 人民路1号")
        (hint,) = said(NO_ADDRESS, order(address=None, customer=known))
        assert remedies(hint) == ["take-address", "change-order", "ask-customer"]
        assert "上海市 人民路1号" in str(hint.remedies[0].label)
        (hint,) = said(NO_ADDRESS, order(address=None))
        assert remedies(hint) == ["change-order", "ask-customer"]
        assert not said(NO_ADDRESS, order(address=address()))
        assert not said(NO_ADDRESS, order(address=None, customer=None))
        assert not said(NO_ADDRESS, order(address=None, kind="entry"))
        assert not said(NO_ADDRESS, order(line(open=D(0)), address=None))

    def test_phone(self) -> None:
        (hint,) = said(PHONE, order(address=address(phone="")))
        assert remedies(hint) == ["change-order", "ask-customer"]
        known = CustomerBrief(1, "C1", "王小明", phone="13900000000")
        (hint,) = said(PHONE, order(address=address(phone=""), customer=known))
        assert (remedies(hint)[0], hint.remedies[0].data["value"]) == ("fill-address", "13900000000")

    @pytest.mark.parametrize("given", [address(), address(phone="", hidden=True), None])
    def test_no_word_of_a_phone_that_is_there_or_hidden(self, given: object) -> None:
        assert not said(PHONE, order(address=given))

    def test_nor_when_everything_has_left(self) -> None:
        assert not said(PHONE, order(line(open=D(0)), address=address(phone="")))

    def test_customer_without_phone(self) -> None:
        assert said(PHONE, customer(has_phone=False))
        assert not said(PHONE, customer())

    @pytest.mark.parametrize(
        ("country", "postcode", "speaks"),
        [("DE", "", True), ("DE", "10115", False), ("CN", "", False), ("HK", "", False)],
    )
    def test_postcode_where_carriers_ask_for_it(self, country: str, postcode: str, speaks: bool) -> None:
        found = said(POSTCODE, order(address=address(country=country, postcode=postcode)))
        assert bool(found) is speaks
        assert bool(said(POSTCODE, customer(addresses=[address(country=country, postcode=postcode)]))) is speaks

    def test_which_countries_do_without_is_the_companys(self) -> None:
        assert said(POSTCODE, order(address=address(postcode="")), without="")
        assert not said(POSTCODE, order(address=address(country="DE", postcode="")), without="cn, de")


class TestAddress:
    def test_a_right_one_is_left_alone(self) -> None:
        assert not said(ADDRESS, order(address=address()))

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"postcode": "20001"}, "The postcode is 20001; in CN one looks like 200001."),
            ({"postcode": "100001"}, "The postcode 100001 lies in Beijing, the address in Shanghai."),
            ({"country": "ZZ"}, "The country is ZZ; there is no such code."),
            ({"email": "notmail"}, "The e-mail is notmail; expected one such as"),
            ({"city": "上海2"}, "a city has no digits"),
            ({"street": "王小明"}, "the same as the recipient"),
            ({"street": "12-3"}, "a number without a name"),
            ({"city": "", "district": ""}, "but no city"),
            ({"phone": "12345"}, "has 5 digits; 7 to 15 were expected"),
            ({"phone": "1381234567"}, "has 10 digits; 11 were expected"),
            ({"phone": "138123456789"}, "has 12 digits; 11 were expected"),
            ({"country": "US", "postcode": "1000", "region": "NY"}, "in US one looks like 10001"),
        ],
    )
    def test_it_says_what_it_saw_and_expected(self, wrong: dict[str, str], words: str) -> None:
        (hint,) = said(ADDRESS, order(address=address(**wrong)))
        assert words in hint.reason
        (same,) = said(ADDRESS, customer(addresses=[address(**wrong)]))
        assert same.reason == hint.reason

    @pytest.mark.parametrize(
        "right",
        [
            {"phone": "+86 138 1234 5678"},
            {"phone": "021-5888 8888"},
            {"phone": "400-820-8820"},
            {"phone": "5888 8888 转 12"},
            {"phone": ""},
            {"country": "HK", "postcode": "anything"},
            {"region": "Somewhere", "postcode": "100001"},
            {"country": "GB", "postcode": "sw1a1aa", "region": "London"},
            {"country": "DE", "postcode": "10115", "region": "Berlin", "phone": "+49 30 123456"},
            {"city": "", "street": "人民路1号"},  # a municipality's district stands for it
        ],
    )
    def test_what_is_right_or_not_certain_is_left_alone(self, right: dict[str, str]) -> None:
        assert not said(ADDRESS, order(address=address(**right)))

    def test_of_a_hidden_address_only_the_open_part_is_judged(self) -> None:
        assert not said(ADDRESS, order(address=address(street="王小明", phone="1", hidden=True)))
        assert said(ADDRESS, order(address=address(postcode="1", hidden=True)))

    @pytest.mark.parametrize("country", sorted(POSTCODES))
    def test_the_example_of_each_country_is_right_itself(self, country: str) -> None:
        pattern, example = POSTCODES[country]
        assert pattern.fullmatch(example)


class TestOverdue:
    owed = Overdue(D(300), D(500), "CNY", NOW - timedelta(days=20))

    def test_before_more_goods_leave(self) -> None:
        (hint,) = said(OVERDUE, order(overdue=self.owed))
        assert "owes ¥300.00 past its date" in hint.reason
        assert "since 2026-02-10; ¥500.00 in all" in hint.reason
        assert remedies(hint) == ["hold", "statement", "ask-customer"]
        assert said(OVERDUE, customer(overdue=self.owed))

    def test_what_was_paid_ahead_is_named(self) -> None:
        (hint,) = said(OVERDUE, order(overdue=replace(self.owed, owed=D(250), ahead=D(350))))
        assert hint.reason == (
            "The customer owes ¥300.00 past its date, the oldest of it since 2026-02-10. Of ¥600.00 in all, ¥350.00 were "
            "paid ahead on other orders, which leaves ¥250.00."
        )

    def test_not_below_the_smallest_amount_nor_after_all_has_left_nor_on_hold(self) -> None:
        assert not said(OVERDUE, order(overdue=self.owed), amount=D("300.01"))
        assert said(OVERDUE, order(overdue=self.owed), amount=D(300))
        assert not said(OVERDUE, order(line(open=D(0)), overdue=self.owed))
        assert not said(OVERDUE, order(overdue=self.owed, on_hold=True))
        assert not said(OVERDUE, order())


class TestCreditLimit:
    used = CreditUse("CNY", D(1000), D(300), D(500))

    def test_an_order_that_is_typed_counts_on_top(self) -> None:
        typed = order(kind="entry", order_id=None, total=D("200.01"), credit=self.used)
        (hint,) = said(CREDIT, typed)
        assert "¥0.01 over the credit limit of ¥1,000.00: ¥300.00 owed, ¥500.00 ordered" in hint.reason
        assert remedies(hint) == ["statement"]
        assert not said(CREDIT, replace(typed, total=D(200)))

    def test_a_placed_order_is_counted_already(self) -> None:
        over = replace(self.used, not_invoiced=D(701))
        (hint,) = said(CREDIT, order(total=D(600), credit=over))
        assert "The customer is ¥1.00 over" in hint.reason
        assert remedies(hint) == ["hold", "statement"]
        assert not said(CREDIT, order(total=D(600), credit=self.used))

    def test_not_in_another_currency_nor_on_hold_nor_after_all_has_left(self) -> None:
        over = replace(self.used, owed=D(5000))
        assert said(CREDIT, order(credit=over))
        assert not said(CREDIT, order(credit=over, currency="USD"))
        assert not said(CREDIT, order(credit=over, on_hold=True))
        assert not said(CREDIT, order(line(open=D(0)), credit=over))


class TestPromise:
    def test_goods_that_come_after_the_due_day(self) -> None:
        due = NOW + timedelta(days=5)
        late = line(missing=D(1), expected_at=due + timedelta(days=3))
        (hint,) = said(PROMISE, order(late, promised_at=due))
        assert hint.reason == "1 × CUP are expected on 2026-03-10; the order is due on 2026-03-07."
        assert not said(PROMISE, order(line(missing=D(1), expected_at=due), promised_at=due))
        assert not said(PROMISE, order(late))  # nothing was promised

    def test_goods_that_should_have_come(self) -> None:
        overdue = line(missing=D(2), expected_at=NOW - timedelta(days=1))
        (hint,) = said(PROMISE, order(overdue, requested_at=NOW + timedelta(days=30)))
        assert hint.reason == "2 × CUP were expected on 2026-03-01 and have not come; the order is due on 2026-04-01."

    def test_goods_that_nobody_announced(self) -> None:
        unknown = line(missing=D(4))
        assert said(PROMISE, order(unknown, requested_at=NOW + timedelta(days=10)))
        assert not said(PROMISE, order(unknown, requested_at=NOW + timedelta(days=10, minutes=1)))
        assert not said(PROMISE, order(line(), requested_at=NOW))

    def test_of_goods_whose_delivery_is_late(self) -> None:
        late = Arrival(D(20), NOW - timedelta(days=2), "PO-7")
        (hint,) = said(PROMISE, goods(waiting=D(5), waiting_orders=2, arrivals=[late]))
        assert "20 were announced for 2026-02-28 (PO-7) and have not come" in hint.reason
        assert said(PROMISE, goods(waiting=D(5), waiting_orders=2))
        enough = Arrival(D(5), NOW + timedelta(days=2), "PO-8")
        assert not said(PROMISE, goods(waiting=D(5), waiting_orders=2, arrivals=[enough]))
        assert not said(PROMISE, goods(arrivals=[late]))
