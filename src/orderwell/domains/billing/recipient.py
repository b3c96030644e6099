"""Whom an invoice bills, as it was when it was issued: later changes of the customer never alter what was written."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields

from orderwell.domains.billing.models import Invoice
from orderwell.domains.customers.models import Address
from orderwell.domains.orders.models import Order

PLACE = ("street", "district", "city", "region", "postcode", "country")


@dataclass(frozen=True, slots=True)
class Recipient:
    """`person` is who receives invoices at the billing address, where that is not the customer itself."""

    name: str
    tax_number: str = ""
    person: str = ""
    street: str = ""
    district: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""


def recipient_of(order: Order) -> Recipient:
    """At the customer's billing address, else at the place where the order goes. Who takes the parcel is nobody to bill,
    unless no customer is known."""
    customer = order.customer
    billing = customer.addresses.filter(kind=Address.Kind.BILLING).order_by("-is_default", "pk") if customer else None
    address = billing.first() if billing is not None else None
    if customer is not None and address is not None:
        person = address.recipient if address.recipient != order.customer_name else ""
        place = {name: getattr(address, name) for name in PLACE}
        return Recipient(order.customer_name, customer.tax_number, person, **place)
    given = json.loads(order.ship_to) if order.ship_to else {}
    place = {
        "street": given.get("street", ""),
        "district": given.get("district", ""),
        **{name: getattr(order, f"ship_{name}") for name in ("city", "region", "postcode", "country")},
    }
    if customer is None:
        return Recipient(given.get("recipient", "") or order.customer_name, **place)
    return Recipient(order.customer_name, customer.tax_number, **place)


def kept_text(recipient: Recipient) -> str:
    return json.dumps(asdict(recipient), ensure_ascii=False)


def billed(invoice: Invoice) -> Recipient:
    """Whom the invoice bills; of one issued before this was kept, whom it would bill today."""
    if invoice.bill_to is None:
        return recipient_of(invoice.order)
    known = {field.name for field in fields(Recipient)}
    return Recipient(**{name: value for name, value in json.loads(invoice.bill_to).items() if name in known})
