"""A new customer without leaving the order: the few fields that a caller is asked for."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from orderwell.domains.customers.drafts import ContactDraft, CustomerDraft, PostalAddressDraft
from orderwell.domains.customers.services.save_customer import save_customer
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.forms import CountryField, Form
from orderwell.web.components.words import choices
from orderwell.web.pages import dialog, form_page

ADDRESS = ("region", "city", "district", "street", "postcode", "country")


class NewCustomerForm(Form):
    pointers = {
        r"/contacts/\d+/(name|phone)": "phone",
        r"/contacts/\d+/email": "email",
        **{rf"/addresses/\d+/{name}": name for name in ADDRESS},
        r"/addresses/\d+/phone": "phone",
    }
    name = forms.CharField(label=_("Name"), max_length=240, widget=forms.TextInput(attrs={"autofocus": True}))
    kind = forms.ChoiceField(label=_("Kind"), choices=choices("customer"), initial="company")
    contact = forms.CharField(label=_("Contact"), required=False, max_length=120)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    email = forms.CharField(label=_("E-mail"), required=False, max_length=254)
    region = forms.CharField(label=_("Province or region"), required=False, max_length=80)
    city = forms.CharField(label=_("City"), required=False, max_length=80)
    district = forms.CharField(label=_("District"), required=False, max_length=80)
    street = forms.CharField(label=_("Street and number"), required=False, max_length=500)
    postcode = forms.CharField(label=_("Postcode"), required=False, max_length=20)
    country = CountryField(required=False, initial="CN")

    def draft(self) -> CustomerDraft:
        data = self.cleaned_data
        values: dict[str, Any] = {"name": data["name"], "kind": data["kind"]}
        who = data["contact"] or data["name"]
        if data["contact"] or data["phone"] or data["email"]:
            contact = ContactDraft(name=who, phone=data["phone"], email=data["email"], is_primary=True)
            values["contacts"] = (contact,)
        if any(data[name] for name in ADDRESS[:-1]):
            where = {name: data[name] for name in ADDRESS} | {"country": data["country"].upper() or "CN"}
            values["addresses"] = (PostalAddressDraft(recipient=who, phone=data["phone"], is_default=True, **where),)
        return CustomerDraft(**values)


@form_page(Permission.CUSTOMERS_CUSTOMER_CHANGE)
def new_customer(request: HttpRequest, actor: Actor) -> HttpResponse:
    """On success the page behind is told who it is (the event `entry:customer`), and the dialog closes."""
    form = NewCustomerForm(request.POST or None, initial={"name": request.GET.get("name", "")[:240]})
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_customer(form.draft(), actor=actor, now=utc_now())
        except DomainError as error:
            form.refuse(error)
        else:
            response = HttpResponse(status=204)
            told = {"entry:customer": {"number": saved.number, "name": saved.name}}
            response["HX-Trigger"] = json.dumps(told)
            return response
    return dialog(request, "orders/entry_customer.html", {"form": form}, status=422 if form.errors else 200)
