"""Customers who are perhaps the same: the hint while typing, the list of pairs, and the merge with its way back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orderwell.domains.automation.services.merge_customers import merge_customers, unmerge_customers
from orderwell.domains.billing.queries import customer_balance
from orderwell.domains.customers.duplicates import LookAlike, likely_pairs, look_alikes, rejected_pairs
from orderwell.domains.customers.lookup import customer_by_number
from orderwell.domains.customers.merges import MergePreview, merge_preview, merged_before, undone_before
from orderwell.domains.customers.models import Customer, CustomerMerge
from orderwell.domains.customers.queries import customer_detail
from orderwell.domains.customers.services.not_duplicate import say_not_duplicate, take_back_not_duplicate
from orderwell.domains.orders.queries import OrderFilters, order_count
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import money_text
from orderwell.platform.permissions import Permission, PermissionDenied
from orderwell.web.components.actions import ActionForm, perform_once
from orderwell.web.components.timeline import field_title, value_text
from orderwell.web.components.toasts import Undo, tell, undo, undoes
from orderwell.web.components.words import word
from orderwell.web.customers.actions import page_of
from orderwell.web.pages import action, form_page, go, page
from orderwell.web.templatetags.orderwell import language_name, localname

CHANGE = Permission.CUSTOMERS_CUSTOMER_CHANGE


@action(CHANGE)
def look_alike_hint(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Whom a form that is being filled in looks like; a part of that form."""
    sent = request.POST

    def typed(ending: str) -> list[str]:
        return [value[:254] for name in sent for value in sent.getlist(name) if name.endswith(ending) and value.strip()]

    known = sent.get("except", "")
    found = look_alikes(
        actor,
        name=sent.get("name", "")[:240].strip(),
        phones=typed("phone")[:20],
        emails=typed("email")[:20],
        tax_number=sent.get("tax_number", "")[:40],
        except_id=int(known) if known.isascii() and known.isdecimal() and len(known) < 19 else None,
    )
    return render(request, "customers/look_alikes.html", {"found": [told(item) for item in found]})


def told(item: LookAlike) -> dict[str, Any]:
    return {"customer": item.customer, "reasons": [word("alike", reason) for reason in item.reasons]}


@page(CHANGE)
def duplicates(request: HttpRequest, actor: Actor) -> HttpResponse:
    pairs = [
        {"pair": pair, "reasons": [word("alike", reason) for reason in pair.reasons]} for pair in likely_pairs(actor)
    ]
    return render(request, "customers/duplicates.html", {"pairs": pairs, "rejected": rejected_pairs(actor)})


@action(CHANGE)
def tell_apart(request: HttpRequest, actor: Actor, customer_id: int, other_id: int) -> HttpResponse:
    row = say_not_duplicate(customer_id=customer_id, other_id=other_id, actor=actor, now=utc_now())
    names = {"first": row.first.name, "second": row.second.name}
    text = _("%(first)s and %(second)s are not proposed as one any more.") % names
    tell(request, text, undo=undo("told-apart", customer_id=customer_id, other_id=other_id))
    return go(request, reverse("customer-duplicates"))


@action(CHANGE)
def take_apart_back(request: HttpRequest, actor: Actor, customer_id: int, other_id: int) -> HttpResponse:
    tell(request, told_apart_no_more(actor, utc_now(), customer_id=customer_id, other_id=other_id))
    return go(request, reverse("customer-duplicates"))


@undoes("told-apart")
def told_apart_no_more(actor: Actor, now: datetime, *, customer_id: int, other_id: int) -> str:
    row = take_back_not_duplicate(customer_id=customer_id, other_id=other_id, actor=actor, now=now)
    return _("%(first)s and %(second)s may be the same after all.") % {
        "first": row.first.name,
        "second": row.second.name,
    }


class OtherForm(ActionForm):
    other = forms.CharField(
        label=gettext_lazy("Number of the customer who goes"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )


@dataclass(frozen=True, slots=True)
class Side:
    """What hangs on a customer, to be shown before it moves."""

    customer: Customer
    orders: int
    balances: list[tuple[str, Decimal]]
    contacts: int
    addresses: int


def side_of(actor: Actor, customer: Customer) -> Side:
    detail = customer_detail(actor, customer.pk)
    may_orders, may_money = actor.may(Permission.ORDERS_ORDER_VIEW), actor.may(Permission.BILLING_INVOICE_VIEW)
    filters = OrderFilters(customer_id=customer.pk)
    return Side(
        customer,
        order_count(actor, filters, now=utc_now()) if may_orders else 0,
        sorted(customer_balance(actor, customer.pk).items()) if may_money else [],
        len(detail.contacts),
        len(detail.addresses),
    )


@form_page(CHANGE)
def merge(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    """`other` names who goes; without it, it is asked for. `swap` makes the other one the survivor."""
    survivor = customer_detail(actor, customer_id).customer
    number = (request.POST.get("other") or request.GET.get("other", ""))[:40].strip()
    other = customer_by_number(actor, number)
    if request.method == "POST" and (row := merged_before(actor, survivor.pk, number)):
        # The same form once more: it is done.
        return go(request, _said(request, row.merged, row.survivor))
    if other is None or other.pk == survivor.pk or other.merged_into_id is not None:
        asked = OtherForm({"token": "x", "other": number} if number else None)
        if number:
            asked.add_error("other", _("There is no other customer with this number."))
        return render(request, "customers/merge_ask.html", {"form": asked, "customer": survivor})
    found = merge_preview(actor, survivor.pk, other.pk)
    form = ActionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return go(request, _merge(request, actor, form, found))
        except (NotFound, PermissionDenied):
            raise
        except DomainError as error:
            form.refuse(error)
    context = {
        "form": form if form.is_bound and form.errors else ActionForm(),
        "errors": form,
        "customer": survivor,
        "sides": [side_of(actor, found.survivor), side_of(actor, found.merged)],
        "differences": [
            {
                "name": item.name,
                "title": field_title(item.name),
                "survivor": _told(item.name, item.survivor, found.survivor),
                "merged": _told(item.name, item.merged, found.merged),
                "chosen": request.POST.get(f"choice-{item.name}", item.proposed),
            }
            for item in found.differences
        ],
        "after": found.after,
    }
    return render(request, "customers/merge.html", context, status=422 if form.is_bound and form.errors else 200)


def _told(name: str, value: Any, customer: Customer) -> str:
    """As the page of the customer says it: a limit as money, words and names for codes."""
    if value in (None, ""):
        return value_text(None)
    match name:
        case "credit_limit":
            return money_text(value, customer.currency)
        case "payment_terms_days":
            return ngettext("%(days)s day", "%(days)s days", value) % {"days": value}
        case "kind":
            return str(word("customer", value))
        case "language":
            return language_name(value)
        case "group":
            return localname(customer.group)
        case "owner":
            return str(customer.owner)
        case _:
            return str(value)


def _merge(request: HttpRequest, actor: Actor, form: ActionForm, found: MergePreview) -> str:
    choices = {
        item.name: request.POST[f"choice-{item.name}"]
        for item in found.differences
        if f"choice-{item.name}" in request.POST
    }
    seen = [request.POST.get(name, "") for name in ("survivor_version", "merged_version")]
    # A form that doesn't say what was looked at has seen nothing: no record is in version 0.
    versions = [int(text) if text.isdecimal() and len(text) < 10 else 0 for text in seen]

    def act(data: dict[str, Any]) -> CustomerMerge:
        return merge_customers(
            survivor_id=found.survivor.pk,
            merged_id=found.merged.pk,
            choices=choices,
            versions=(versions[0], versions[1]),
            actor=actor,
            now=utc_now(),
        )

    made = perform_once(request, actor, form, act)
    back = undo("customers-merged", merge_id=made.pk) if isinstance(made, CustomerMerge) else None
    return _said(request, found.merged, found.survivor, back)


def _said(request: HttpRequest, merged: Customer, survivor: Customer, back: Undo | None = None) -> str:
    text = _("%(merged)s is now part of %(survivor)s.")
    tell(request, text % {"merged": merged.name, "survivor": survivor.name}, undo=back)
    return page_of(survivor.pk)


@action(CHANGE)
def unmerge(request: HttpRequest, actor: Actor, customer_id: int, merge_id: int) -> HttpResponse:
    customer_detail(actor, customer_id)
    # Once more from another tab: it is done.
    row = undone_before(actor, customer_id, merge_id)
    row = row or unmerge_customers(merge_id=merge_id, actor=actor, now=utc_now())
    tell(request, _("%(name)s is a customer of its own again.") % {"name": row.merged.name})
    return go(request, reverse("customer-detail", args=[row.merged_id]))


@undoes("customers-merged")
def unmerge_again(actor: Actor, now: datetime, *, merge_id: int) -> str:
    row = unmerge_customers(merge_id=merge_id, actor=actor, now=now)
    return _("%(name)s is a customer of its own again.") % {"name": row.merged.name}
