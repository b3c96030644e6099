"""Pieces that several documents share: addresses, lines, sums, as text. Amounts are the stored ones; nothing is added up."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from orderwell.domains.billing.models import Invoice
from orderwell.domains.billing.recipient import billed
from orderwell.domains.catalog.models import Variant
from orderwell.domains.customers.models import Address
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.countries import country_names_of
from orderwell.platform.formats import money_text, percent_text, price_text, quantity_text
from orderwell.platform.permissions import Permission
from orderwell.platform.printing.contents import Block, Cell, Say, Sum
from orderwell.platform.printing.kinds import Column

# Columns of what is priced, and of what is only counted.
PRICED = {
    "sku": Column(_("SKU")),
    "name": Column(_("Product"), "wide"),
    "quantity": Column(_("Quantity"), "number"),
    "unit_price": Column(_("Unit price"), "number"),
    "discount": Column(_("Discount"), "number"),
    "tax_rate": Column(_("Tax rate"), "number"),
    "net": Column(_("Net"), "number"),
    "tax": Column(_("Tax"), "number"),
    "amount": Column(_("Amount"), "number"),
}


def goods_name(line: OrderLine, variant: Variant, say: Say) -> Cell:
    """What is taken from the shelf: of a bundle the component, and below it the bundle it is a part of."""
    if not line.is_bundle:
        return line.name
    return say.name(variant.name_zh, variant.name_en), f"{line.name} {line.sku}"


def place_lines(
    say: Say, *, street: str, district: str, city: str, region: str, postcode: str, country: str
) -> list[str]:
    """Within China and for Chinese readers from the large to the small, without the country; else street first."""
    if say.language.startswith("zh") and country in {"", "CN"}:
        areas = [region, city, district]
        joined = "".join(area for index, area in enumerate(areas) if area and area not in areas[:index])
        return [f"{joined}{street}", postcode]
    place = " ".join(part for part in (region, city, district) if part)
    return [street, place, place_of_country(say, postcode, country)]


def place_of_country(say: Say, postcode: str, country: str) -> str:
    """The last line of an address: the postcode and the country by its name."""
    return " ".join(part for part in (postcode, say.name(*country_names_of(country)) if country else "") if part)


def ship_to(order: Order, actor: Actor, title: str, say: Say, *, with_customer: bool = False) -> Block:
    """Where the order goes; without permission for personal data only the place.

    `with_customer`: whose order it is stands above who takes the goods, where the two are not the same.
    """
    given = _given(order, actor)
    recipient = given.get("recipient", "") or order.customer_name
    customer = order.customer_name if with_customer and order.customer_name != recipient else ""
    return Block(title, [customer, recipient, given.get("phone", ""), *_delivery_place(order, given, say)])


def _given(order: Order, actor: Actor) -> Mapping[str, str]:
    if not order.ship_to or not actor.may(Permission.CUSTOMERS_PERSONAL_DATA_VIEW):
        return {}
    found: Mapping[str, str] = json.loads(order.ship_to)
    return found


def _delivery_place(order: Order, given: Mapping[str, str], say: Say) -> list[str]:
    return place_lines(
        say,
        street=given.get("street", ""),
        district=given.get("district", ""),
        city=order.ship_city,
        region=order.ship_region,
        postcode=order.ship_postcode,
        country=order.ship_country,
    )


def billed_to(invoice: Invoice, actor: Actor, title: str, say: Say) -> Block:
    """Whom the invoice bills; without permission for personal data the customer and the place alone."""
    found, sees = billed(invoice), actor.may(Permission.CUSTOMERS_PERSONAL_DATA_VIEW)
    place = place_lines(
        say,
        street=found.street if sees else "",
        district=found.district if sees else "",
        city=found.city,
        region=found.region,
        postcode=found.postcode,
        country=found.country,
    )
    name = found.name if sees or invoice.order.customer_id else invoice.order.customer_name
    return Block(title, [name, found.person if sees else "", *place, found.tax_number])


def billing_addresses(customer_ids: Collection[int | None]) -> dict[int, Address]:
    """Customer -> the address that invoices go to."""
    rows = Address.objects.filter(
        customer_id__in=[pk for pk in customer_ids if pk], kind=Address.Kind.BILLING
    ).order_by("is_default", "-pk")
    return {row.customer_id: row for row in rows}


def sums(net: Decimal, tax: Decimal, gross: Decimal, currency: str, say: Say) -> list[Sum]:
    return [
        Sum(say(_("Net")), money_text(net, currency)),
        Sum(say(_("Tax")), money_text(tax, currency)),
        Sum(say(_("Total")), money_text(gross, currency), strong=True),
    ]


def priced_row(
    line: OrderLine,
    say: Say,
    *,
    quantity: Decimal,
    net: Decimal,
    tax: Decimal,
    gross: Decimal,
    currency: str,
    discount: Decimal | None = None,
) -> dict[str, Cell]:
    goods = line.kind == OrderLine.Kind.GOODS
    return {
        "sku": line.sku if goods else "",
        # The program's own word; what somebody typed for a charge stays as it is.
        "name": say(line.name) if line.kind == OrderLine.Kind.SHIPPING else line.name,
        "quantity": quantity_text(quantity) if goods else "",
        "unit_price": price_text(line.unit_price, currency, symbol=False) if goods else "",
        "discount": money_text(discount, currency) if discount else "",
        "tax_rate": percent_text(line.tax_rate),
        "net": money_text(net, currency),
        "tax": money_text(tax, currency),
        "amount": money_text(gross, currency),
    }
