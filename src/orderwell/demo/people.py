"""The demo company's customers as plain values: persons and firms, Chinese and international, the same every time."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from orderwell.demo import names

COUNT = 300


@dataclass(frozen=True)
class PlaceSpec:
    recipient: str
    phone: str
    street: str
    district: str
    city: str
    region: str
    postcode: str
    country: str


@dataclass(frozen=True)
class ContactSpec:
    name: str
    job: str
    phone: str
    email: str


@dataclass(frozen=True)
class CustomerSpec:
    number: str
    company: bool
    name: str
    group: str
    language: str
    currency: str
    terms_days: int
    credit_limit: Decimal | None
    tax_number: str
    contacts: tuple[ContactSpec, ...]
    shipping: tuple[PlaceSpec, ...]
    billing: PlaceSpec | None
    tags: tuple[str, ...] = ()
    consent: bool = False
    # How often it orders, beside the others.
    weight: float = field(default=1.0)

    @property
    def abroad(self) -> bool:
        return self.shipping[0].country != "CN"


def customers(count: int = COUNT) -> tuple[CustomerSpec, ...]:
    """The first are always the same ones; those past COUNT have numbers that a company does not give by itself."""
    random, more = Random(8848), Random(4810)
    few = (_customer(number, f"C{number:05d}", names.Words(), random) for number in range(1, min(count, COUNT) + 1))
    many = (_customer(number, f"CB{number:06d}", names.many_words(), more) for number in range(COUNT + 1, count + 1))
    return (*few, *many)


def _customer(number: int, code: str, words: names.Words, random: Random) -> CustomerSpec:
    abroad = random.random() < 0.22
    company = random.random() < 0.36
    contacts = [
        _contact(number, abroad, company, words, random) for _ in range(random.choice((1, 2, 3)) if company else 1)
    ]
    name = (_firm_abroad(words, random) if abroad else _firm(words, random)) if company else contacts[0].name
    places = [
        _place(contacts[0], abroad, random) for _ in range(random.choice((1, 1, 2, 3) if company else (1, 1, 1, 2)))
    ]
    terms = random.choice((0, 15, 30, 30, 45, 60)) if company else 0
    tags = [
        tag for tag, share in (("VIP", 0.08), ("礼品 Gifts", 0.07), ("批发 Wholesale", 0.3)) if random.random() < share
    ]
    return CustomerSpec(
        number=code,
        company=company,
        name=name,
        group=("abroad" if abroad else "business") if company else ("member" if random.random() < 0.5 else "guest"),
        language="en" if abroad else "zh-hans",
        currency="USD" if abroad else "CNY",
        terms_days=terms,
        credit_limit=Decimal(random.choice((20_000, 50_000, 100_000))) if terms else None,
        tax_number=_tax_number(random) if company and not abroad else "",
        contacts=tuple(contacts),
        shipping=tuple(places),
        billing=_place(contacts[-1], abroad, random) if company and random.random() < 0.6 else None,
        tags=tuple(tag for tag in tags if company or "Wholesale" not in tag),
        consent=random.random() < 0.45,
        weight=min(random.paretovariate(1.2), 15.0) * (1.6 if company else 1.0),
    )


def _contact(number: int, abroad: bool, company: bool, words: names.Words, random: Random) -> ContactSpec:
    if abroad:
        first, last = random.choice(names.FIRST_WORLD), random.choice(words.last)
        name, mail = f"{first} {last}", f"{first}.{last}".lower().replace("'", "")
        phone = f"{random.choice(names.CITIES_WORLD)[4]} {random.randint(1_000_000, 9_999_999)}"
    else:
        (family, latin), (given, given_latin) = random.choice(names.FAMILY_ZH), random.choice(words.given)
        name, mail = family + given, f"{given_latin}.{latin}".lower()
        phone = f"1{random.choice('3578')}{random.randint(0, 999_999_999):09d}"
    return ContactSpec(
        name, random.choice(names.JOBS)[1 if abroad else 0] if company else "", phone, f"{mail}{number}@example.com"
    )


def _place(contact: ContactSpec, abroad: bool, random: Random) -> PlaceSpec:
    if abroad:
        city, region, postcode, country, _ = random.choice(names.CITIES_WORLD)
        street = f"{random.randint(1, 240)} {random.choice(names.STREETS_WORLD)}"
        return PlaceSpec(contact.name, contact.phone, street, "", city, region, postcode, country)
    found = random.choice(names.CITIES_CN)
    street = f"{random.choice(names.STREETS_ZH)}{random.randint(1, 999)}号"
    if random.random() < 0.7:
        street += f"{random.randint(1, 20)}幢{random.randint(1, 30)}{random.randint(1, 4):02d}室"
    return PlaceSpec(contact.name, contact.phone, street, found.district, found.zh, found.region, found.postcode, "CN")


def _firm(words: names.Words, random: Random) -> str:
    city = random.choice(names.CITIES_CN).zh.removesuffix("市")
    return f"{city}{random.choice(words.firms)}{random.choice(names.TRADES_ZH)}有限公司"


def _firm_abroad(words: names.Words, random: Random) -> str:
    trade, _ = random.choice(names.TRADES_WORLD)
    return f"{random.choice(words.firms_world)} {trade}"


def _tax_number(random: Random) -> str:
    return "91" + "".join(random.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(16))
