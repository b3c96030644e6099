from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from orderwell.domains.customers.drafts import ContactDraft, CustomerDraft, PostalAddressDraft
from orderwell.domains.customers.queries import CustomerDetail
from orderwell.kernel.money import currencies
from orderwell.kernel.quantities import plain
from orderwell.web.components.actions import ActionForm
from orderwell.web.components.forms import ExactField, offer, options
from orderwell.web.components.words import choices

ADDRESS = ("recipient", "phone", "region", "city", "district", "street", "postcode", "country")
COMMON_CURRENCIES = ("CNY", "USD", "EUR", "GBP", "HKD", "JPY")


class CustomerForm(ActionForm):
    """A customer with the main contact and the main delivery address; further ones stay as they are."""

    pointers = {
        r"/contacts/\d+/name": "contact_name",
        r"/contacts/\d+/phone": "contact_phone",
        r"/contacts/\d+/email": "contact_email",
        **{rf"/addresses/\d+/{name}": f"address_{name}" for name in ADDRESS},
    }
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("Kind"), choices=choices("customer"))
    name = forms.CharField(label=_("Name"), max_length=240)
    number = forms.CharField(
        label=_("Number"), required=False, max_length=40, help_text=_("Left empty, the next free one is given.")
    )
    external_id = forms.CharField(label=_("Number in another system"), required=False, max_length=80)
    tax_number = forms.CharField(label=_("Tax number"), required=False, max_length=40)
    group = forms.ChoiceField(label=_("Group"), required=False)
    tags = forms.CharField(label=_("Tags"), required=False, max_length=240, help_text=_("Separated by commas."))
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, initial="zh-hans")
    currency = forms.ChoiceField(label=_("Currency"), initial="CNY")
    credit_limit = ExactField(
        label=_("Credit limit"), required=False, min_value=0, help_text=_("Empty: none agreed. 0: pays in advance.")
    )
    payment_terms_days = forms.IntegerField(label=_("Payment terms, days"), min_value=0, max_value=365, initial=0)
    contact_name = forms.CharField(label=_("Contact"), required=False, max_length=120)
    contact_phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    contact_email = forms.CharField(label=_("E-mail"), required=False, max_length=254)
    address_recipient = forms.CharField(label=_("Recipient"), required=False, max_length=120)
    address_phone = forms.CharField(label=_("Phone of the recipient"), required=False, max_length=40)
    address_region = forms.CharField(label=_("Province or region"), required=False, max_length=80)
    address_city = forms.CharField(label=_("City"), required=False, max_length=80)
    address_district = forms.CharField(label=_("District"), required=False, max_length=80)
    address_street = forms.CharField(label=_("Street and number"), required=False, max_length=500)
    address_postcode = forms.CharField(label=_("Postcode"), required=False, max_length=20)
    address_country = forms.CharField(label=_("Country"), required=False, max_length=2, initial="CN")
    note = forms.CharField(label=_("Note"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}))
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(self, *args: Any, groups: list[tuple[str, str]], personal: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "group", options(groups, empty=_("None")))
        rest = [code for code in currencies() if code not in COMMON_CURRENCIES]
        offer(self, "currency", [(code, code) for code in (*COMMON_CURRENCIES, *rest)])
        self.personal = personal
        if not personal:
            for name in [name for name in self.fields if name.startswith(("contact_", "address_"))]:
                del self.fields[name]

    def draft(self, before: CustomerDetail | None = None) -> CustomerDraft:
        data = self.cleaned_data
        values: dict[str, Any] = {
            name: data[name]
            for name in ("kind", "name", "tax_number", "language", "currency", "credit_limit", "payment_terms_days")
        }
        values |= {"note": data["note"], "active": data["active"] if before else True, "version": data["version"]}
        values |= {"group": data["group"] or None, "external_id": data["external_id"] or None}
        values["tags"] = tuple(tag.strip() for tag in data["tags"].replace("，", ",").split(",") if tag.strip())
        if before is not None:
            values["number"] = before.customer.number
        elif data["number"]:
            values["number"] = data["number"]
        if self.personal:
            values["contacts"] = self._contacts(before)
            values["addresses"] = self._addresses(before)
        return CustomerDraft(**values)

    def _contacts(self, before: CustomerDetail | None) -> tuple[ContactDraft, ...]:
        data, others = self.cleaned_data, tuple(before.contacts[1:]) if before else ()
        given = data["contact_name"] or data["contact_phone"] or data["contact_email"]
        if not given:
            return others
        job = before.contacts[0].job_title if before and before.contacts else ""
        first = ContactDraft(
            name=data["contact_name"] or data["name"],
            job_title=job,
            phone=data["contact_phone"],
            email=data["contact_email"],
            is_primary=True,
        )
        return (first, *others)

    def _addresses(self, before: CustomerDetail | None) -> tuple[PostalAddressDraft, ...]:
        data = {name: self.cleaned_data[f"address_{name}"] for name in ADDRESS}
        main = main_address(before) if before else None
        others = tuple(address for address in before.addresses if address is not main) if before else ()
        if not any(value for name, value in data.items() if name != "country"):
            return others
        data["recipient"] = data["recipient"] or self.cleaned_data["name"]
        data["country"] = data["country"].upper() or "CN"
        label = main.label if main else ""
        return (PostalAddressDraft(**data, label=label, is_default=True), *others)


def main_address(detail: CustomerDetail) -> PostalAddressDraft | None:
    shipping = [address for address in detail.addresses if address.kind == "shipping"]
    return next((address for address in shipping if address.is_default), shipping[0] if shipping else None)


def initial_of(detail: CustomerDetail) -> dict[str, Any]:
    customer = detail.customer
    copied = ("kind", "name", "number", "tax_number", "language", "currency", "payment_terms_days", "note", "active")
    values: dict[str, Any] = {name: getattr(customer, name) for name in (*copied, "version")}
    values["external_id"] = customer.external_id or ""
    values["group"] = customer.group.code if customer.group else ""
    values["tags"] = ", ".join(tag.name for tag in customer.tags.all())
    values["credit_limit"] = "" if customer.credit_limit is None else plain(customer.credit_limit)
    if detail.contacts:
        contact = detail.contacts[0]
        values |= {"contact_name": contact.name, "contact_phone": contact.phone, "contact_email": contact.email}
    if address := main_address(detail):
        values |= {f"address_{name}": getattr(address, name) for name in ADDRESS}
    return values
