"""Addresses that look wrong. Each finding says what it saw and what it expected; what is not certain is left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from orderwell.domains.automation.hints.facts.values import AddressFacts, CustomerFacts, OrderFacts
from orderwell.domains.automation.hints.hint import Hint, Remedy, Severity
from orderwell.domains.automation.hints.registry import Limits, Threshold, define
from orderwell.domains.automation.hints.rules.common import ask, hold_for, open_change
from orderwell.domains.automation.hints.rules.places import POSTCODES, PROVINCES, province_of
from orderwell.kernel.errors import Phrase
from orderwell.platform.configuration.kinds import whole
from orderwell.platform.countries import country_named, known_country
from orderwell.platform.permissions import Permission

ADDRESS = define(
    "suspect_address",
    _("Address looks wrong"),
    _("Points out a country, postcode, phone, e-mail, city or street that cannot be right, with what was expected."),
    Threshold(
        "phone_digits",
        whole(low=4, high=12),
        7,
        _("Digits of the shortest phone"),
        _("A phone with fewer digits is pointed out."),
    ),
)
MOST_DIGITS = 15  # ITU-T E.164
CHINESE_MOBILE_DIGITS = 11
_LIKE_AN_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
# Landlines begin with 0 or are shorter than ten digits; another country's code doesn't begin with 13 to 19.
_LIKE_A_MOBILE = re.compile(r"1[3-9]\d{8,}")


def findings(address: AddressFacts, limits: Limits) -> Iterator[tuple[str, Phrase]]:
    """(what is wrong, the sentence), the surest first. Nothing is said of what the reader may not see."""
    yield from _postcode(address)
    if address.country and not known_country(address.country):
        yield "country", Phrase(_("The country is {country}; there is no such code."), country=address.country)
    if re.search(r"\d", address.city):
        yield "city", Phrase(_("The city is {city}; a city has no digits in its name."), city=address.city)
    if address.hidden:
        return
    street, recipient = address.street.strip(), address.recipient.strip()
    if street and recipient and street.casefold() == recipient.casefold():
        yield "street", Phrase(_("The street is {street}, the same as the recipient."), street=street)
    elif street and not address.city.strip() and not address.district.strip():
        yield "city", Phrase(_("There is a street, {street}, but no city."), street=street)
    elif street and re.fullmatch(r"[\d\s.,-]+", street):
        yield "street", Phrase(_("The street is {street}: a number without a name."), street=street)
    yield from _phone(address, limits)
    if address.email.strip() and not _LIKE_AN_EMAIL.fullmatch(address.email.strip()):
        text = _("The e-mail is {email}; expected one such as name@example.com.")
        yield "email", Phrase(text, email=address.email)


def _postcode(address: AddressFacts) -> Iterator[tuple[str, Phrase]]:
    code, known = address.postcode.strip(), POSTCODES.get(address.country)
    if not code or known is None:
        return
    if not known[0].fullmatch(code):
        text = _("The postcode is {postcode}; in {country} one looks like {example}.")
        yield "postcode", Phrase(text, postcode=code, country=country_named(address.country), example=known[1])
        return
    if address.country != "CN":
        return
    there, said = PROVINCES.get(code[:2]), province_of(address.region)
    if there and said and there != said:
        text = _("The postcode {postcode} lies in {there}, the address in {said}.")
        yield "postcode", Phrase(text, postcode=code, there=there[1], said=said[1])


def _phone(address: AddressFacts, limits: Limits) -> Iterator[tuple[str, Phrase]]:
    # An extension isn't part of the number.
    phone = re.split(r"(?:ext|转|#|x)", address.phone.strip(), maxsplit=1, flags=re.IGNORECASE)[0].strip()
    digits = re.sub(r"\D", "", phone)
    if not phone:
        return
    if len(digits) < limits["phone_digits"] or len(digits) > MOST_DIGITS:
        text = _("The phone {phone} has {count} digits; {low} to {high} were expected.")
        figures = {"count": len(digits), "low": limits["phone_digits"], "high": MOST_DIGITS}
        yield "phone", Phrase(text, phone=address.phone, **figures)
    elif address.country == "CN" and _LIKE_A_MOBILE.fullmatch(digits) and len(digits) != CHINESE_MOBILE_DIGITS:
        text = _("The phone {phone} begins like a mobile and has {count} digits; {expected} were expected.")
        yield "phone", Phrase(text, phone=address.phone, count=len(digits), expected=CHINESE_MOBILE_DIGITS)


@ADDRESS.on("order")
def order_address(order: OrderFacts, limits: Limits) -> Iterator[Hint]:
    if order.address is None or not order.to_ship:
        return
    for part, reason in findings(order.address, limits):
        remedies = [
            *open_change(order, _("Correct the address")),
            *hold_for(order, "address", reason),
            *ask(order, _("Ask the customer")),
        ]
        yield ADDRESS.hint(order, Severity.WARNING, reason, *remedies, inputs=_inputs(part, order.address))


@ADDRESS.on("customer")
def customer_address(customer: CustomerFacts, limits: Limits) -> Iterator[Hint]:
    remedy = Remedy(
        "change-customer",
        Phrase(_("Correct the address")),
        {"customer_id": customer.id},
        Permission.CUSTOMERS_CUSTOMER_CHANGE,
    )
    for address in customer.addresses:
        for part, reason in findings(address, limits):
            yield ADDRESS.hint(customer, Severity.NOTICE, reason, remedy, inputs=_inputs(part, address))


def _inputs(part: str, address: AddressFacts) -> dict[str, str]:
    """What the finding rests on. Only its hash is kept."""
    names = {
        "postcode": ("postcode", "country", "region"),
        "city": ("city", "district", "street"),
        "street": ("street", "recipient", "city"),
        "phone": ("phone", "country"),
        "email": ("email",),
        "country": ("country",),
    }
    return {"part": part, **{name: getattr(address, name) for name in names[part]}}
