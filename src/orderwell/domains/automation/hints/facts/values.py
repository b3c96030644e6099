"""The facts of one subject, as plain values. Pure: what fills them is beside this file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from orderwell.domains.billing.credit_state import CreditUse

ZERO = Decimal(0)
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """Where goods go. `hidden` says that the reader may not see phone and street: then nothing is said of them."""

    recipient: str = ""
    phone: str = ""
    email: str = ""
    street: str = ""
    district: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    hidden: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """One line of an earlier order of the same customer for the same goods."""

    quantity: Decimal
    unit_price: Decimal
    number: str
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class Twin:
    """Another order that this one may repeat. `goods`, `amount`, `reference`: what is the same."""

    order_id: int
    number: str
    placed_at: datetime | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Overdue:
    """What a customer owes past the date, with the days of grace taken off; `since` is the date of the oldest of it.

    `owed` is the balance of the account: what is open of invoices, less what was paid `ahead` on other orders.
    """

    amount: Decimal
    owed: Decimal
    currency: str
    since: datetime
    ahead: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class PackOffer:
    """The same goods in another pack: one unit of `sku` holds `units` of what was asked for. `option` is what the two
    differ in, empty for a bundle of nothing else; `free` None where stock isn't known. `unit_price` is that of as many
    packs as `packings` proposes together with singles.
    """

    sku: str
    name: str
    units: Decimal
    unit_price: Decimal
    option: str = ""
    free: Decimal | None = None
    # What a single one costs of those that no whole pack holds, where fewer cost more.
    rest_price: Decimal | None = None
    # What a pack costs where packs alone are taken; None: `unit_price`.
    alone_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Stand:
    """A substitute and how much of it is free."""

    sku: str
    name: str
    free: Decimal
    unit_price: Decimal | None
    note: str
    variant_id: int
    product_id: int
    places: int = 0


@dataclass(frozen=True, slots=True)
class BundleOffer:
    """A bundle that is sold: {variant id: units in one bundle}, at a price for all."""

    sku: str
    name: str
    parts: Mapping[int, Decimal]
    unit_price: Decimal


@dataclass(slots=True)
class LineFacts:
    """`key` is the line's id, or its place while the order is typed. `open` is neither shipped nor cancelled."""

    key: int
    sku: str
    name: str
    variant_id: int
    product_id: int
    quantity: Decimal
    unit_price: Decimal
    line_discount: Decimal = ZERO
    open: Decimal = ZERO
    invoiced: Decimal = ZERO
    places: int = 0
    is_bundle: bool = False
    missing: Decimal = ZERO
    expected_at: datetime | None = None
    # Its options, such as {"weight": "100 g"}.
    options: Mapping[str, str] = field(default_factory=dict)
    # What a price list of the customer says of the goods; None where none does.
    agreed: Decimal | None = None

    @property
    def untouched(self) -> bool:
        """Nothing of it was shipped, cancelled or invoiced: it may become anything else."""
        return self.open == self.quantity and not self.invoiced


@dataclass(slots=True)
class CustomerBrief:
    id: int
    number: str
    name: str
    takes_substitutes: bool = True
    # What the customer's contacts and addresses would fill in; empty where the reader may not see it.
    phone: str = ""
    postcode: str = ""
    # Where the customer has goods sent by default: the address and its place in words.
    address_id: int | None = None
    place: str = ""


@dataclass(slots=True)
class OrderFacts:
    """An order, a quote, or what is typed so far. `kind`: "entry", "quote" or "placed"."""

    subject: str
    kind: str
    now: datetime
    channel_id: int
    warehouse_codes: Sequence[str]
    currency: str
    order_id: int | None = None
    number: str = ""
    external_id: str = ""
    placed_at: datetime | None = None
    total: Decimal = ZERO
    customer_id: int | None = None
    group_id: int | None = None
    # Whether its prices include tax.
    include_tax: bool = True
    customer: CustomerBrief | None = None
    address: AddressFacts | None = None
    lines: list[LineFacts] = field(default_factory=list)
    requested_at: datetime | None = None
    promised_at: datetime | None = None
    on_hold: bool = False
    changeable: bool = True
    past: Mapping[int, Sequence[Past]] = field(default_factory=dict)
    twins: Sequence[Twin] = ()
    overdue: Overdue | None = None
    credit: CreditUse | None = None
    # By the key of the line, for its quantity.
    packs: Mapping[int, Sequence[PackOffer]] = field(default_factory=dict)
    stands: Mapping[int, Sequence[Stand]] = field(default_factory=dict)
    bundles: Sequence[BundleOffer] = ()

    @property
    def due_at(self) -> datetime | None:
        return self.promised_at or self.requested_at

    @property
    def to_ship(self) -> bool:
        return any(line.open for line in self.lines)


@dataclass(frozen=True, slots=True)
class Namesake:
    """Another customer with the same phone or e-mail."""

    id: int
    number: str
    name: str
    same: str


@dataclass(slots=True)
class CustomerFacts:
    subject: str
    id: int
    number: str
    name: str
    now: datetime
    phones: Sequence[str]
    has_phone: bool
    hidden: bool
    addresses: Sequence[AddressFacts]
    namesakes: Sequence[Namesake] = ()
    overdue: Overdue | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """Goods that are announced."""

    quantity: Decimal
    due_at: datetime
    reference: str


@dataclass(slots=True)
class VariantFacts:
    """Goods with their stock over the warehouses that the reader sees. `waiting` are backorders that nothing covers yet."""

    subject: str
    id: int
    product_id: int
    sku: str
    name: str
    now: datetime
    free: Decimal = ZERO
    waiting: Decimal = ZERO
    waiting_orders: int = 0
    wanted_at: datetime | None = None
    arrivals: Sequence[Arrival] = ()
    stands: Sequence[Stand] = ()
