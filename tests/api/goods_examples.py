"""The good requests of stock, shipments and money."""

from __future__ import annotations

from typing import Any

from tests.api.examples import ANY, CHANNEL, Example, Request, World, new_customer, simple

WAREHOUSE = "warehouse"
COUNT = {"warehouse": "main", "reason": "count", "lines": [{"sku": "CUP", "counted": "90"}]}
RECEIPT = {"warehouse": "main", "lines": [{"sku": "CUP", "quantity": 5}]}
EXPECTED = {
    "reference": "PO-1",
    "sku": "CUP",
    "warehouse": "main",
    "quantity": "50",
    "due_at": "2031-01-01T00:00:00Z",
}


def _planned(world: World) -> int:
    body = {"origin": "main", "destination": _second_warehouse(world), "lines": [{"sku": "CUP", "quantity": 3}]}
    return world.created("/transfers", body)["id"]  # type: ignore[no-any-return]


def _second_warehouse(world: World) -> str:
    world.created("/warehouses", {"code": "second"})
    return "second"


def _dispatched(world: World) -> int:
    transfer = _planned(world)
    answer = world.owner.post(f"/transfers/{transfer}/dispatch", headers=ANY)
    assert answer.status_code == 200, answer.content
    return transfer


def _count(world: World) -> str:
    count = world.created("/counts", {"warehouse": "main", "skus": ["CUP"]})["id"]
    world.created(f"/counts/{count}/entries", {"entries": [{"code": "CUP", "quantity": "98"}]})
    return f"/counts/{count}"


def _shipped(world: World) -> dict[str, Any]:
    return world.created(f"/orders/{world.order()}/shipments", {})[0]  # type: ignore[no-any-return, index]


def _returned(world: World) -> int:
    shipment = _shipped(world)
    line = shipment["lines"][0]["order_line_id"]
    body = {"lines": [{"line_id": line, "quantity": 1}], "reason": "too small"}
    return world.created(f"/orders/{shipment['order_id']}/returns", body)["id"]  # type: ignore[no-any-return]


def _return_request(world: World) -> Request:
    shipment = _shipped(world)
    lines = [{"line_id": shipment["lines"][0]["order_line_id"], "quantity": "1", "disposition": "scrap"}]
    return Request(f"/orders/{shipment['order_id']}/returns", {"lines": lines, "reason": "broken"})


def _template(world: World) -> str:
    made = world.owner("PUT", "/print-templates/pick-list", {"options": {"paper": "a5"}})
    assert made.status_code == 200, made.content
    return "pick-list"


def _logo() -> dict[str, Any]:
    from django.core.files.uploadedfile import SimpleUploadedFile

    picture = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    return {"file": SimpleUploadedFile("logo.svg", picture, "image/svg+xml")}


def _invoice(world: World) -> int:
    return world.created(f"/orders/{world.order()}/invoices", {})["id"]  # type: ignore[no-any-return]


def _settled(world: World) -> int:
    return_id = _returned(world)
    world.created(f"/returns/{return_id}/settlement", {"reason": "exchanged"})
    return return_id


def _credit_note(world: World) -> int:
    return world.created(f"/invoices/{_invoice(world)}/credit-notes", {"reason": "goodwill"})["id"]  # type: ignore[no-any-return]


PAYMENT = {"amount": "10.00", "method": "cash"}


def _payment(world: World) -> int:
    return world.created(f"/orders/{world.order()}/payments", PAYMENT)["id"]  # type: ignore[no-any-return]


def _refund(world: World) -> int:
    given = {"amount": "4", "reason": "goodwill"}
    return world.created(f"/payments/{_payment(world)}/refunds", given)["id"]  # type: ignore[no-any-return]


def _variant(world: World, path: str) -> Request:
    return Request(f"/stock/{path}variant_id={world.shop.cup.pk}")


EXAMPLES: dict[tuple[str, str], Example] = {
    ("GET", "/warehouses"): simple("/warehouses"),
    ("POST", "/warehouses"): simple("/warehouses", {"code": "second", "name_zh": "二号仓"}),
    ("GET", "/stock"): simple("/stock?search=cup"),
    ("GET", "/stock/available"): Example(lambda world: _variant(world, "available?channel=web&")),
    ("GET", "/stock/atp"): Example(lambda world: _variant(world, "atp?")),
    ("GET", "/stock/as-of"): Example(lambda world: _variant(world, "as-of?moment=2031-01-01T00:00:00Z&")),
    ("GET", "/stock/movements"): simple("/stock/movements?warehouse=main"),
    ("GET", "/adjustments"): simple("/adjustments"),
    ("POST", "/adjustments"): Example(lambda world: Request("/adjustments", COUNT), WAREHOUSE, 422),
    ("POST", "/adjustments/bulk"): simple("/adjustments/bulk", {"adjustments": [COUNT]}),
    ("POST", "/receipts"): Example(lambda world: Request("/receipts", RECEIPT), WAREHOUSE, 422),
    ("GET", "/expected-receipts"): simple("/expected-receipts"),
    ("POST", "/expected-receipts"): Example(lambda world: Request("/expected-receipts", EXPECTED), WAREHOUSE, 422),
    ("POST", "/expected-receipts/{receipt_id}/cancel"): Example(
        lambda world: Request(f"/expected-receipts/{world.created('/expected-receipts', EXPECTED)['id']}/cancel"),
        WAREHOUSE,
    ),
    ("GET", "/counts"): simple("/counts"),
    ("POST", "/counts"): Example(lambda world: Request("/counts", {"warehouse": "main"}), WAREHOUSE, 422),
    ("GET", "/counts/{count_id}"): Example(lambda world: Request(_count(world)), WAREHOUSE),
    ("GET", "/counts/{count_id}/lines"): Example(lambda world: Request(f"{_count(world)}/lines"), WAREHOUSE),
    ("POST", "/counts/{count_id}/entries"): Example(
        lambda world: Request(f"{_count(world)}/entries", {"entries": [{"code": "CUP", "quantity": "2", "add": True}]}),
        WAREHOUSE,
    ),
    ("POST", "/counts/{count_id}/post"): Example(lambda world: Request(f"{_count(world)}/post"), WAREHOUSE),
    ("POST", "/counts/{count_id}/cancel"): Example(lambda world: Request(f"{_count(world)}/cancel"), WAREHOUSE),
    ("GET", "/buffers"): simple("/buffers"),
    ("POST", "/buffers"): Example(
        lambda world: Request("/buffers", {"channel": "web", "quantity": "5", "sku": "CUP"}), CHANNEL, 422
    ),
    ("GET", "/transfers"): simple("/transfers"),
    ("GET", "/transfers/{transfer_id}"): Example(lambda world: Request(f"/transfers/{_planned(world)}"), WAREHOUSE),
    ("POST", "/transfers"): Example(
        lambda world: Request(
            "/transfers",
            {"origin": "main", "destination": _second_warehouse(world), "lines": [{"sku": "CUP", "quantity": 3}]},
        ),
        WAREHOUSE,
        422,
    ),
    ("PUT", "/transfers/{transfer_id}"): Example(
        lambda world: Request(
            f"/transfers/{_planned(world)}",
            {"origin": "main", "destination": "second", "lines": [{"sku": "POT", "quantity": 1}]},
            ANY,
        ),
        WAREHOUSE,
    ),
    ("POST", "/transfers/{transfer_id}/dispatch"): Example(
        lambda world: Request(f"/transfers/{_planned(world)}/dispatch", headers=ANY), WAREHOUSE
    ),
    ("POST", "/transfers/{transfer_id}/receive"): Example(
        lambda world: Request(f"/transfers/{_dispatched(world)}/receive", {}, ANY), WAREHOUSE
    ),
    ("POST", "/transfers/{transfer_id}/cancel"): Example(
        lambda world: Request(f"/transfers/{_planned(world)}/cancel", headers=ANY), WAREHOUSE
    ),
    ("GET", "/shipments"): simple("/shipments"),
    ("GET", "/shipments/{shipment_id}"): Example(
        lambda world: Request(f"/shipments/{_shipped(world)['id']}"), WAREHOUSE
    ),
    ("POST", "/orders/{order_id}/shipments"): Example(
        lambda world: Request(f"/orders/{world.order()}/shipments", {"carrier": "SF", "tracking_number": "SF1"}),
        CHANNEL,
    ),
    ("PATCH", "/shipments/{shipment_id}"): Example(
        lambda world: Request(f"/shipments/{_shipped(world)['id']}", {"carrier": "SF", "tracking_number": "2"}, ANY),
        WAREHOUSE,
    ),
    ("POST", "/shipments/{shipment_id}/deliver"): Example(
        lambda world: Request(f"/shipments/{_shipped(world)['id']}/deliver", {}), WAREHOUSE
    ),
    ("GET", "/returns"): simple("/returns"),
    ("GET", "/returns/{return_id}"): Example(lambda world: Request(f"/returns/{_returned(world)}"), CHANNEL),
    ("POST", "/orders/{order_id}/returns"): Example(_return_request, CHANNEL),
    ("GET", "/invoices"): simple("/invoices"),
    ("GET", "/invoices/{invoice_id}"): Example(lambda world: Request(f"/invoices/{_invoice(world)}"), CHANNEL),
    ("POST", "/orders/{order_id}/invoices"): Example(
        lambda world: Request(f"/orders/{world.order()}/invoices", {}), CHANNEL
    ),
    ("POST", "/shipments/{shipment_id}/invoices"): Example(
        lambda world: Request(f"/shipments/{_shipped(world)['id']}/invoices"), CHANNEL
    ),
    ("GET", "/credit-notes"): simple("/credit-notes"),
    ("GET", "/credit-notes/{note_id}"): Example(lambda world: Request(f"/credit-notes/{_credit_note(world)}"), CHANNEL),
    ("POST", "/invoices/{invoice_id}/credit-notes"): Example(
        lambda world: Request(f"/invoices/{_invoice(world)}/credit-notes", {"reason": "goodwill"}), CHANNEL
    ),
    ("POST", "/returns/{return_id}/credit-notes"): Example(
        lambda world: Request(f"/returns/{_returned(world)}/credit-notes"), CHANNEL
    ),
    ("POST", "/returns/{return_id}/undo"): Example(
        lambda world: Request(f"/returns/{_returned(world)}/undo", {"reason": "another order"}), CHANNEL
    ),
    ("POST", "/returns/{return_id}/settlement/undo"): Example(
        lambda world: Request(f"/returns/{_settled(world)}/settlement/undo", {"reason": "not exchanged"}), CHANNEL
    ),
    ("POST", "/returns/{return_id}/settlement"): Example(
        lambda world: Request(f"/returns/{_returned(world)}/settlement", {"reason": "exchanged"}), CHANNEL
    ),
    ("GET", "/payments"): simple("/payments"),
    ("GET", "/payments/{payment_id}"): Example(lambda world: Request(f"/payments/{_payment(world)}"), CHANNEL),
    ("POST", "/orders/{order_id}/payments"): Example(
        lambda world: Request(f"/orders/{world.order()}/payments", PAYMENT), CHANNEL
    ),
    ("POST", "/payments/{payment_id}/refunds"): Example(
        lambda world: Request(f"/payments/{_payment(world)}/refunds", {"amount": "4", "reason": "goodwill"}), CHANNEL
    ),
    ("POST", "/payments/{payment_id}/undo"): Example(
        lambda world: Request(f"/payments/{_payment(world)}/undo", {"reason": "another order"}), CHANNEL
    ),
    ("POST", "/credit-notes/{note_id}/undo"): Example(
        lambda world: Request(f"/credit-notes/{_credit_note(world)}/undo", {"reason": "wrong invoice"}), CHANNEL
    ),
    ("POST", "/refunds/{refund_id}/undo"): Example(
        lambda world: Request(f"/refunds/{_refund(world)}/undo", {"reason": "never went out"}), CHANNEL
    ),
    ("GET", "/orders/{order_id}/money"): Example(lambda world: Request(f"/orders/{world.order()}/money"), CHANNEL),
    ("GET", "/customers/{customer_id}/balance"): Example(
        lambda world: Request(f"/customers/{new_customer(world)}/balance")
    ),
    ("GET", "/orders/{order_id}/documents/{kind}"): Example(
        lambda world: Request(f"/orders/{world.order()}/documents/order-confirmation"), CHANNEL
    ),
    ("GET", "/shipments/{shipment_id}/documents/{kind}"): Example(
        lambda world: Request(f"/shipments/{_shipped(world)['id']}/documents/packing-slip"), WAREHOUSE
    ),
    ("GET", "/customers/{customer_id}/statement"): Example(
        lambda world: Request(f"/customers/{new_customer(world)}/statement?first=2026-01-01&limit=10"), "team"
    ),
    ("GET", "/customers/{customer_id}/statements"): Example(
        lambda world: Request(f"/customers/{new_customer(world)}/statements"), "team"
    ),
    ("POST", "/customers/{customer_id}/statements"): Example(
        lambda world: Request(f"/customers/{new_customer(world)}/statements", {"last": "2026-03-31"}), "team"
    ),
    ("GET", "/statements/{statement_id}/pdf"): Example(
        lambda world: Request(
            f"/statements/{world.created(f'/customers/{new_customer(world)}/statements', {})['id']}/pdf"
        ),
        "team",
    ),
    ("GET", "/invoices/{invoice_id}/pdf"): Example(lambda world: Request(f"/invoices/{_invoice(world)}/pdf"), CHANNEL),
    ("GET", "/credit-notes/{credit_note_id}/pdf"): Example(
        lambda world: Request(f"/credit-notes/{_credit_note(world)}/pdf"), CHANNEL
    ),
    ("GET", "/print-templates"): simple("/print-templates"),
    ("PUT", "/print-templates/{kind}"): simple("/print-templates/invoice", {"options": {"closing": "Thank you"}}),
    ("DELETE", "/print-templates/{kind}"): Example(lambda world: Request(f"/print-templates/{_template(world)}")),
    ("POST", "/print-logo"): Example(lambda world: Request("/print-logo", fields=_logo)),
}
