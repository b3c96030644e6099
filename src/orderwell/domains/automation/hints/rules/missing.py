"""What a delivery needs and nobody has entered: an address, a phone, a postcode."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from orderwell.domains.automation.hints.facts.values import AddressFacts, CustomerFacts, OrderFacts
from orderwell.domains.automation.hints.hint import Hint, Remedy, Severity
from orderwell.domains.automation.hints.registry import Limits, Threshold, define
from orderwell.domains.automation.hints.rules.common import ask, changing, may_change, open_change
from orderwell.domains.automation.hints.rules.places import POSTCODES
from orderwell.kernel.errors import Phrase
from orderwell.platform.configuration.kinds import text
from orderwell.platform.countries import country_named
from orderwell.platform.permissions import Permission

P = Permission
ADDRESS = define(
    "missing_address",
    _("Missing address"),
    _("Points out an order with goods to ship and no delivery address: its customer is known, the place is not."),
)
PHONE = define(
    "missing_phone",
    _("Missing phone"),
    _("Points out an order whose carrier could call nobody, and a customer without any phone."),
)
POSTCODE = define(
    "missing_postcode",
    _("Missing postcode"),
    _("Points out an address without a postcode in a country where carriers ask for one."),
    Threshold(
        "without",
        text(most=300),
        "CN",
        _("Countries that do without"),
        _("Codes of countries, separated by spaces, whose addresses need no postcode."),
    ),
)


@ADDRESS.on("order")
def order_without_address(order: OrderFacts, limits: Limits) -> Iterator[Hint]:
    # Without a customer it is sold over the counter.
    if order.address is not None or order.customer is None or order.kind == "entry" or not order.to_ship:
        return
    remedies = []
    if order.customer.address_id is not None and may_change(order):
        label = Phrase(_("Send it to {place}"), place=order.customer.place)
        remedies.append(Remedy("take-address", label, {"address_id": order.customer.address_id}, P.ORDERS_ORDER_CHANGE))
    remedies += [*open_change(order, _("Enter the address")), *ask(order, _("Ask for the address"))]
    reason = Phrase(_("There are goods to ship, and no address to ship them to."))
    yield ADDRESS.hint(order, Severity.WARNING, reason, *remedies, inputs={"order": order.number})


@PHONE.on("order")
def order_without_phone(order: OrderFacts, limits: Limits) -> Iterator[Hint]:
    address = order.address
    if address is None or address.hidden or address.phone.strip() or not order.to_ship:
        return
    remedies = []
    if order.customer and order.customer.phone and may_change(order):
        label = Phrase(_("Take {phone} of the customer"), phone=order.customer.phone)
        data = {"field": "phone", "value": order.customer.phone}
        remedies.append(Remedy("fill-address", label, data, changing(order)))
    remedies += [*open_change(order, _("Enter the phone")), *ask(order, _("Ask for the phone"))]
    reason = Phrase(_("The delivery address has no phone, so the carrier can call nobody."))
    yield PHONE.hint(order, Severity.WARNING, reason, *remedies, inputs=_place(address))


@PHONE.on("customer")
def customer_without_phone(customer: CustomerFacts, limits: Limits) -> Iterator[Hint]:
    if customer.has_phone:
        return
    reason = Phrase(_("No contact and no address of this customer has a phone."))
    remedy = _open(customer, _("Enter the phone"))
    yield PHONE.hint(customer, Severity.NOTICE, reason, remedy, inputs={"customer": customer.number})


@POSTCODE.on("order")
def order_without_postcode(order: OrderFacts, limits: Limits) -> Iterator[Hint]:
    address = order.address
    if address is None or not order.to_ship or not _lacks_postcode(address, limits):
        return
    remedies = []
    if order.customer and order.customer.postcode and may_change(order) and not address.hidden:
        label = Phrase(_("Take {postcode} of the customer"), postcode=order.customer.postcode)
        data = {"field": "postcode", "value": order.customer.postcode}
        remedies.append(Remedy("fill-address", label, data, changing(order)))
    remedies += [*open_change(order, _("Enter the postcode")), *ask(order, _("Ask for the postcode"))]
    yield POSTCODE.hint(order, Severity.WARNING, _postcode_reason(address), *remedies, inputs=_place(address))


@POSTCODE.on("customer")
def customer_without_postcode(customer: CustomerFacts, limits: Limits) -> Iterator[Hint]:
    for address in customer.addresses:
        if _lacks_postcode(address, limits):
            remedy = _open(customer, _("Enter the postcode"))
            reason = _postcode_reason(address)
            yield POSTCODE.hint(customer, Severity.NOTICE, reason, remedy, inputs=_place(address))
            return


def _lacks_postcode(address: AddressFacts, limits: Limits) -> bool:
    without = set(limits["without"].upper().replace(",", " ").split())
    return not address.postcode.strip() and address.country in POSTCODES and address.country not in without


def _postcode_reason(address: AddressFacts) -> Phrase:
    city = address.city or address.region or country_named(address.country)
    text = _("The address in {city} has no postcode; in {country} it looks like {example}.")
    return Phrase(text, city=city, country=country_named(address.country), example=POSTCODES[address.country][1])


def _place(address: AddressFacts) -> dict[str, str]:
    """What the hint rests on. Only its hash is kept."""
    names = ("recipient", "phone", "street", "city", "region", "postcode", "country")
    return {name: getattr(address, name) for name in names}


def _open(customer: CustomerFacts, label: str) -> Remedy:
    data = {"customer_id": customer.id}
    return Remedy("change-customer", Phrase(label), data, P.CUSTOMERS_CUSTOMER_CHANGE)
