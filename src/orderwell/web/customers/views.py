"""New customers, and changes of their record."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.customers.queries import (
    CustomerDetail,
    customer_detail,
    customer_groups,
)
from orderwell.domains.customers.services.save_customer import save_customer
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.customers.forms import CustomerForm, initial_of
from orderwell.web.pages import form_page
from orderwell.web.templatetags.orderwell import localname


@form_page(Permission.CUSTOMERS_CUSTOMER_CHANGE)
def new_customer(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _form(request, actor, None)


@form_page(Permission.CUSTOMERS_CUSTOMER_CHANGE)
def change_customer(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    return _form(request, actor, customer_detail(actor, customer_id))


def _form(request: HttpRequest, actor: Actor, before: CustomerDetail | None) -> HttpResponse:
    groups = [(group.code, localname(group)) for group in customer_groups(actor)]
    # Masked phones and streets must never be written back over the real ones.
    shared: dict[str, Any] = {"groups": groups, "personal": before is None or not before.masked}
    form = CustomerForm(request.POST or None, initial=initial_of(before) if before else None, **shared)
    if before is not None:
        form.fields["number"].disabled = True
        form.fields["number"].help_text = ""
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_customer(form.draft(before), actor=actor, now=utc_now())
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, _("Customer %(name)s is saved.") % {"name": saved.name})
            return HttpResponseRedirect(reverse("customer-detail", args=[saved.pk]))
    context = {"form": form, "customer": before.customer if before else None}
    return render(request, "customers/form.html", context, status=422 if form.errors else 200)
