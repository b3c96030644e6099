"""People and companies of a customer: the map, its table, and which companies belong together."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderwell.domains.customers.family import family_of
from orderwell.domains.customers.lookup import customer_by_number
from orderwell.domains.customers.models import CustomerRelation
from orderwell.domains.customers.services.relations import relate, unrelate
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import ActionForm, perform
from orderwell.web.components.toasts import Undo, tell, undo, undoes
from orderwell.web.components.words import choices
from orderwell.web.customers.people_map import draw, roles_text
from orderwell.web.pages import action, form_page, go, page

CHANGE = Permission.CUSTOMERS_CUSTOMER_CHANGE


def page_of(customer_id: int) -> str:
    return reverse("customer-people", args=[customer_id])


@page(Permission.CUSTOMERS_CUSTOMER_VIEW)
def people(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    family = family_of(actor, customer_id)
    rows = [
        {"customer": customer, "side": side, "relation": relation, "contact": contact, "roles": roles_text(contact)}
        for customer, side, relation, contacts in (
            *((item.customer, item.side, item.relation_id, item.contacts) for item in family.above),
            (family.customer, "", None, family.contacts),
            *((item.customer, item.side, item.relation_id, item.contacts) for item in family.below),
        )
        for contact in contacts
    ]
    context = {
        "family": family,
        "customer": family.customer,
        "drawing": draw(family),
        "rows": rows,
        "relatives": [*family.above, *family.below],
    }
    return render(request, "customers/people_page.html", context)


class RelationForm(ActionForm):
    pointers = {"/other": "other"}
    kind = forms.ChoiceField(label=gettext_lazy("This customer is"), choices=choices("relation_kind"))
    other = forms.CharField(
        label=gettext_lazy("Number of the other customer"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def clean_other(self) -> int:
        found = customer_by_number(self.actor, self.cleaned_data["other"].strip())
        if found is None:
            raise forms.ValidationError(_("There is no customer with this number."))
        return found.pk


@form_page(CHANGE)
def add_relation(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    family = family_of(actor, customer_id)

    def act(data: dict[str, Any]) -> CustomerRelation:
        return relate(customer_id=customer_id, other_id=data["other"], kind=data["kind"], actor=actor, now=utc_now())

    def back(made: CustomerRelation) -> Undo:
        return undo("customer-related", relation_id=made.pk)

    return perform(
        request,
        actor,
        RelationForm(request.POST or None, actor=actor),
        template="customers/relation.html",
        act=act,
        done=_("The relation is noted."),
        to=page_of(customer_id),
        context={"customer": family.customer},
        undo=back,
    )


@action(CHANGE)
def remove_relation(request: HttpRequest, actor: Actor, customer_id: int, relation_id: int) -> HttpResponse:
    family = family_of(actor, customer_id)
    if relation_id not in {item.relation_id for item in (*family.above, *family.below)}:
        raise NotFound(kind="relation", reference=relation_id)
    row = unrelate(relation_id=relation_id, actor=actor, now=utc_now())
    back = undo("customer-unrelated", customer_id=row.customer_id, other_id=row.other_id, kind=row.kind)
    tell(request, _("The relation is taken away."), undo=back)
    return go(request, page_of(customer_id))


@undoes("customer-related")
def take_away_again(actor: Actor, now: Any, *, relation_id: int) -> str:
    unrelate(relation_id=relation_id, actor=actor, now=now)
    return _("The relation is taken away.")


@undoes("customer-unrelated")
def relate_again(actor: Actor, now: Any, *, customer_id: int, other_id: int, kind: str) -> str:
    relate(customer_id=customer_id, other_id=other_id, kind=kind, actor=actor, now=now)
    return _("The relation is noted.")
