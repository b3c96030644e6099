"""A customer with all contacts and addresses as one form; two people who edit it at once lose nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from msgspec import UNSET

from orderwell.domains.customers.drafts import ContactDraft, CustomerDraft, PostalAddressDraft
from orderwell.domains.customers.errors import CustomerExists, ExternalIdTaken
from orderwell.domains.customers.queries import CustomerDetail, visible_customers
from orderwell.domains.customers.validation import ROLES, part_problems
from orderwell.kernel.errors import ErrorDetail
from orderwell.kernel.money import currencies
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.versions import NEW
from orderwell.web.components.forms import (
    CountryField,
    ExactField,
    Form,
    WholeField,
    dress,
    in_currency,
    offer,
    options,
)
from orderwell.web.components.markup import markup, to
from orderwell.web.components.merging import MergingForm
from orderwell.web.components.words import choices
from orderwell.web.customers.parts import Part, Reconciled, Row, Values, keys_of, reconcile, rows_of

ADDRESS = ("recipient", "phone", "region", "city", "district", "street", "postcode", "country")
ROLE_WORDS: dict[str, str | Promise] = {
    "buyer": pgettext_lazy("contact role", "Buyer"),
    "accounts": pgettext_lazy("contact role", "Accounts"),
    "recipient": pgettext_lazy("contact role", "Takes deliveries"),
    "decision": pgettext_lazy("contact role", "Decides"),
    "technical": pgettext_lazy("contact role", "Technical"),
}
ADDRESS_KINDS = [("shipping", _("For deliveries")), ("billing", _("For invoices"))]
BLANK = "__key__"
FIRST = "n0"
# Without scripts there is one more row below those that are there.
ONE_MORE = "n9999"


def _text(label: Any, limit: int) -> Any:
    return lambda: forms.CharField(
        label=label, required=False, max_length=limit, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


def _check(label: Any) -> Any:
    return lambda: forms.BooleanField(label=label, required=False)


CONTACTS = Part(
    prefix="contact",
    fields={
        "name": _text(_("Name"), 120),
        "job_title": _text(_("Position"), 120),
        "phone": _text(_("Phone"), 40),
        "email": _text(_("E-mail"), 254),
        "language": lambda: forms.ChoiceField(
            label=_("Language"), required=False, choices=[("", _("As the customer")), *settings.LANGUAGES]
        ),
        **{f"role_{role}": _check(ROLE_WORDS[role]) for role in ROLES},
    },
    title="name",
    alike=("name", "phone", "email"),
    checks=frozenset(f"role_{role}" for role in ROLES),
)
ADDRESSES = Part(
    prefix="address",
    fields={
        "kind": lambda: forms.ChoiceField(label=pgettext_lazy("address", "For"), required=False, choices=ADDRESS_KINDS),
        "label": _text(_("Label"), 60),
        "recipient": _text(_("Recipient"), 120),
        "phone": _text(_("Phone of the recipient"), 40),
        "region": _text(_("Province or region"), 80),
        "city": _text(_("City"), 80),
        "district": _text(_("District"), 80),
        "street": _text(_("Street and number"), 500),
        "postcode": _text(_("Postcode"), 20),
        "country": lambda: CountryField(required=False, initial="CN"),
    },
    title="recipient",
    alike=("street", "label", "recipient"),
    blank={"kind": "shipping", "country": "CN"},
)
# Which row is the main one: a radio button in each row, with the key of the row.
MAIN = {"contact_main": CONTACTS, "shipping_main": ADDRESSES, "billing_main": ADDRESSES}


class CustomerForm(MergingForm):
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
    payment_terms_days = WholeField(label=_("Payment terms, days"), min_value=0, max_value=365, initial=0)
    contact_main = forms.CharField(label=_("Main contact"), required=False, max_length=8, widget=forms.HiddenInput)
    shipping_main = forms.CharField(
        label=_("Main delivery address"), required=False, max_length=8, widget=forms.HiddenInput
    )
    billing_main = forms.CharField(
        label=_("Main invoice address"), required=False, max_length=8, widget=forms.HiddenInput
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}))
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        actor: Actor,
        before: CustomerDetail | None,
        groups: list[tuple[str, str]],
        changed_by: str = "",
        **kwargs: Any,
    ) -> None:
        self.actor = actor
        self.before = before
        self.personal = before is None or not before.masked
        who = changed_by or gettext("Somebody else")
        base = _base_of(data)
        stored = stored_of(before) if before is not None else {}
        self.told: list[str] = []
        self.keys: dict[str, list[str]] = {"contact": [], "address": []}
        fields: dict[str, forms.Field] = {}
        if self.personal:
            for part, rows in ((CONTACTS, contact_rows(before)), (ADDRESSES, address_rows(before))):
                found = reconcile(part, base, rows, data, who)
                data, keys = found.data, keys_of(part, found.stored, found.data)
                self.told += found.said
                self.keys[part.prefix] = keys
                fields |= {part.name(key, name): make() for key in keys for name, make in part.fields.items()}
                stored |= _flat(part, found) | _mains(part, rows, found)
        declared = type(self).base_fields
        kept = {name: item for name, item in declared.items() if self.personal or name not in MAIN}
        vars(self)["base_fields"] = {**kept, **fields}  # of this form alone
        self._sent_keys: dict[str, list[str]] = {}
        version = before.customer.version if before is not None else 0
        super().__init__(data, stored=stored, version=version, changed_by=changed_by, **kwargs)
        offer(self, "group", options(groups, empty=_("None")))
        offer(self, "currency", [(code, code) for code in currencies()])
        chosen = data.get("currency", "") if data is not None else ""
        in_currency(self, "credit_limit", chosen or (before.customer.currency if before is not None else "CNY"))
        if before is not None:
            self.fields["number"].disabled = True
            self.fields["number"].help_text = ""
            self.initial["number"] = before.customer.number

    def words_of(self, detail: ErrorDetail) -> str:
        """Who is there already is one click away, in a page of its own: what was typed stays."""
        said = super().words_of(detail)
        if detail.code not in {CustomerExists.code, ExternalIdTaken.code}:
            return said
        found = visible_customers(self.actor).filter(number=detail.data["number"]).first()
        if found is None:
            return said
        link = '{} <a href="{}" target="_blank" rel="noopener">{}</a>'
        return markup(link, said, to("customer-detail", found.pk), gettext("Open %(name)s") % {"name": found.name})

    @property
    def contacts(self) -> list[Row]:
        return self._rows(CONTACTS)

    @property
    def addresses(self) -> list[Row]:
        return self._rows(ADDRESSES)

    def _rows(self, part: Part) -> list[Row]:
        """What is there, and where nothing is, one row ready to be typed into."""
        rows = rows_of(self, part, self.keys[part.prefix], self.sent if self.is_bound else None)
        return rows or [blank_row(part, FIRST, begins=True)]

    @property
    def said(self) -> list[str]:
        return [*super().said, *self.told]

    def field_at(self, pointer: str | None) -> str | None:
        found = re.match(r"/(contact|address)(?:e?s)/(\d+)(?:/(\w+))?", pointer or "")
        if found and int(found[2]) < len(self._sent_keys.get(found[1], [])):
            part = CONTACTS if found[1] == "contact" else ADDRESSES
            name = part.name(self._sent_keys[found[1]][int(found[2])], found[3] or part.title)
            return name if name in self.fields else None
        return super().field_at(pointer)

    def check_parts(self) -> None:
        """What is wrong with contacts and addresses too, where other fields are refused already: said at once."""
        if not self.personal:
            return
        named = bool(self.cleaned_data.get("name"))
        for detail in part_problems(self._contacts(), self._addresses()):
            name = self.field_at(detail.pointer)
            # A row without a name takes that of the customer.
            if (
                name
                and name not in self.errors
                and (named or not (detail.pointer or "").endswith(("name", "recipient")))
            ):
                self.refuse([detail])

    def draft(self) -> CustomerDraft:
        """What is to be saved; contacts and addresses only where they differ."""
        data, before = self.cleaned_data, self.before
        values: dict[str, Any] = {
            name: data[name]
            for name in ("kind", "name", "tax_number", "language", "currency", "credit_limit", "payment_terms_days")
        }
        values |= {"note": data["note"], "active": data["active"] if before else True}
        values |= {"group": data["group"] or None, "external_id": data["external_id"] or None}
        values["tags"] = tuple(tag.strip() for tag in data["tags"].replace("，", ",").split(",") if tag.strip())
        if before is not None:
            values |= {"number": before.customer.number, "version": self.current}
        else:
            # A number that is taken is refused: what is entered as new never writes over somebody who is there.
            values |= {"number": data["number"] or UNSET, "version": NEW}
        if self.personal:
            contacts, addresses = self._contacts(), self._addresses()
            if before is None or list(contacts) != before.contacts:
                values["contacts"] = contacts
            if before is None or list(addresses) != before.addresses:
                values["addresses"] = addresses
        return CustomerDraft(**values)

    def _kept(self, part: Part) -> Iterable[tuple[str, Mapping[str, Any]]]:
        """Rows that are neither removed nor empty."""
        kept = []
        for key in self.keys[part.prefix]:
            row = {name: self.cleaned_data.get(part.name(key, name), "") for name in part.fields}
            texts = {name: str(value or "") for name, value in row.items()}
            if not self.sent.get(part.name(key, "remove")) and not part.is_blank(texts):
                kept.append((key, row))
        self._sent_keys[part.prefix] = [key for key, _row in kept]
        return kept

    def _contacts(self) -> tuple[ContactDraft, ...]:
        main = self.cleaned_data.get("contact_main", "")
        rows = list(self._kept(CONTACTS))
        first = main if main in {key for key, _row in rows} else rows[0][0] if rows else ""
        return tuple(
            ContactDraft(
                name=row["name"] or self.cleaned_data.get("name", ""),
                job_title=row["job_title"],
                phone=row["phone"],
                email=row["email"],
                is_primary=key == first,
                roles=tuple(role for role in ROLES if row[f"role_{role}"]),
                language=row["language"],
            )
            for key, row in rows
        )

    def _addresses(self) -> tuple[PostalAddressDraft, ...]:
        rows = list(self._kept(ADDRESSES))
        first: dict[str, str] = {}
        for kind in ("shipping", "billing"):
            keys = [key for key, row in rows if (row["kind"] or "shipping") == kind]
            main = self.cleaned_data.get(f"{kind}_main", "")
            first[kind] = main if main in keys else keys[0] if keys else ""
        return tuple(
            PostalAddressDraft(
                **{name: row[name] for name in ("label", *ADDRESS) if name not in ("recipient", "country")},
                recipient=row["recipient"] or self.cleaned_data.get("name", ""),
                country=str(row["country"]).upper() or "CN",
                kind=row["kind"] or "shipping",
                is_default=first[row["kind"] or "shipping"] == key,
            )
            for key, row in rows
        )


def blank_row(part: Part, key: str = BLANK, *, begins: bool = False) -> Row:
    """An empty row; with the key that stands for others, one for the page to copy."""
    form = Form()
    form.fields = {part.name(key, name): make() for name, make in part.fields.items()}
    for item in form.fields.values():
        dress(item)
    return Row(key, {name: form[part.name(key, name)] for name in part.fields}, False, "", True, begins)


def main_address(detail: CustomerDetail) -> PostalAddressDraft | None:
    shipping = [address for address in detail.addresses if address.kind == "shipping"]
    return next((address for address in shipping if address.is_default), shipping[0] if shipping else None)


def stored_of(detail: CustomerDetail) -> dict[str, Any]:
    customer = detail.customer
    copied = ("kind", "name", "tax_number", "language", "currency", "payment_terms_days", "note", "active")
    values: dict[str, Any] = {name: getattr(customer, name) for name in (*copied, "credit_limit")}
    values["external_id"] = customer.external_id or ""
    values["group"] = customer.group.code if customer.group else ""
    values["tags"] = ", ".join(sorted(tag.name for tag in customer.tags.all()))
    return values


def contact_rows(detail: CustomerDetail | None) -> list[Values]:
    return [
        {name: getattr(contact, name) for name in ("name", "job_title", "phone", "email", "language")}
        | {f"role_{role}": "on" if role in contact.roles else "" for role in ROLES}
        for contact in (detail.contacts if detail else ())
    ]


def address_rows(detail: CustomerDetail | None) -> list[Values]:
    return [
        {name: getattr(address, name) for name in ("kind", "label", *ADDRESS)}
        for address in (detail.addresses if detail else ())
    ]


def _flat(part: Part, found: Reconciled) -> dict[str, Any]:
    """Stored rows as values of the form's fields."""
    return {
        part.name(key, name): (row.get(name) == "on" if name in part.checks else row.get(name, ""))
        for key, row in found.stored.items()
        for name in part.fields
    }


def _mains(part: Part, rows: Sequence[Values], found: Reconciled) -> dict[str, str]:
    """Keys of the main rows; queries give the main contact, and the main address of each kind, first."""
    keys = {id(row): key for key, row in found.stored.items()}
    if part is CONTACTS:
        return {"contact_main": keys[id(rows[0])] if rows else ""}
    mains = {"shipping_main": "", "billing_main": ""}
    for row in reversed(rows):
        mains[f"{row['kind']}_main"] = keys[id(row)]
    return mains


def _base_of(data: QueryDict | None) -> dict[str, str]:
    try:
        found = json.loads(data.get("base", "") or "{}") if data is not None else {}
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
