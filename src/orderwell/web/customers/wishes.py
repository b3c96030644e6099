"""What a customer wants, agreed to, and what colleagues noted: preferences, consent, notes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from orderwell.domains.customers.drafts import CustomerDraft
from orderwell.domains.customers.models import Consent, Customer
from orderwell.domains.customers.notes import note_of
from orderwell.domains.customers.preferences import DAYS, PREFERENCES, Preference, declared
from orderwell.domains.customers.queries import CustomerDetail, customer_detail
from orderwell.domains.customers.services.notes import add_note, change_note, pin_note, remove_note, restore_note
from orderwell.domains.customers.services.record_consent import record_consent
from orderwell.domains.customers.services.save_customer import save_customer
from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import listed
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import ActionForm, perform
from orderwell.web.components.merging import MergingForm
from orderwell.web.components.places import place_name
from orderwell.web.components.toasts import tell, undo, undoes
from orderwell.web.customers.actions import page_of
from orderwell.web.pages import action, form_page, go
from orderwell.web.templatetags.orderwell import localname

CHANGE = Permission.CUSTOMERS_CUSTOMER_CHANGE
YES_NO = [("", gettext_lazy("Not said")), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
PURPOSES = {
    "marketing": gettext_lazy("Advertising"),
    "newsletter": gettext_lazy("Newsletter"),
    "survey": gettext_lazy("Surveys"),
    "data": pgettext_lazy("consent", "Passing on data"),
}
MEDIA = {
    "email": pgettext_lazy("consent", "E-mail"),
    "phone": gettext_lazy("Phone"),
    "sms": gettext_lazy("Text message"),
    "wechat": gettext_lazy("WeChat"),
    "post": gettext_lazy("Post"),
}


def field_of(item: Preference, actor: Actor) -> forms.Field:
    shared: dict[str, Any] = {"label": _(item.title), "help_text": _(item.hint) if item.hint else "", "required": False}
    match item.kind:
        case "yes_no":
            return forms.ChoiceField(choices=YES_NO, **shared)
        case "choice":
            known = [(name, _(title)) for name, title in (item.choices or {}).items()]
            return forms.ChoiceField(choices=[("", _("Not said")), *known], **shared)
        case "code":
            places = [(place.code, localname(place)) for place in visible_warehouses(actor)]
            return forms.ChoiceField(choices=[("", _("None")), *places], **shared)
        case "time":
            return forms.CharField(max_length=5, widget=forms.TimeInput(attrs={"type": "time"}), **shared)
        case _:
            return forms.CharField(max_length=500, **shared)


def keep(field: forms.ChoiceField, value: str) -> None:
    """Offer the value that is set, also where it is not to be chosen anew."""
    offered = cast(list[tuple[str, Any]], list(field.widget.choices))
    if value not in {name for name, _title in offered}:
        field.choices = [*offered, (value, value)]


class PreferencesForm(MergingForm):
    """One field for each declared preference; of the days of a week one box each."""

    pointers = {r"/preferences/delivery_days": "day_mon", **{rf"/preferences/{p.name}": p.name for p in PREFERENCES}}

    def __init__(self, data: Any, *, customer: Customer, actor: Actor, **kwargs: Any) -> None:
        fields: dict[str, forms.Field] = {}
        stored: dict[str, Any] = {}
        kept = customer.preferences
        for item in PREFERENCES:
            value = kept.get(item.name)
            if item.kind == "days":
                fields |= {
                    f"day_{day}": forms.BooleanField(label=_(name), required=False) for day, name in DAYS.items()
                }
                stored |= {f"day_{day}": day in (value or ()) for day in DAYS}
                continue
            field = fields[item.name] = field_of(item, actor)
            stored[item.name] = {True: "yes", False: "no", None: ""}[value] if item.kind == "yes_no" else value or ""
            # A warehouse that was closed, or one of another's, stays chosen until somebody chooses another.
            if isinstance(field, forms.ChoiceField):
                keep(field, stored[item.name])
        vars(self)["base_fields"] = {**type(self).base_fields, **fields}
        super().__init__(data, stored=stored, version=customer.version, **kwargs)

    def values(self, before: Customer) -> dict[str, Any]:
        """All preferences as they shall be; those that nobody declared stay."""
        data = self.cleaned_data
        found = {name: value for name, value in before.preferences.items() if name not in {p.name for p in PREFERENCES}}
        for item in PREFERENCES:
            if item.kind == "days":
                if days := [day for day in DAYS if data[f"day_{day}"]]:
                    found[item.name] = days
            elif data[item.name]:
                found[item.name] = data[item.name] == "yes" if item.kind == "yes_no" else data[item.name]
        return found

    def days(self) -> list[forms.BoundField]:
        return [self[f"day_{day}"] for day in DAYS]

    def rest(self) -> list[forms.BoundField]:
        return [self[item.name] for item in PREFERENCES if item.kind != "days"]


@form_page(CHANGE)
def preferences(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    before = customer_detail(actor, customer_id).customer
    form = PreferencesForm(request.POST or None, customer=before, actor=actor)

    def act(data: dict[str, Any]) -> Customer:
        draft = CustomerDraft(number=before.number, preferences=form.values(before), version=before.version)
        return save_customer(draft, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        form,
        template="customers/preferences.html",
        act=act,
        done=_("The preferences of %(name)s are saved.") % {"name": before.name},
        to=page_of(customer_id),
        context={"customer": before},
    )


def value_text(item: Preference, value: Any) -> str:
    match item.kind:
        case "yes_no":
            return _("Yes") if value else _("No")
        case "days":
            return listed(_(DAYS[day]) for day in DAYS if day in value)
        case "choice":
            return _((item.choices or {}).get(value, value))
        case "code":
            return place_name(value)
        case _:
            return str(value)


def wishes_of(customer: Customer) -> list[tuple[str, str]]:
    """Titles and values of the preferences that were set, in the reader's language."""
    return [(_(item.title), value_text(item, value)) for item, value in declared(customer.preferences)]


class ConsentForm(ActionForm):
    purpose = forms.ChoiceField(label=gettext_lazy("For what"), choices=list(PURPOSES.items()))
    medium = forms.ChoiceField(label=gettext_lazy("By which way"), choices=list(MEDIA.items()))
    granted = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("yes", pgettext_lazy("consent", "Given")), ("no", pgettext_lazy("consent", "Withdrawn"))],
    )
    source = forms.CharField(
        label=gettext_lazy("How it was said"),
        max_length=80,
        help_text=gettext_lazy("Such as “phone call on 3 May with Ms Li” or “form at the trade fair”."),
    )


@form_page(CHANGE)
def consent(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    detail = customer_detail(actor, customer_id)

    def act(data: dict[str, Any]) -> Consent:
        data["granted"] = data["granted"] == "yes"
        return record_consent(customer_id=customer_id, **data, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        ConsentForm(request.POST or None),
        template="customers/consent.html",
        act=act,
        done=_("The consent is noted."),
        to=page_of(customer_id),
        context={"customer": detail.customer, "history": consents_of(detail.consent_history)},
    )


def consents_of(rows: list[Consent]) -> list[dict[str, Any]]:
    """Consents with their words; a purpose that came over the API is shown as it is."""
    return [
        {
            "row": row,
            "purpose": PURPOSES.get(row.purpose, row.purpose),
            "medium": MEDIA.get(row.medium, row.medium),
        }
        for row in rows
    ]


class NoteForm(ActionForm):
    body = forms.CharField(
        label=gettext_lazy("Note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4, "autofocus": True})
    )
    pinned = forms.BooleanField(label=gettext_lazy("Keep it on top"), required=False)


@form_page(CHANGE)
def new_note(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    detail: CustomerDetail = customer_detail(actor, customer_id)

    def act(data: dict[str, Any]) -> object:
        return add_note(customer_id=customer_id, **data, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        NoteForm(request.POST or None),
        template="customers/note.html",
        act=act,
        done=_("The note is saved."),
        to=page_of(customer_id),
        context={"customer": detail.customer},
    )


class NoteChangeForm(MergingForm):
    body = forms.CharField(
        label=gettext_lazy("Note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4, "autofocus": True})
    )


@form_page(CHANGE)
def edit_note(request: HttpRequest, actor: Actor, customer_id: int, note_id: int) -> HttpResponse:
    note = note_of(actor, customer_id, note_id)

    def act(data: dict[str, Any]) -> object:
        return change_note(note_id=note_id, body=data["body"], actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        NoteChangeForm(
            request.POST or None,
            stored={"body": note.body},
            version=int(note.changed_at.timestamp() * 1_000_000) if note.changed_at else 0,
            changed_by=note.author_label,
        ),
        template="customers/note.html",
        act=act,
        done=_("The note is saved."),
        to=page_of(customer_id),
        context={"customer": note.customer, "note": note},
    )


@action(CHANGE)
def pin(request: HttpRequest, actor: Actor, customer_id: int, note_id: int) -> HttpResponse:
    note_of(actor, customer_id, note_id)
    pin_note(note_id=note_id, pinned="on" in request.POST, actor=actor, now=utc_now())
    return go(request, page_of(customer_id))


@action(CHANGE)
def drop_note(request: HttpRequest, actor: Actor, customer_id: int, note_id: int) -> HttpResponse:
    note_of(actor, customer_id, note_id)
    remove_note(note_id=note_id, actor=actor, now=utc_now())
    tell(request, _("The note is gone."), undo=undo("customer-note", note_id=note_id))
    return go(request, page_of(customer_id))


@undoes("customer-note")
def note_again(actor: Actor, now: datetime, *, note_id: int) -> str:
    restore_note(note_id=note_id, actor=actor, now=now)
    return _("The note is back.")
