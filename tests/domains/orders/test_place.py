from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderwell.domains.catalog.models import VariantPrice
from orderwell.domains.inventory.models import Warehouse
from orderwell.domains.orders.drafts import (
    AddressDraft,
    ChargeDraft,
    LineDraft,
    OrderDraft,
    RequestIdentity,
    Submission,
)
from orderwell.domains.orders.models import Backorder, Order
from orderwell.domains.orders.outcomes import Duplicate, Placed, Refused, Repeated
from orderwell.domains.orders.services.place import place_submissions
from orderwell.kernel.clock import utc_now
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import Permission, PermissionDenied
from orderwell.testing.actors import clerk, limited, outsider
from orderwell.testing.factories import (
    make_bundle,
    make_channel,
    make_customer,
    make_tax_category,
    make_variant,
    make_warehouse,
    stock_up,
)
from tests.domains.orders.builders import ACTOR, assert_lawful, draft, lines, place, placed, refusal, reserved, stock

pytestmark = pytest.mark.django_db
D = Decimal


def test_an_order_is_priced_taxed_reserved_and_told(shop, tea):
    order = placed(draft(shop, (tea, 2), shipping=D("8.00"), discount=D("1.80")))
    goods, shipping = lines(order)
    assert (order.state, order.fulfilment_state, order.payment_state) == ("placed", "reserved", "unpaid")
    assert goods.gross_amount == D("38.00")
    assert goods.tax_amount == D("4.37")
    assert shipping.gross_amount == D("8.00")
    assert order.total_amount == D("46.00")
    assert reserved(goods) == {"north": D(2)}
    assert stock(tea) == {"north": (D(10), D(2))}
    event = Event.objects.get(stream=f"order:{order.pk}")
    assert (event.name, event.data["total"], event.actor_label) == ("orders.order.placed", "46.00", "tests")
    assert_lawful()


def test_prices_without_tax_get_it_added():
    channel = make_channel(currency="USD", prices_include_tax=False)
    variant = make_variant(price="10.00", currency="USD", tax=make_tax_category("us", rate="0.0825"))
    stock_up(variant, make_warehouse(), 5)
    order = placed(draft(channel, (variant, 3)))
    assert (order.net_amount, order.tax_amount, order.total_amount) == (D("30.00"), D("2.48"), D("32.48"))


def test_the_reasons_are_stored_with_the_line(shop, tea):
    line = lines(placed(draft(shop, (tea, 2))))[0]
    assert line.explanation["price"] == {"source": "list_price"}
    assert line.explanation["tax"] == {"category": "standard"}
    (sourcing,) = line.explanation["sourcing"]
    assert sourcing["rule"] == "one_warehouse"
    assert sourcing["taken"] == {"north": "2"}


def test_out_of_stock_is_refused_and_nothing_is_written(shop, tea):
    outcome = place(draft(shop, (tea, 11)))[0]
    assert isinstance(outcome, Refused)
    error = outcome.errors[0]
    assert (error.code, error.pointer) == ("out_of_stock", "/lines/0")
    assert (D(error.data["wanted"]), D(error.data["available"])) == (D(11), D(10))
    assert not Order.objects.exists()
    assert stock(tea) == {"north": (D(10), D(0))}


def test_orders_of_one_batch_compete_in_arrival_order(shop, tea):
    outcomes = place(draft(shop, (tea, 7)), draft(shop, (tea, 7)), draft(shop, (tea, 3)))
    assert [outcome.verdict for outcome in outcomes] == ["placed", "refused", "placed"]
    assert stock(tea) == {"north": (D(10), D(10))}
    assert_lawful()


def test_where_the_channel_allows_it_the_rest_is_backordered(tea):
    order = placed(draft(make_channel(backorder=True), (tea, 12)))
    assert order.fulfilment_state == "backordered"
    assert reserved(lines(order)[0]) == {"north": D(10)}
    assert Backorder.objects.get().quantity == D(2)
    assert_lawful()


def test_a_line_is_filled_from_two_warehouses(shop, tea):
    stock_up(tea, make_warehouse("south", priority=2), 5)
    line = lines(placed(draft(shop, (tea, 13))))[0]
    assert reserved(line) == {"north": D(10), "south": D(3)}
    assert line.explanation["sourcing"][0]["rule"] == "split"


def test_the_channel_decides_which_warehouses_serve_it(tea):
    south = make_warehouse("south", priority=2)
    stock_up(tea, south, 5)
    only_south = make_channel(warehouses=[south])
    assert reserved(lines(placed(draft(only_south, (tea, 2))))[0]) == {"south": D(2)}
    assert refusal(draft(only_south, (tea, 6))) == [("out_of_stock", "/lines/0")]


def test_the_same_external_id_gives_the_first_answer(shop, tea):
    first = place(draft(shop, (tea, 1), external_id="A-1"))[0]
    again = place(draft(shop, (tea, 9), external_id="A-1"))[0]
    assert isinstance(first, Placed)
    assert isinstance(again, Duplicate)
    assert (again.order_id, again.number, again.total_amount) == (first.order_id, first.number, first.total_amount)
    assert Order.objects.count() == 1
    assert isinstance(place(draft(make_channel(), (tea, 1), external_id="A-1"))[0], Placed)


def test_a_repetition_tells_what_was_reserved_and_what_is_missing(tea):
    shop, cup = make_channel(backorder=True), make_variant(price="3.33")
    bundle = make_bundle({tea: 2, cup: 1})
    stock_up(cup, Warehouse.objects.get(), 3)
    first = place(draft(shop, (bundle, 4), (cup, 1), external_id="A-1", shipping=D("5")))[0]
    again = place(draft(shop, (cup, 1), (bundle, 4), external_id="A-1"))[0]
    assert [(line.reserved, line.backordered) for line in first.lines] == [(3, 1), (0, 1)]
    assert (again.lines, again.total_amount, again.net_amount, again.state, again.differs) == (
        *(first.lines, first.total_amount, first.net_amount),
        *("placed", False),
    )


def test_repetitions_within_a_batch_find_each_other(shop, tea):
    outcomes = place(*[draft(shop, (tea, 1), external_id="B-1")] * 3)
    assert [outcome.verdict for outcome in outcomes] == ["placed", "duplicate", "duplicate"]
    assert len({outcome.order_id for outcome in outcomes}) == 1


def test_a_refused_first_does_not_block_a_later_draft_with_the_same_external_id(shop, tea):
    outcomes = place(draft(shop, (tea, 99), external_id="C-1"), draft(shop, (tea, 1), external_id="C-1"))
    assert [outcome.verdict for outcome in outcomes] == ["refused", "placed"]


def _submit(order_draft: OrderDraft, key: str, body: bytes = b"x"):
    request = RequestIdentity("key:1", key, body.ljust(32)[:32])
    return place_submissions([Submission(order_draft, ACTOR, request)], now=utc_now())[0]


def test_a_repeated_request_key_gets_the_first_answer_byte_for_byte(shop, tea):
    first = _submit(draft(shop, (tea, 1)), "k1")
    again = _submit(draft(shop, (tea, 1)), "k1")
    third = _submit(draft(shop, (tea, 1)), "k1")
    assert isinstance(first, Placed)
    assert isinstance(again, Repeated)
    assert again == third
    assert again.status == 201
    assert first.number.encode() in again.answer
    assert Order.objects.count() == 1


def test_a_refusal_is_repeated_too(shop, tea):
    assert isinstance(_submit(draft(shop, (tea, 99)), "k2"), Refused)
    again = _submit(draft(shop, (tea, 99)), "k2")
    assert isinstance(again, Repeated)
    assert again.status == 422
    assert b"out_of_stock" in again.answer


def test_a_request_key_is_for_one_request(shop, tea):
    _submit(draft(shop, (tea, 1)), "k3", b"one")
    outcome = _submit(draft(shop, (tea, 2)), "k3", b"two")
    assert isinstance(outcome, Refused)
    assert outcome.code == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("line", "code", "pointer"),
    [
        (LineDraft("NOPE", D(1)), "unknown_sku", "/lines/0/sku"),
        (LineDraft("T", D(0)), "quantity_not_positive", "/lines/0/quantity"),
        (LineDraft("T", D(-1)), "quantity_not_positive", "/lines/0/quantity"),
        (LineDraft("T", D("NaN")), "not_a_number", "/lines/0/quantity"),
        (LineDraft("T", D("Infinity")), "not_a_number", "/lines/0/quantity"),
        (LineDraft("T", D("1e30")), "quantity_too_large", "/lines/0/quantity"),
        (LineDraft("T", D("1.5")), "quantity_too_precise", "/lines/0/quantity"),
        (LineDraft("T", D("0.00001")), "quantity_too_precise", "/lines/0/quantity"),
        (LineDraft("T", D(1), D("-1")), "price_out_of_range", "/lines/0/unit_price"),
        (LineDraft("T", D(1), D("1e20")), "price_out_of_range", "/lines/0/unit_price"),
        (LineDraft("T", D(1), D("1.1234567")), "price_too_precise", "/lines/0/unit_price"),
        (LineDraft("T", D(1), D("sNaN")), "not_a_number", "/lines/0/unit_price"),
        (LineDraft("T", D(1), None, D("0.001")), "amount_too_precise", "/lines/0/discount"),
        (LineDraft("T", D(1), None, D("20.00")), "discount_too_large", "/lines/0/discount"),
        (LineDraft("T", D(10**8), D(10**8)), "amount_out_of_range", "/lines/0"),
    ],
)
def test_bad_lines_are_refused_with_code_and_place(shop, line, code, pointer):
    stock_up(make_variant("T", price="19.90"), make_warehouse(), 5)
    assert refusal(OrderDraft(channel=shop.code, lines=(line,))) == [(code, pointer)]
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("values", "code", "pointer"),
    [
        ({"channel": "nowhere"}, "unknown_channel", "/channel"),
        ({"customer": "C404"}, "unknown_customer", "/customer"),
        ({"currency": "XXY"}, "unknown_currency", "/currency"),
        ({"currency": "EUR"}, "no_price", "/lines/0/unit_price"),
        ({"lines": ()}, "no_lines", "/lines"),
        ({"lines": (LineDraft("T", D(1)),) * 2001}, "too_many_lines", "/lines"),
        ({"discount": D("-1")}, "amount_out_of_range", "/discount"),
        ({"discount": D("99")}, "discount_too_large", "/discount"),
        ({"shipping": D("0.001")}, "amount_too_precise", "/shipping"),
        ({"note": "x" * 10_001}, "text_too_long", "/note"),
        ({"note": "a\0b"}, "control_character", "/note"),
        ({"customer_name": "王\u202e芳"}, "control_character", "/customer_name"),
        ({"external_id": "W\x07"}, "control_character", "/external_id"),
        ({"lines": (LineDraft("T\u200e", D(1)),)}, "control_character", "/lines/0/sku"),
        ({"ship_to": AddressDraft(recipient="a\u2066b")}, "control_character", "/ship_to/recipient"),
        ({"ship_to": AddressDraft(city="a\nb")}, "control_character", "/ship_to/city"),
        ({"external_id": " "}, "value_missing", "/external_id"),
        ({"priority": -1}, "priority_out_of_range", "/priority"),
        ({"ship_to": AddressDraft(country="China")}, "invalid_value", "/ship_to/country"),
        ({"ship_to": AddressDraft(country="ZZ")}, "invalid_value", "/ship_to/country"),
        ({"ship_to": AddressDraft(country="cn")}, "invalid_value", "/ship_to/country"),
        ({"ship_to": AddressDraft(phone="not a phone")}, "unusable_phone", "/ship_to/phone"),
        ({"ship_to": AddressDraft(email="nope")}, "unusable_email", "/ship_to/email"),
        ({"charges": (ChargeDraft("GIFT", "Gift", D(1), "nope"),)}, "unknown_tax_category", "/charges/0/tax_category"),
        ({"charges": (ChargeDraft("", "Gift", D(1)),)}, "value_missing", "/charges/0/code"),
        ({"charges": (ChargeDraft("OFF", "Rebate", D(-100)),)}, "amount_out_of_range", "/charges"),
        ({"custom": {"nope": 1}}, "unknown_custom_field", "/custom/nope"),
    ],
)
def test_bad_orders_are_refused_with_code_and_place(shop, values, code, pointer):
    stock_up(make_variant("T", price="19.90"), make_warehouse(), 5)
    base = {"channel": shop.code, "lines": (LineDraft("T", D(1)),)}
    assert refusal(OrderDraft(**(base | values))) == [(code, pointer)]
    assert not Order.objects.exists()


def test_all_problems_are_told_at_once(shop, tea):
    bad = draft(shop, (tea, 0), (tea, "1e30"), shipping=D("-1"))
    assert [code for code, _ in refusal(bad)] == ["quantity_not_positive", "quantity_too_large", "amount_out_of_range"]


def test_one_bad_draft_never_fails_its_neighbours(shop, tea):
    outcomes = place(draft(shop, (tea, 1)), draft(shop, ("NOPE", 1)), draft(shop, (tea, 1)))
    assert [outcome.verdict for outcome in outcomes] == ["placed", "refused", "placed"]


def test_a_draft_that_breaks_the_engine_is_refused_alone(shop, tea, monkeypatch):
    from orderwell.domains.orders.services import place as module

    real = module.price

    def fragile(plan):
        if plan.draft.note == "poison":
            raise ZeroDivisionError
        real(plan)

    monkeypatch.setattr(module, "price", fragile)
    outcomes = place(draft(shop, (tea, 1)), draft(shop, (tea, 1), note="poison"), draft(shop, (tea, 1)))
    assert [outcome.verdict for outcome in outcomes] == ["placed", "refused", "placed"]
    assert outcomes[1].code == "internal_failure"
    assert Order.objects.count() == 2
    assert_lawful()


def test_who_may_not_place_orders_learns_nothing(shop, tea):
    with pytest.raises(PermissionDenied):
        place(draft(shop, (tea, 1)), actor=outsider())


def test_prices_are_set_only_by_those_who_may(shop, tea):
    nobody = replace(clerk(), id=None)
    cheap = OrderDraft(channel=shop.code, lines=(LineDraft(tea.sku, D(1), D("0.01")),))
    assert refusal(cheap, actor=nobody) == [("price_override_denied", "/lines/0/unit_price")]
    assert refusal(draft(shop, (tea, 1), discount=D(1)), actor=nobody) == [("order_discount_denied", "/discount")]
    assert placed(draft(shop, (tea, 1)), actor=nobody)
    allowed = replace(nobody, permissions=nobody.permissions | {Permission.ORDERS_PRICE_OVERRIDE})
    line = lines(placed(cheap, actor=allowed))[0]
    assert line.explanation["price"] == {"source": "given", "list_price": "19.900000"}


def test_an_unknown_channel_is_answered_with_those_that_somebody_may_use(shop, tea):
    other = make_channel(code="counter")
    wrong = OrderDraft(channel="nowhere", lines=(LineDraft(tea.sku, D(1)),))

    def offered(actor):
        outcome = place(wrong, actor=actor)[0]
        assert isinstance(outcome, Refused)
        return outcome.errors[0].data["expected"]

    assert offered(ACTOR) == ", ".join(sorted((other.code, shop.code)))
    assert offered(limited(ACTOR, channels=frozenset({shop.pk}))) == shop.code


def test_row_filters_hold_for_channels_and_customers(shop, tea):
    customer = make_customer()
    assert refusal(draft(shop, (tea, 1)), actor=limited(ACTOR, channels=frozenset())) == [
        ("unknown_channel", "/channel")
    ]
    order = draft(shop, (tea, 1), customer=customer.number)
    assert refusal(order, actor=limited(ACTOR, teams=frozenset({7}))) == [("unknown_customer", "/customer")]
    assert placed(order).customer_id == customer.pk


def test_personal_data_is_stored_encrypted_and_found_by_index(shop, tea):
    address = AddressDraft(recipient="张三", phone="138 0013 8000", street="南京东路1号", city="上海")
    order = placed(draft(shop, (tea, 1), ship_to=address))
    with connection.cursor() as cursor:
        cursor.execute("SELECT ship_to FROM orders_order WHERE id = %s", [order.pk])
        raw = bytes(cursor.fetchone()[0])
    assert "南京东路".encode() not in raw
    assert b"13800138000" not in raw
    assert "南京东路1号" in order.ship_to
    assert order.phone_index is not None


@pytest.mark.usefixtures("timeless_caches")
def test_a_batch_costs_the_same_statements_for_one_order_as_for_fifty(shop, tea):
    stock_up(tea, make_warehouse("east"), 1000)
    place(draft(shop, (tea, 1)))
    counts = []
    for size in (1, 50):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            place(*[draft(shop, (tea, 1), external_id=f"{size}-{n}") for n in range(size)])
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert counts[0] <= 20


def test_the_price_is_the_one_of_the_currency(shop, tea):
    VariantPrice.objects.create(variant=tea, currency="JPY", unit_price=D(398))
    order = placed(draft(shop, (tea, 3), currency="JPY"))
    assert (order.currency, order.total_amount) == ("JPY", D(1194))
