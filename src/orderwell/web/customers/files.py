"""The files of a customer: its own, and those of its orders and conversations, as a part of the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from orderwell.domains.cases.queries import files_of_customer
from orderwell.domains.customers.files import customer_file, files_of
from orderwell.domains.customers.queries import customer_detail
from orderwell.domains.customers.services.files import add_customer_file
from orderwell.domains.orders.overview import attachments_of_customer
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import new_token
from orderwell.web.components.attaching import attach_file
from orderwell.web.components.serving import SAFE_TO_SHOW, served
from orderwell.web.pages import form_page, page

P = Permission


@dataclass(frozen=True, slots=True)
class ShownFile:
    """`source` is what it lies on, with `source_url`; both empty for the customer's own."""

    name: str
    url: str
    size: int
    who: str
    when: datetime
    opens: bool
    source: str = ""
    source_url: str = ""


@page(P.CUSTOMERS_CUSTOMER_VIEW)
def files(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    customer = customer_detail(actor, customer_id).customer
    found = [*_own(actor, customer_id), *_of_orders(actor, customer_id), *_of_cases(actor, customer_id)]
    found.sort(key=lambda item: item.when, reverse=True)
    context = {"customer": customer, "files": found, "upload_token": new_token()}
    return render(request, "customers/files.html", context)


def _own(actor: Actor, customer_id: int) -> list[ShownFile]:
    return [
        ShownFile(
            row.name,
            reverse("customer-file", args=[customer_id, row.pk]),
            row.size,
            row.author_label,
            row.created_at,
            row.content_type in SAFE_TO_SHOW,
        )
        for row in files_of(actor, customer_id)
    ]


def _of_orders(actor: Actor, customer_id: int) -> list[ShownFile]:
    if not actor.may(P.ORDERS_ORDER_VIEW):
        return []
    return [
        ShownFile(
            row.name,
            reverse("order-attachment", args=[row.order_id, row.pk]),
            row.size,
            row.author_label,
            row.created_at,
            row.content_type in SAFE_TO_SHOW,
            row.order.number,
            reverse("order-detail", args=[row.order_id]),
        )
        for row in attachments_of_customer(actor, customer_id)
    ]


def _of_cases(actor: Actor, customer_id: int) -> list[ShownFile]:
    if not actor.may(P.CASES_CASE_VIEW):
        return []
    return [
        ShownFile(
            row.name,
            reverse("case-file", args=[row.message.case_id, row.pk]),
            row.size,
            row.message.author_label,
            row.message.created_at,
            row.content_type in SAFE_TO_SHOW,
            row.message.case.number,
            reverse("case-detail", args=[row.message.case_id]),
        )
        for row in files_of_customer(actor, customer_id)
    ]


@page(P.CUSTOMERS_CUSTOMER_VIEW)
def one_file(request: HttpRequest, actor: Actor, customer_id: int, file_id: int) -> HttpResponse:
    return served(customer_file(actor, customer_id, file_id))


@form_page(P.CUSTOMERS_CUSTOMER_CHANGE)
def attach(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    customer = customer_detail(actor, customer_id).customer
    keep = partial(add_customer_file, customer_id=customer_id)
    return attach_file(request, actor, keep, beside=customer.name, to=reverse("customer-detail", args=[customer_id]))
