"""The first steps of an empty company. Each is looked up in the books, so it ticks itself when it is really done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderwell.domains.catalog.queries import channels, products, tax_categories
from orderwell.domains.customers.queries import visible_customers
from orderwell.domains.inventory.queries import stock, warehouses
from orderwell.domains.orders.queries import visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.configuration.services import get, options
from orderwell.platform.permissions import Permission


@dataclass(frozen=True, slots=True)
class FirstStep:
    """`places` are the screens where it is done, the best first; the manual stands in where none is there."""

    title: str | Promise
    done: Callable[[Actor], bool]
    places: tuple[str, ...]
    help: str


def _named(actor: Actor) -> bool:
    default = next(option.default for option in options() if option.key == "business.name")
    return bool(get("business.name") != default)


STEPS = (
    FirstStep(
        _("Set the name of the company"),
        _named,
        ("admin-settings",),
        "admin#admin-settings",
    ),
    FirstStep(
        _("Add a warehouse"),
        lambda actor: warehouses(actor).exists(),
        ("admin-warehouse-new",),
        "admin#admin-warehouses",
    ),
    FirstStep(
        _("Add a tax category: every product has one"),
        lambda actor: tax_categories(actor).exists(),
        ("admin-tax-new",),
        "admin#admin-taxes",
    ),
    FirstStep(
        _("Add a channel: where orders come from"),
        lambda actor: channels(actor).exists(),
        ("admin-channel-new",),
        "admin#admin-channels",
    ),
    FirstStep(
        _("Add a product"),
        lambda actor: products(actor).exists(),
        ("product-new",),
        "products#product-list",
    ),
    FirstStep(
        _("Enter what is in stock of it"),
        lambda actor: stock(actor).filter(on_hand__gt=0).exists(),
        ("stock-adjust",),
        "stock#stock-adjust",
    ),
    FirstStep(
        _("Add a customer"),
        lambda actor: visible_customers(actor).exists(),
        ("customer-new",),
        "customers#customer-form",
    ),
    FirstStep(
        _("Enter the first order"),
        lambda actor: _has_orders(actor),
        ("order-new",),
        "entry#entry-new",
    ),
)

# Once a company has everything it never goes back, so nobody asks again.
_complete: set[str] = set()


def _has_orders(actor: Actor) -> bool:
    return visible_orders(actor).exists()


@dataclass(frozen=True, slots=True)
class ShownStep:
    title: str | Promise
    done: bool
    url: str
    help: str


def first_steps(actor: Actor | None) -> list[ShownStep]:
    """What is left to do before the first order, for those who set the company up; nothing once there is one."""
    if actor is None or not actor.may(Permission.SYSTEM_SETTING_CHANGE) or _complete:
        return []
    if _has_orders(actor):
        _complete.add("orders")
        return []
    return [ShownStep(step.title, step.done(actor), _first_place(step.places), step.help) for step in STEPS]


def forget() -> None:
    """For tests: a company may become empty again."""
    _complete.clear()


def _first_place(names: tuple[str, ...]) -> str:
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""
