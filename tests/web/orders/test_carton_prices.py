"""Lines pasted with the barcode of a carton: cartons are counted, and priced."""

from __future__ import annotations

from django.test import Client

from orderwell.domains.catalog.models import Barcode, Pack
from tests.web.conftest import Company


def test_the_price_beside_the_barcode_of_a_carton_is_that_of_a_carton(owner: Client, company: Company) -> None:
    carton = Pack.objects.create(variant=company.cup, unit="箱", quantity=12)
    Barcode.objects.create(code="2000000101668", variant=company.cup, pack=carton)
    text = "2000000101668\t2\t114\n2000000101668\t1\t100\n"
    whole, odd = owner.post("/orders/pasted/", {"text": text}).json()["rows"]
    assert (whole["sku"], whole["quantity"], whole["unit_price"], whole["note"]) == ("CUP", "24", "9.5", "")
    assert (odd["quantity"], odd["unit_price"]) == ("12", "") and "price of a pack of 12" in odd["note"]
