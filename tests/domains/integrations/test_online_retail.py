"""The preset, on a file small enough to be reckoned by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import translation

from orderwell.domains.catalog.models import Product, Variant
from orderwell.domains.customers.models import Address, Customer
from orderwell.domains.fulfilment.models import Return, ReturnLine
from orderwell.domains.integrations.errors import MissingColumns
from orderwell.domains.integrations.layouts.online_retail import is_goods
from orderwell.domains.integrations.models import ImportRow
from orderwell.domains.integrations.queries import result
from orderwell.domains.integrations.reconciliation import reconciliation, reconciliation_text
from orderwell.domains.inventory.models import Adjustment, StockItem, StockMovement
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.platform.verify import run_laws
from tests.domains.integrations.bringing import HEADER, INVOICES, UK, bring_in, prepare, refused, verdicts, write_csv

pytestmark = pytest.mark.django_db
GOODS = ["2.55", "2.55", "3.70", "1.85"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "retail.csv", INVOICES)


def test_every_line_has_a_verdict_and_every_thousandth_is_accounted_for(source: Path) -> None:
    batch = bring_in(source)
    exact = sum((Decimal(row[3]) * Decimal(row[5]) for row in INVOICES), Decimal(0))
    answer = result(batch)
    answer.pop("seconds")
    assert answer == {
        "lines": 14,
        "done": 14,
        "duplicate": 0,
        "refused": 0,
        "orders": 5,
        "returns": 3,
        "adjustments": 3,
        "charges": 4,
        "source_total": format(exact.normalize(), "f"),
        "accounted_total": format((exact - Decimal("0.001")).normalize(), "f"),
        "rounding": "0.001",
    }
    assert len(verdicts(batch)) == 14
    assert [verdict.result.differences for verdict in run_laws() if verdict.result.differences] == []


def test_the_reconciliation_names_the_rounded_lines(source: Path) -> None:
    batch = bring_in(source)
    data = reconciliation(batch)
    assert data["by_kind"] == [
        {"kind": "orders", "lines": 5, "amount": "36.15"},
        {"kind": "returns", "lines": 2, "amount": "-29.4"},
        {"kind": "charges", "lines": 4, "amount": "-11071.56"},
        {"kind": "adjustments", "lines": 3, "amount": "0"},
    ]
    order = Order.objects.get(external_id="536371")
    assert data["roundings"] == [
        {"row": 11, "document": f"order:{order.pk}", "source": "0.001", "amount": "0", "rounding": "0.001"}
    ]
    assert data["unaccounted"] == "0"
    with translation.override("en"):
        text = reconciliation_text(batch)
        assert "row 11: 0.001 became 0" in text
        assert "those of Europe/London; the business time zone is Asia/Shanghai" in text
        with override_settings(TIME_ZONE="Europe/London"):
            assert "Europe/London" not in reconciliation_text(batch)


def test_orders_keep_repeated_lines_charges_and_local_time(source: Path) -> None:
    bring_in(source)
    order = Order.objects.get(external_id="536365")
    assert (order.history, order.state, order.currency, order.total_amount) == (
        True,
        "completed",
        "GBP",
        Decimal("48.60"),
    )
    assert order.placed_at is not None and order.placed_at.isoformat() == "2010-12-01T08:26:00+00:00"
    lines = list(order.lines.order_by("position").values_list("kind", "sku", "quantity", "unit_price"))
    assert lines == [
        ("goods", "85123A", Decimal(6), Decimal("2.55")),
        ("goods", "85123A", Decimal(6), Decimal("2.55")),
        ("charge", "POST", Decimal(1), Decimal(18)),
    ]
    mixed = Order.objects.get(external_id="536366")
    assert mixed.placed_at is not None and mixed.placed_at.isoformat() == "2010-12-01T08:28:00+00:00"
    assert "08:28, 2010-12-01 08:29" in mixed.note
    assert mixed.ship_country == "IE"
    gift = Order.objects.get(external_id="536370")
    assert (gift.total_amount, gift.lines.get().quantity) == (Decimal(0), Decimal(5))


def test_charges_are_not_products(source: Path) -> None:
    bring_in(source)
    assert sorted(Variant.objects.values_list("sku", flat=True)) == ["22633", "71053", "85123A"]
    debt = Order.objects.get(external_id="A563186")
    assert (debt.total_amount, debt.lines.get().kind) == (Decimal("-11062.06"), OrderLine.Kind.CHARGE)


def test_products_are_named_by_what_they_were_sold_as(source: Path) -> None:
    bring_in(source)
    assert Product.objects.get(code="85123A").name_en == "WHITE HEART"  # not "damaged"
    assert Product.objects.get(code="71053").name_en == "71053"  # never sold, never named


def test_customers_get_their_number_and_country(source: Path) -> None:
    bring_in(source)
    customer = Customer.objects.get()
    assert (customer.number, customer.external_id) == ("17850", "online-retail:17850")
    assert Address.objects.get(customer=customer).country == "GB"


def test_a_number_that_another_customer_has_is_not_taken(source: Path) -> None:
    from orderwell.testing.factories import make_customer

    other = make_customer(number="17850")
    bring_in(source)
    ours = Customer.objects.get(external_id="online-retail:17850")
    assert ours.pk != other.pk and ours.number != "17850"
    assert Order.objects.get(external_id="536365").customer_id == ours.pk


def test_cancelled_invoices_become_returns_linked_to_the_sale(source: Path) -> None:
    bring_in(source)
    linked = Return.objects.get(external_id="C536379")
    sale = Order.objects.get(external_id="536365")
    assert (linked.order_id, linked.gross_amount, linked.history) == (sale.pk, Decimal("12.75"), True)
    line = ReturnLine.objects.select_related("order_line").get(return_document=linked)
    assert line.order_line is not None and line.order_line.quantity_returned == Decimal(5)
    discount = Return.objects.get(external_id="C536380")
    assert (discount.order_id, discount.gross_amount) == (None, Decimal("27.50"))
    assert Return.objects.get(external_id="C536381").order_id is None  # nobody knows whose it was


def test_write_offs_say_why_and_leave_the_stock_of_today_alone(source: Path) -> None:
    bring_in(source)
    reasons = dict(Adjustment.objects.values_list("external_id", "reason"))
    assert reasons == {
        "online-retail:536367": "other",
        "online-retail:536368": "damaged",
        "online-retail:536369": "found",
    }
    movements = StockMovement.objects.filter(kind="adjustment").order_by("id").values_list("quantity", "note")
    assert list(movements) == [(Decimal(-4), ""), (Decimal(-2), "damaged"), (Decimal(3), "found")]
    assert set(StockItem.objects.values_list("on_hand", flat=True)) == {Decimal(0)}


def test_lines_of_one_invoice_may_be_apart(tmp_path: Path) -> None:
    first, second = INVOICES[0], INVOICES[3]
    batch = bring_in(write_csv(tmp_path / "f.csv", [first, second, first]))
    assert (batch.done, batch.orders) == (3, 2)


def test_a_line_that_cannot_be_read_refuses_its_invoice_and_no_other(tmp_path: Path) -> None:
    bad = list(INVOICES[0])
    bad[3] = "=1+1"
    late = list(INVOICES[3])
    late[4] = "soon"
    batch = bring_in(write_csv(tmp_path / "f.csv", [INVOICES[0], bad, late, INVOICES[8], ("", *INVOICES[8][1:])]))
    assert refused(batch) == [
        (2, "", "other_line_refused"),
        (3, "Quantity", "not_a_number"),
        (4, "InvoiceDate", "not_a_date"),
        (6, "InvoiceNo", "value_missing"),
    ]
    assert (batch.done, batch.orders) == (1, 1)
    assert reconciliation(batch)["unaccounted"] == "19"  # 15.30 of the readable line of 536365, 3.70 of 22633


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        (1, "", "value_missing"),
        (3, "0", "quantity_zero"),
        (3, "1e5", "not_a_number"),
        (5, "-1.00", "price_negative"),
        (5, "9999999999", "price_out_of_range"),
        (5, "0.0000001", "price_too_precise"),
        (3, "999999999999999", "quantity_too_large"),
    ],
)
def test_bad_cells_are_refused_at_the_cell(tmp_path: Path, column: int, value: str, code: str) -> None:
    row = list(INVOICES[0])
    row[column] = value
    assert refused(bring_in(write_csv(tmp_path / "f.csv", [row]))) == [(2, HEADER[column], code)]


def test_formula_text_in_a_description_is_only_text(tmp_path: Path) -> None:
    row = list(INVOICES[0])
    row[2] = '=HYPERLINK("http://example.com")'
    assert bring_in(write_csv(tmp_path / "f.csv", [row])).done == 1
    assert Product.objects.get(code="85123A").name_en.startswith("=HYPERLINK")


def test_a_missing_column_is_told_with_what_was_found(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "f.csv", [row[:7] for row in INVOICES], header=HEADER[:7])
    with pytest.raises(MissingColumns) as caught:
        prepare(path)
    assert caught.value.data["missing"] == "Country"
    assert "InvoiceNo, StockCode" in str(caught.value.data["found"])


@pytest.mark.parametrize("code", ["85123A", "10002", "DCGS0003", "DCGSSBOY", "15056bl", "79323LP"])
def test_article_numbers_are_goods(code: str) -> None:
    assert is_goods(code)


CHARGES = ["POST", "DOT", "M", "m", "D", "S", "B", "C2", "PADS", "CRUK", "AMAZONFEE", "gift_0001_20"]


@pytest.mark.parametrize("code", [*CHARGES, "BANK CHARGES"])
def test_other_codes_are_charges(code: str) -> None:
    assert not is_goods(code)


def test_stock_is_only_written_off_in_history(source: Path) -> None:
    batch = bring_in(source, mode="live")
    codes = {code for _, _, code in refused(batch)}
    assert "history_only" in codes
    assert not Adjustment.objects.exists() and not Return.objects.exists()
    assert ImportRow.objects.filter(batch=batch).count() == 14


def test_free_goods_without_a_customer_on_a_sale_are_order_lines(tmp_path: Path) -> None:
    rows = [
        ("1", "22633", "HAND WARMER", 1, "2011-01-01 09:00", "0", "", UK),
        ("1", "DOT", "POSTAGE", 1, "2011-01-01 09:00", "5", "", UK),
    ]
    batch = bring_in(write_csv(tmp_path / "f.csv", rows))
    assert (batch.orders, batch.adjustments) == (1, 0)
