"""Every page of the web interface with an example address, found in `urls.py` and in the rows of a company.

python -m orderwell.testing.pages       prints them as JSON for the installation of ORDERWELL_HOME
An address that asks for a parameter not known here has no example, and a test says so: name its rows in `ROWS`, or the
example of that one address in `EXAMPLES`.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from http import HTTPStatus
from itertools import islice, product
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.db.models import F
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from orderwell.domains.automation.hints.registry import rules
from orderwell.domains.billing.models import CreditNote, Invoice, InvoiceLine, Payment, Refund
from orderwell.domains.cases.models import Case, MessageFile, Rating, Task
from orderwell.domains.cases.services.link import current_link, token_of
from orderwell.domains.catalog.models import Category, Channel, Product, ProductImage, TaxCategory, Variant
from orderwell.domains.customers.models import Customer, CustomerFile, CustomerGroup, CustomerNote, CustomerRelation
from orderwell.domains.fulfilment.models import Return, Shipment
from orderwell.domains.integrations.models import ImportBatch
from orderwell.domains.inventory.models import (
    ChannelBuffer,
    ExpectedReceipt,
    StockCount,
    StockCountLine,
    StockItem,
    Transfer,
    Warehouse,
)
from orderwell.domains.orders.models import Amendment, Attachment, Hold, Order, OrderNote
from orderwell.domains.prices.models import PriceList
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.models import ApiKey, Role, Team, User
from orderwell.platform.configuration.models import CustomField
from orderwell.platform.configuration.services import options
from orderwell.platform.jobs.models import Progress, Schedule
from orderwell.platform.leftovers.models import Leftover
from orderwell.platform.printing.kinds import kinds
from orderwell.platform.printing.models import PrintRun, PrintTemplate
from orderwell.platform.views.models import BulkRun, Export, SavedView
from orderwell.testing.actors import owner

Arguments = tuple[str, ...]
STAFF, CUSTOMER, NOBODY = "staff", "customer", "nobody"
# Of one parameter no more rows are tried than this.
MOST = 12
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")

# Addresses without a page of their own in this company, and why.
ELSEWHERE = {
    "customer-unmerge": "nobody of the company was merged",
    "customer-not-duplicate-undo": "no two of the company were told apart",
    "price-list-undo": "no price list of the company was changed",
    "practice-enter": "only in the practice company",
    "practice-panel": "only in the practice company",
    "practice-hint": "only in the practice company",
    "practice-answer": "only in the practice company",
    "practice-again": "only in the practice company",
    "practice-reset": "only in the practice company",
    "track-credit-note": "nothing was credited of the order that the customer of the company may see",
    "track-logo": "the demo company has no logo",
}


@dataclass(frozen=True)
class Page:
    """`kind`: "page", "dialog" (a form that opens over a page), "part" of a page, or "data" for programs and files.

    `who` opens it: somebody of the "staff", a "customer" who came by a link, or "nobody" who is signed in.
    """

    name: str
    path: str
    kind: str
    who: str = STAFF


class NoExample(LookupError):
    """An address of `urls.py` that no row of the company leads to."""


def _order_ids() -> Iterator[str]:
    """Orders as different as they come: one of each state, fulfilment, payment and hold; the newest first."""
    seen = set()
    columns = ("pk", "state", "fulfilment_state", "payment_state", "on_hold", "history")
    for pk, *states in Order.objects.order_by("history", "-id").values_list(*columns):
        if tuple(states) not in seen:
            seen.add(tuple(states))
            yield str(pk)


def _keys(*models: type) -> Callable[[], Iterator[str]]:
    return lambda: (str(pk) for model in models for pk in model.objects.order_by("-pk").values_list("pk", flat=True))  # type: ignore[attr-defined]


# Parameter -> the values it may take, the most telling first.
ROWS: dict[str, Callable[[], Iterable[str]]] = {
    "order_id": _order_ids,
    "shipment_id": _keys(Shipment),
    "return_id": _keys(Return),
    "invoice_id": _keys(Invoice),
    "customer_id": lambda: map(str, Customer.objects.order_by("-kind", "id").values_list("pk", flat=True)),
    "product_id": _keys(Product),
    "leftover_id": _keys(Leftover),
    "receipt_id": _keys(ExpectedReceipt),
    "variant_id": _keys(Variant),
    "list_id": _keys(PriceList),
    "image_id": _keys(ProductImage),
    "stock_item_id": lambda: map(str, StockItem.objects.order_by("-on_hand").values_list("pk", flat=True)),
    "transfer_id": _keys(Transfer),
    "count_id": _keys(StockCount),
    "batch_id": _keys(ImportBatch),
    "case_id": _keys(Case),
    "task_id": _keys(Task),
    "rating_id": _keys(Rating),
    "user_id": _keys(User),
    "team_id": _keys(Team),
    "key_id": _keys(ApiKey),
    "buffer_id": _keys(ChannelBuffer),
    "template_id": _keys(PrintTemplate),
    "export_id": _keys(Export),
    "run_id": _keys(BulkRun),
    "print_run_id": _keys(PrintRun),
    "view_id": _keys(SavedView),
    "progress_id": _keys(Progress),
}


def _pairs(rows: Iterable[tuple[object, ...]]) -> list[Arguments]:
    return [tuple(map(str, row)) for row in rows]


def _orders(**wanted: object) -> list[Arguments]:
    return _pairs(Order.objects.filter(history=False, **wanted).order_by("-id").values_list("pk")[:MOST])


def _codes(model: type) -> list[Arguments]:
    return _pairs(model.objects.values_list("code"))  # type: ignore[attr-defined]


# Address -> what to put into it, where the names of its parameters don't say it.
EXAMPLES: dict[str, Callable[[], list[Arguments]]] = {
    "order-ship": lambda: _orders(fulfilment_state="reserved"),
    "order-return": lambda: _orders(fulfilment_state="delivered"),
    "order-refund": lambda: _orders(payment_state__in=("overpaid", "paid")),
    "order-payment": lambda: _orders(payment_state="unpaid"),
    "order-invoice": lambda: _orders(fulfilment_state="reserved"),
    "order-cancel": lambda: _orders(fulfilment_state="reserved"),
    "order-change": lambda: _orders(fulfilment_state="reserved"),
    "order-hold": lambda: _orders(fulfilment_state="reserved"),
    "order-confirm": lambda: _orders(state="draft"),
    "order-edit-quote": lambda: _orders(state="draft"),
    "order-customer-link": lambda: _orders(fulfilment_state="delivered"),
    "customer-note-edit": lambda: _pairs(CustomerNote.objects.values_list("customer_id", "pk")),
    "customer-note-pin": lambda: _pairs(CustomerNote.objects.values_list("customer_id", "pk")),
    "customer-note-drop": lambda: _pairs(CustomerNote.objects.values_list("customer_id", "pk")),
    "customer-not-duplicate": lambda: [
        tuple(map(str, Customer.objects.order_by("id").values_list("pk", flat=True)[:2]))
    ],
    "customer-file": lambda: _pairs(CustomerFile.objects.values_list("customer_id", "pk")),
    "customer-unrelate": lambda: _pairs(CustomerRelation.objects.values_list("customer_id", "pk")),
    "order-release": lambda: _pairs(Hold.objects.filter(released_at=None).values_list("order_id", "pk")),
    "order-undo": lambda: _pairs(Amendment.objects.order_by("-pk").values_list("order_id", "number")),
    "payment-undo": lambda: _pairs(Payment.objects.filter(undone_at=None).order_by("-pk").values_list("pk")[:MOST]),
    "invoice-credit": lambda: _pairs(
        InvoiceLine.objects.filter(quantity__gt=F("quantity_credited")).values_list("invoice_id").distinct()[:MOST]
    ),
    "credit-note-undo": lambda: _pairs(
        CreditNote.objects.filter(undone_at=None).order_by("-pk").values_list("pk")[:MOST]
    ),
    "return-undo": lambda: _pairs(Return.objects.filter(undone_at=None).values_list("pk")[:MOST]),
    "return-credit": lambda: _pairs(Return.objects.filter(order__isnull=False).values_list("pk")[:MOST]),
    "return-settle-undo": lambda: _pairs(Return.objects.filter(order__isnull=False).values_list("pk")[:MOST]),
    "return-settle": lambda: _pairs(Return.objects.filter(order__isnull=False).values_list("pk")[:MOST]),
    "refund-undo": lambda: _pairs(Refund.objects.filter(undone_at=None).order_by("-pk").values_list("pk")[:MOST]),
    "order-attachment": lambda: _pairs(Attachment.objects.values_list("order_id", "pk")),
    "order-file": lambda: _pairs(Attachment.objects.values_list("order_id", "pk")),
    "order-note-change": lambda: _pairs(OrderNote.objects.filter(removed_at=None).values_list("order_id", "pk")),
    "order-note-drop": lambda: _pairs(OrderNote.objects.filter(removed_at=None).values_list("order_id", "pk")),
    "case-file": lambda: _pairs(MessageFile.objects.values_list("message__case_id", "pk")),
    "count-line": lambda: _pairs(StockCountLine.objects.values_list("count_id", "pk")),
    "task-add": lambda: [("order", next(_order_ids()))],
    "admin-role": lambda: _codes(Role),
    "admin-hint-rule": lambda: [(rule.name,) for rule in rules()],
    "admin-channel": lambda: _codes(Channel),
    "admin-group": lambda: _codes(CustomerGroup),
    "admin-category": lambda: _codes(Category),
    "admin-tax": lambda: _codes(TaxCategory),
    "admin-warehouse": lambda: _codes(Warehouse),
    "admin-setting": lambda: [(option.key,) for option in options()],
    "admin-field": lambda: _pairs(CustomField.objects.values_list("entity", "key")),
    "admin-field-remove": lambda: _pairs(CustomField.objects.values_list("entity", "key")),
    "admin-schedule": lambda: _pairs(Schedule.objects.values_list("name")),
    "print": lambda: [(kind.code,) for kind in kinds()],
    "print-template": lambda: [(kind.code,) for kind in kinds()],
    "print-preview": lambda: [(kind.code,) for kind in kinds()],
    "print-restore": lambda: _pairs(PrintTemplate.objects.values_list("pk", "version")),
    "help-page": lambda: [("orders",), ("first-day",)],
    "tour-begin": lambda: [("clerk",)],
    "list-view": lambda: _pairs(SavedView.objects.values_list("list_name", "pk")),
    "list-view-remove": lambda: _pairs(SavedView.objects.values_list("list_name", "pk")),
    "list-act": lambda: [("orders", "hold")],
    "list-print": lambda: [("orders", "pick-list")],
    "list-total": lambda: [("orders",), ("invoices",)],
    "list-quick": lambda: [("orders", key) for key in islice(_order_ids(), 3)],
    "list-counts": lambda: [("orders",), ("customers",)],
    "list-columns": lambda: [("orders",)],
    "list-export-new": lambda: [("orders",)],
    "list-view-new": lambda: [("orders",)],
    "list-view-default": lambda: [("orders",)],
    "track-link": lambda: [(customer_token(),)],
}
# What an address needs behind its question mark to show something.
QUERIES: dict[str, Callable[[], str]] = {
    "hint-dismiss": lambda: f"?subject=order:{next(_order_ids())}&rule={rules()[0].name}&fingerprint=1",
    "list-act": lambda: f"?id={next(_order_ids())}",
    "list-print": lambda: f"?id={next(_order_ids())}",
    "search": lambda: "?q=c",
    "help-search": lambda: "?q=hold",
    "help-panel": lambda: "?at=orders",
    "print": lambda: f"?ids={next(_order_ids())}",
    "lookup-last": lambda: f"?customer={_customer_number()}",
    "lookup-usual": lambda: f"?number={_customer_number()}",
    "lookup-customer": lambda: f"?number={_customer_number()}",
    "lookup-products": lambda: "?q=tea",
    "lookup-customers": lambda: "?q=C0",
    "live": lambda: "?t=orders",
}
# Further looks of an address that differ from it.
LOOKS: dict[str, Callable[[], dict[str, str]]] = {
    "order-list": lambda: {
        "nothing": "/orders/?q=zzzzzz",
        "backordered": "/orders/?fulfilment=backordered",
    },
    "search": lambda: {"nothing": "/search/?q=zzzzzz"},
    "order-new": lambda: {"again": f"/orders/new/?again={next(_order_ids())}"},
    "order-detail": lambda: {
        f"{state}-{fulfilment}-{payment}": f"/orders/{pk}/"
        for pk, state, fulfilment, payment in Order.objects.filter(
            pk__in=list(map(int, islice(_order_ids(), MOST)))
        ).values_list("pk", "state", "fulfilment_state", "payment_state")
    },
    "case-detail": lambda: {"first": f"/cases/{Case.objects.order_by('id')[0].pk}/"},
    "import-detail": lambda: {"first": f"/imports/{ImportBatch.objects.order_by('id')[0].pk}/"},
}


def _customer_number() -> str:
    return Customer.objects.order_by("id").values_list("number", flat=True)[0]


def customer_token() -> str:
    """The token of a link that a customer with a delivered order was sent."""
    for order in Order.objects.filter(fulfilment_state="delivered", history=False).order_by("-placed_at", "-id")[:MOST]:
        link = current_link(order_id=order.pk, actor=owner(), now=utc_now())
        if link is not None:
            return token_of(link)
    raise NoExample("track-link")


def patterns() -> Iterator[tuple[str, str]]:
    """Name and pattern of every address of the screen: ("order-detail", "/orders/<int:order_id>/")."""
    waiting: list[tuple[str, URLResolver | URLPattern]] = [("/", item) for item in get_resolver().url_patterns]
    while waiting:
        prefix, item = waiting.pop()
        path = prefix + str(item.pattern)
        if path.startswith("/api/"):
            continue
        if isinstance(item, URLResolver):
            waiting += [(path, inner) for inner in item.url_patterns]
        elif getattr(item.callback, "orderwell_page", False):
            yield str(item.name), path


def addresses_of(name: str, pattern: str) -> Iterator[str]:
    """Addresses of one pattern, with rows of the company in it. Raises NoExample for an unknown parameter."""
    wanted = PARAMETER.findall(pattern)
    if name in EXAMPLES:
        found: Iterable[Arguments] = EXAMPLES[name]()
    else:
        unknown = [parameter for parameter in wanted if parameter not in ROWS]
        if unknown:
            raise NoExample(f"{name}: nothing is known of {', '.join(unknown)}")
        found = product(*(list(islice(ROWS[parameter](), MOST)) for parameter in wanted))
    for values in found:
        rest = iter(values)
        yield PARAMETER.sub(lambda _, given=rest: next(given), pattern)  # type: ignore[misc]


def who_opens(path: str) -> str:
    if path.startswith("/track/"):
        return CUSTOMER
    return NOBODY if path.startswith("/sign-in/") else STAFF


def clients(username: str, *, language: str = "en") -> dict[str, Client]:
    """A client of each who opens pages."""
    headers = {"accept-language": language, "host": "127.0.0.1"}
    found = {who: Client(headers=headers) for who in (STAFF, CUSTOMER, NOBODY)}
    found[STAFF].force_login(User.objects.get(username=username))
    found[CUSTOMER].get(f"/track/o/{customer_token()}/")
    return found


def kind_of(answer: Any) -> str:
    """What an address answers a plain GET with."""
    if not answer.get("Content-Type", "").startswith("text/html"):
        return "data"
    if answer.streaming or b"<html" not in answer.content[:200]:
        return "part"
    return "dialog" if b'class="card dialog-form dialog-page"' in answer.content else "page"


def every_page(username: str) -> tuple[list[Page], list[str]]:
    """All pages, each with the first of its addresses that answers; and the addresses that have no example."""
    asking = clients(username)
    pages: list[Page] = []
    missing: list[str] = []
    for name, pattern in sorted(patterns()):
        if name in ELSEWHERE:
            continue
        try:
            found = _first(name, pattern, asking)
        except NoExample as error:
            missing.append(str(error))
            continue
        if found is None:
            missing.append(f"{name}: nothing of the company opens {pattern}")
        elif isinstance(found, Page):
            pages.append(found)
            looks = LOOKS[name]() if name in LOOKS else {}
            pages += [Page(f"{name}:{look}", path, found.kind) for look, path in looks.items() if path != found.path]
    return pages, missing


def _first(name: str, pattern: str, asking: dict[str, Client]) -> Page | bool | None:
    """The first example that answers; True for an address that takes no GET or only leads on."""
    query = QUERIES[name]() if name in QUERIES else ""
    leads_on = None
    for address in islice(addresses_of(name, pattern), MOST * 3):
        path, who = address + query, who_opens(address)
        answer = asking[who].get(path)
        if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            return True
        if answer.status_code == HTTPStatus.OK:
            return Page(name, path, kind_of(answer), who)
        if answer.status_code in {HTTPStatus.NO_CONTENT, HTTPStatus.FOUND}:
            leads_on = True
    return leads_on


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # an address that takes no GET is no news here
    known, without = every_page("admin")
    if without:
        raise SystemExit("\n".join(without))
    json.dump({"pages": [asdict(page) for page in known], "customer": f"/track/o/{customer_token()}/"}, sys.stdout)
