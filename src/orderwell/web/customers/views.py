"""New customers, and changes of their record."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.customers.models import Customer
from orderwell.domains.customers.queries import CustomerDetail, customer_detail, customer_groups, tags
from orderwell.domains.customers.services.save_customer import save_customer
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.queries import stream
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import perform_once
from orderwell.web.components.toasts import tell
from orderwell.web.customers.forms import ADDRESSES, CONTACTS, ONE_MORE, ROLE_WORDS, CustomerForm, blank_row
from orderwell.web.pages import form_page
from orderwell.web.templatetags.orderwell import localname


@form_page(Permission.CUSTOMERS_CUSTOMER_CHANGE)
def new_customer(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _form(request, actor, None)


@form_page(Permission.CUSTOMERS_CUSTOMER_CHANGE)
def change_customer(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    return _form(request, actor, customer_detail(actor, customer_id))


def _form(request: HttpRequest, actor: Actor, before: CustomerDetail | None) -> HttpResponse:
    form = CustomerForm(
        request.POST or None,
        actor=actor,
        before=before,
        groups=[(group.code, localname(group)) for group in customer_groups(actor)],
        changed_by=_last_changed_by(before),
    )
    if request.method == "POST":
        if form.is_valid():
            try:
                return HttpResponseRedirect(_save(request, actor, form))
            except DomainError as error:
                form.refuse(error)
        else:
            form.check_parts()
    if form.is_bound:
        form.renew()
    context: dict[str, Any] = {
        "form": form,
        "customer": before.customer if before else None,
        "roles": ROLE_WORDS,
        "blank_contact": blank_row(CONTACTS),
        "blank_address": blank_row(ADDRESSES),
        "one_more_contact": blank_row(CONTACTS, ONE_MORE),
        "one_more_address": blank_row(ADDRESSES, ONE_MORE),
        "known_tags": [tag.name for tag in tags(actor)],
    }
    return render(request, "customers/form.html", context, status=422 if form.errors else 200)


def _save(request: HttpRequest, actor: Actor, form: CustomerForm) -> str:
    """Save once; the address to go on to. The same form sent twice leads to what the first one made."""
    draft = form.draft()
    made = perform_once(request, actor, form, lambda data: save_customer(draft, actor=actor, now=utc_now()))
    for text in form.said:
        tell(request, text, level="info")
    tell(request, _("Customer %(name)s is saved.") % {"name": form.cleaned_data["name"]})
    if isinstance(made, Customer):
        return reverse("customer-detail", args=[made.pk])
    if form.before is not None:
        return reverse("customer-detail", args=[form.before.customer.pk])
    return f"{reverse('customer-list')}?{urlencode({'q': form.cleaned_data['name']})}"


def _last_changed_by(before: CustomerDetail | None) -> str:
    newest = stream(f"customer:{before.customer.pk}", limit=1) if before else []
    return newest[0].actor_label if newest else ""
