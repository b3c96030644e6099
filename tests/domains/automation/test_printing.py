"""Documents say what the books say, to the cent, in the customer's language, to those who may read it."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from pypdf import PdfReader

from orderwell.domains.automation.printing.shipments import delivery_notes
from orderwell.domains.automation.services.bill import ship_and_invoice
from orderwell.domains.billing.models import Invoice
from orderwell.domains.billing.services.credit import issue_credit_note
from orderwell.domains.customers.models import Address, Customer
from orderwell.domains.fulfilment.models import Shipment
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.drafts import AddressDraft
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.change import OrderChange, change_order
from orderwell.kernel.errors import NotFound, StaleVersion
from orderwell.platform.events.models import Event
from orderwell.platform.formats import money_text
from orderwell.platform.permissions import Permission, PermissionDenied
from orderwell.platform.printing.contents import Say
from orderwell.platform.printing.errors import TemplateBroken, TooManyDocuments, UnknownDocumentKind, UnusableLogo
from orderwell.platform.printing.kinds import kinds
from orderwell.platform.printing.models import IssuedDocument, PrintTemplate, PrintTemplateVersion
from orderwell.platform.printing.services import (
    preview,
    print_documents,
    reset_template,
    restore_version,
    save_logo,
    save_template,
)
from orderwell.testing.actors import clerk, limited, owner, warehouse_worker
from orderwell.testing.factories import make_bundle, make_warehouse
from tests.domains.books import NOW, D, lines_of, place, stocked

pytestmark = pytest.mark.django_db
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082".replace(" ", "")
)


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\n", " ")


def said(kind: str, *ids: int, language: str = "en", **more: object) -> str:
    return text_of(print_documents(kind=kind, ids=ids, language=language, actor=owner(), now=NOW, **more))  # type: ignore[arg-type]


def shipped_and_invoiced() -> tuple[Shipment, Invoice]:
    home = make_warehouse()
    goods = [(stocked(price="33.33", warehouse=home), 3), (stocked(price="0.07", warehouse=home), 7)]
    order = place(goods, shipping="5.00", discount="1.01")  # type: ignore[arg-type]
    (shipment,), _ = ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    return shipment, Invoice.objects.get(order=order)


def test_every_kind_of_document_is_there() -> None:
    assert {kind.code for kind in kinds()} >= {
        "order-confirmation",
        "pick-list",
        "packing-slip",
        "delivery-note",
        "invoice",
        "credit-note",
        "address-label",
    }


def test_shipping_and_warehouse_are_called_as_their_reader_calls_them() -> None:
    shipment, invoice = shipped_and_invoiced()
    home = shipment.warehouse
    home.name_zh, home.name_en = "成都仓", "Chengdu depot"
    home.save()
    assert "Shipping" in said("order-confirmation", shipment.order_id)
    for kind, document in (("order-confirmation", shipment.order_id), ("invoice", invoice.pk)):
        chinese = said(kind, document, language="zh-hans")
        assert "运费" in chinese
        assert "Shipping" not in chinese
    for kind in ("packing-slip", "delivery-note"):
        assert "Chengdu depot" in said(kind, shipment.pk)
        assert "成都仓" in said(kind, shipment.pk, language="zh-hans")
        assert home.code not in said(kind, shipment.pk)


def test_addresses_and_the_company_are_written_as_their_reader_writes_them() -> None:
    shipment, _invoice = shipped_and_invoiced()
    order = shipment.order
    order.ship_region, order.ship_city, order.ship_postcode, order.ship_country = "上海市", "上海市", "200030", "CN"
    order.ship_to = json.dumps({"recipient": "王小明", "street": "人民路1号", "district": "徐汇区"})
    order.save()
    chinese = said("address-label", shipment.pk, language="zh-hans").replace(" ", "")
    assert "上海市徐汇区人民路1号" in chinese
    assert "CN" not in chinese and "中国" not in chinese
    assert "顺单" in said("delivery-note", shipment.pk, language="zh-hans")
    english = said("delivery-note", shipment.pk)
    assert "200030 China" in english
    assert "Orderwell" in english
    order.ship_country = "DE"
    order.save()
    assert "200030德国" in said("address-label", shipment.pk, language="zh-hans").replace(" ", "")
    assert "200030 Germany" in said("address-label", shipment.pk)


def test_parts_of_a_bundle_are_called_and_counted_as_what_they_are() -> None:
    """Who stands before the shelf looks for cups, and three of them are not three gift boxes."""
    home = make_warehouse()
    cup, pot = (stocked(20, warehouse=home, sku=name.upper(), name_en=name) for name in ("Cup", "Pot"))
    order = place([(make_bundle({cup: 3, pot: 1}, sku="BOX"), 2)])
    picks = said("pick-list", order.pk).replace("\n", " ")
    [shipment] = ship(order_id=order.pk, actor=owner(), now=NOW)
    for text in (picks, said("delivery-note", shipment.pk).replace("\n", " ")):
        assert re.search(r"CUP\s+Cup\s+礼盒 BOX", text) and re.search(r"POT\s+Pot\s+礼盒 BOX", text), text
    [row] = [row for row in delivery_notes([shipment.pk], owner(), Say("en"))[0].rows if row["sku"] == "CUP"]
    assert (row["ordered"], row["quantity"]) == ("6", "6")


def test_what_was_cancelled_is_not_ordered_any_more() -> None:
    home = make_warehouse()
    cup, pot = (stocked(20, warehouse=home, sku=name.upper(), name_en=name) for name in ("Cup", "Pot"))
    order = place([(cup, 5), (make_bundle({cup: 3, pot: 1}, sku="BOX"), 2)])
    units = {line.pk: D(2) if line.sku == "CUP" else D(1) for line in lines_of(order)}
    cancel_units(order_id=order.pk, lines=units, reason="too many", actor=owner(), now=NOW)
    [shipment] = ship(order_id=order.pk, actor=owner(), now=NOW)
    rows = delivery_notes([shipment.pk], owner(), Say("en"))[0].rows
    shown = [f"{row['sku']} {row['quantity']} of {row['ordered']}" for row in rows]
    assert shown == ["CUP 3 of 3", "CUP 3 of 3", "POT 1 of 1"]


def test_a_pick_list_says_that_nothing_is_left() -> None:
    shipment, _invoice = shipped_and_invoiced()
    assert "Nothing is reserved that is still to be picked." in said("pick-list", shipment.order_id)


def test_amounts_of_order_and_invoice_are_the_stored_ones() -> None:
    shipment, invoice = shipped_and_invoiced()
    order = shipment.order
    confirmation, bill = said("order-confirmation", order.pk), said("invoice", invoice.pk)
    for line in lines_of(order):
        assert money_text(line.gross_amount, "CNY") in confirmation
    for amount in (order.net_amount, order.tax_amount, order.total_amount):
        assert money_text(amount, "CNY") in confirmation
    for amount in (invoice.net_amount, invoice.tax_amount, invoice.gross_amount):
        assert money_text(amount, "CNY") in bill
    printed = [Decimal(text.replace(",", "")) for text in re.findall(r"¥([\d,]+\.\d\d)", bill)]
    lines = invoice.lines.count()
    # Net, tax and amount of each line, then the three sums: the parts on the paper add up to the sums on the paper.
    parts, sums = printed[: 3 * lines], printed[3 * lines :]
    assert [sum(parts[column::3], D(0)) for column in range(3)] == sums
    assert order.number in bill and invoice.number in bill


def test_a_character_that_no_font_has_is_marked_and_told() -> None:
    shipment, _invoice = shipped_and_invoiced()
    Order.objects.filter(pk=shipment.order_id).update(customer_name="𠀀𠮷 🌸 Li")
    text = said("order-confirmation", shipment.order_id)
    assert "〓𠮷 Li" in text and "〓 stands for characters that no font of ours has: U+20000." in " ".join(text.split())


def test_a_credit_note_names_its_invoice_and_amount() -> None:
    _, invoice = shipped_and_invoiced()
    note = issue_credit_note(invoice_id=invoice.pk, reason="Goodwill 善意", actor=owner(), now=NOW)
    text = said("credit-note", note.pk)
    assert {invoice.number, note.number} <= set(text.split())
    assert money_text(note.gross_amount, "CNY") in text
    assert "Goodwill 善意" in text


def test_an_issued_invoice_is_the_same_file_for_ever() -> None:
    _, invoice = shipped_and_invoiced()
    first = print_documents(kind="invoice", ids=[invoice.pk], actor=owner(), now=NOW)
    save_template(kind="invoice", options={"closing": "NEW WORDS"}, markup="", version=None, actor=owner(), now=NOW)
    assert print_documents(kind="invoice", ids=[invoice.pk], language="en", actor=owner(), now=NOW) == first
    row = IssuedDocument.objects.get(subject=f"invoice:{invoice.pk}")
    assert row.size == len(first)
    event = Event.objects.get(name="printing.document.issued")
    assert (event.stream, event.data["sha256"]) == (f"order:{invoice.order_id}", row.sha256)
    _, other = shipped_and_invoiced()
    assert "NEW WORDS" in said("invoice", other.pk)


def test_several_documents_become_one_file_in_the_order_asked_for() -> None:
    _, first = shipped_and_invoiced()
    _, second = shipped_and_invoiced()
    text = said("invoice", second.pk, first.pk)
    assert text.index(second.number) < text.index(first.number)
    slips = said("packing-slip", *Shipment.objects.values_list("pk", flat=True))
    assert all(number in slips for number in Shipment.objects.values_list("number", flat=True))
    with pytest.raises(TooManyDocuments):
        said("invoice", *range(1, 502))


def test_the_language_is_the_customers_unless_another_is_asked_for() -> None:
    shipment, _ = shipped_and_invoiced()
    assert "送货单" in said("delivery-note", shipment.pk, language="")
    english = said("delivery-note", shipment.pk, language="en")
    assert "Delivery note" in english and "Page 1 of 1" in english
    save_template(kind="delivery-note", options={"bilingual": True}, markup="", version=None, actor=owner(), now=NOW)
    both = said("delivery-note", shipment.pk, language="zh-hans")
    assert "送货单 Delivery note" in both


def test_an_invoice_bills_the_customer_and_not_who_takes_the_parcel() -> None:
    order = place([(stocked(), 1)])
    where = AddressDraft(recipient="李桂英", phone="17002309856", street="南京路 1 号", city="上海")
    change_order(order_id=order.pk, change=OrderChange(ship_to=where), version=None, actor=owner(), now=NOW)
    Customer.objects.filter(pk=order.customer_id).update(tax_number="91530100MA6K")
    Order.objects.filter(pk=order.pk).update(customer_name="昆明天禾百货")
    (_,), (invoice,) = ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    note = issue_credit_note(invoice_id=invoice.pk, reason="late", actor=owner(), now=NOW)
    for kind, pk in (("invoice", invoice.pk), ("credit-note", note.pk)):
        billed = said(kind, pk).split("Bill to")[1].split("Ship to")[0]
        assert "昆明天禾百货" in billed and "91530100MA6K" in billed and "南京路 1 号" in billed
        assert "李桂英" not in billed and "17002309856" not in billed
    confirmed = said("order-confirmation", order.pk)
    assert "昆明天禾百货" in confirmed and "李桂英" in confirmed
    # Who takes the parcel is named on the paper that goes with it.
    assert "李桂英" in said("delivery-note", Shipment.objects.get().pk)


def test_an_invoice_that_was_never_printed_keeps_whom_it_billed_when_it_was_issued() -> None:
    order = place([(stocked(), 2)])
    customer = Customer.objects.get(pk=order.customer_id)
    where = {"recipient": "Accounts", "street": "Old street 1", "city": "Oldtown", "country": "CN"}
    billing = Address.objects.create(customer=customer, kind="billing", **where)
    Customer.objects.filter(pk=customer.pk).update(tax_number="OLD-1")
    (_,), (invoice,) = ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    Customer.objects.filter(pk=customer.pk).update(tax_number="NEW-2")
    Address.objects.filter(pk=billing.pk).update(city="Newtown")
    note = issue_credit_note(invoice_id=invoice.pk, reason="late", actor=owner(), now=NOW)
    for kind, pk in (("invoice", invoice.pk), ("credit-note", note.pk)):
        text = said(kind, pk)
        assert "OLD-1" in text and "Oldtown" in text and "Old street 1" in text and "Accounts" in text
        assert "NEW-2" not in text and "Newtown" not in text
    # One from before this was kept bills whom it would bill today.
    Invoice.objects.filter(pk=invoice.pk).update(bill_to=None)
    IssuedDocument.objects.all().delete()
    assert "NEW-2" in said("invoice", invoice.pk)


def test_addresses_are_for_those_who_may_see_personal_data() -> None:
    order = place([(stocked(), 1)])
    where = AddressDraft(recipient="王小明", phone="13812345678", street="南京路 1 号", city="上海")
    change_order(order_id=order.pk, change=OrderChange(ship_to=where), version=None, actor=owner(), now=NOW)
    assert "南京路 1 号" in said("order-confirmation", order.pk)
    (_,), (invoice,) = ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    sees = clerk()
    blind = replace(sees, permissions=sees.permissions - {Permission.CUSTOMERS_PERSONAL_DATA_VIEW})
    text = text_of(print_documents(kind="invoice", ids=[invoice.pk], actor=blind, now=NOW))
    assert "南京路" not in text and "13812345678" not in text and "上海" in text
    assert not IssuedDocument.objects.exists(), "a copy without the address was taken for the issued one"


def test_who_may_not_see_a_document_cannot_print_it() -> None:
    shipment, invoice = shipped_and_invoiced()
    with pytest.raises(PermissionDenied):
        print_documents(kind="invoice", ids=[invoice.pk], actor=warehouse_worker(), now=NOW)
    for kind, pk in (("invoice", invoice.pk), ("packing-slip", shipment.pk), ("pick-list", shipment.order_id)):
        with pytest.raises(NotFound):
            print_documents(kind=kind, ids=[pk], actor=limited(owner(), channels=frozenset()), now=NOW)
    with pytest.raises(UnknownDocumentKind):
        print_documents(kind="love-letter", ids=[1], actor=owner(), now=NOW)


def test_a_pick_list_says_what_is_reserved_and_a_cancelled_order_is_marked() -> None:
    cup = stocked()
    order = place([(cup, 4)])
    picks = said("pick-list", order.pk)
    assert cup.sku in picks and "☐" in picks
    cancel_units(order_id=order.pk, lines=None, reason="x", actor=owner(), now=NOW)
    assert cup.sku not in said("pick-list", order.pk)
    assert "Cancelled" in said("order-confirmation", order.pk)


def test_a_thousand_lines_go_on_many_pages() -> None:
    goods = [stocked() for _ in range(4)]
    order = place([(goods[index % 4], 1) for index in range(400)])
    pdf = print_documents(kind="order-confirmation", ids=[order.pk], actor=owner(), now=NOW)
    assert len(PdfReader(io.BytesIO(pdf)).pages) > 8


def test_a_template_is_saved_in_versions_and_one_can_go_back() -> None:
    order = place([(stocked(), 1)])
    first = save_template(
        kind="order-confirmation",
        options={"closing": "ONE", "columns": ["name"]},
        markup="",
        version=None,
        actor=owner(),
        now=NOW,
    )
    assert "ONE" in said("order-confirmation", order.pk)
    markup = "#let document(doc, given) = [SPECIAL #doc.number #given.closing]"
    save_template(
        kind="order-confirmation",
        options={"closing": "TWO"},
        markup=markup,
        version=first.version,
        actor=owner(),
        now=NOW,
    )
    assert f"SPECIAL {order.number} TWO" in said("order-confirmation", order.pk)
    with pytest.raises(StaleVersion):
        save_template(kind="order-confirmation", options={}, markup="", version=1, actor=owner(), now=NOW)
    back = restore_version(template_id=first.pk, version=1, actor=owner(), now=NOW)
    assert (back.version, back.options["closing"], back.markup) == (3, "ONE", "")
    assert PrintTemplateVersion.objects.count() == 3
    reset_template(template_id=first.pk, actor=owner(), now=NOW)
    assert "ONE" not in said("order-confirmation", order.pk)
    assert not PrintTemplate.objects.exists()


def test_the_narrowest_template_counts() -> None:
    order = place([(stocked(), 1)])
    shared = {"kind": "order-confirmation", "markup": "", "version": None, "actor": owner(), "now": NOW}
    save_template(options={"closing": "ANY"}, **shared)  # type: ignore[arg-type]
    save_template(options={"closing": "ENGLISH"}, language="en", **shared)  # type: ignore[arg-type]
    save_template(options={"closing": "CHANNEL"}, channel=order.channel.code, **shared)  # type: ignore[arg-type]
    assert "CHANNEL" in said("order-confirmation", order.pk, language="en")
    other = place([(stocked(), 1)])
    assert "ENGLISH" in said("order-confirmation", other.pk, language="en")
    assert "ANY" in said("order-confirmation", other.pk, language="zh-hans")


def test_what_cannot_be_set_is_not_saved() -> None:
    with pytest.raises(TemplateBroken) as caught:
        save_template(
            kind="invoice",
            options={},
            markup="#let document(doc, given) = {\n\n  nonsense(\n}",
            version=None,
            actor=owner(),
            now=NOW,
        )
    assert caught.value.pointer == "/markup"
    for options in ({"paper": "a9"}, {"colour": "red"}, {"columns": ["nope"]}, {"barcode": "yes"}, {"nope": 1}):
        with pytest.raises(Exception, match="error") as refused:
            save_template(kind="invoice", options=options, markup="", version=None, actor=owner(), now=NOW)
        (detail,) = refused.value.details  # type: ignore[attr-defined]
        assert detail.pointer == f"/options/{next(iter(options))}"
    with pytest.raises(PermissionDenied):
        save_template(kind="invoice", options={}, markup="", version=None, actor=clerk(), now=NOW)
    assert not PrintTemplate.objects.exists()


@pytest.mark.parametrize("part", ["rows", "sums", "notes", "facts", "signatures"])
def test_a_template_is_tried_in_the_parts_that_repeat_too(part: str) -> None:
    markup = f"#let document(doc, given) = {{\n  for one in doc.{part} {{ [#one.nonsense()] }}\n}}"
    shared = {"kind": "invoice", "options": {}, "version": None, "actor": owner(), "now": NOW}
    with pytest.raises(TemplateBroken) as caught:
        save_template(markup=markup, **shared)  # type: ignore[arg-type]
    assert "line 2" in caught.value.detail().text()
    assert not PrintTemplate.objects.exists()


def test_a_template_is_tried_with_a_real_document_where_there_is_one() -> None:
    order = place([(stocked(), 1)])
    shared = {"kind": "order-confirmation", "options": {}, "version": None, "actor": owner(), "now": NOW}
    # The one made up has a number of a single letter; that of an order is longer.
    markup = "#let document(doc, given) = [#doc.number.at(%d) #doc.rows.at(0).len()]"
    with pytest.raises(TemplateBroken):
        save_template(markup=markup % 3, **shared)  # type: ignore[arg-type]
    save_template(markup=markup % 3, sample=order.pk, **shared)  # type: ignore[arg-type]
    assert order.number[3] in said("order-confirmation", order.pk)


def test_a_preview_shows_what_is_not_saved() -> None:
    order = place([(stocked(), 1)])
    shared = {"kind": "order-confirmation", "options": {"colour": "#aa0000"}, "markup": "", "language": ""}
    (with_order,) = preview(document_id=order.pk, actor=owner(), **shared)  # type: ignore[arg-type]
    (without,) = preview(document_id=None, actor=owner(), **shared)  # type: ignore[arg-type]
    assert with_order.startswith(b"\x89PNG") and with_order != without
    assert not PrintTemplate.objects.exists()


def test_the_logo_is_a_picture_or_refused() -> None:
    save_logo(
        content=b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
        actor=owner(),
        now=NOW,
    )
    order = place([(stocked(), 1)])
    pdf = print_documents(kind="order-confirmation", ids=[order.pk], actor=owner(), now=NOW)
    for wrong in (b"hello", b"\x89PNG\r\n\x1a\n but no picture", b"<svg" + b" " * 600_000):
        with pytest.raises(UnusableLogo):
            save_logo(content=wrong, actor=owner(), now=NOW)
    save_logo(content=b"", actor=owner(), now=NOW)
    assert len(print_documents(kind="order-confirmation", ids=[order.pk], actor=owner(), now=NOW)) < len(pdf)
