"""Small changes of a customer's record, each with a way back in the toast: archive, make active, tags."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderwell.domains.customers.drafts import CustomerDraft
from orderwell.domains.customers.errors import AlreadyMerged
from orderwell.domains.customers.models import Customer
from orderwell.domains.customers.queries import customer_detail, tags
from orderwell.domains.customers.services.save_customer import save_customer
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.versions import version_of
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import perform
from orderwell.web.components.merging import MergingForm
from orderwell.web.components.toasts import Undo, tell, undo
from orderwell.web.pages import action, form_page, go

CHANGE = Permission.CUSTOMERS_CUSTOMER_CHANGE


def page_of(customer_id: int) -> str:
    return reverse("customer-detail", args=[customer_id])


def words_of(text: str) -> tuple[str, ...]:
    """Tags as people type them, separated by commas of either script."""
    return tuple(tag.strip() for tag in text.replace("\uff0c", ",").split(",") if tag.strip())


@action(CHANGE)
def set_active(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    """Archive, or with `active` make active again."""
    before = customer_detail(actor, customer_id).customer
    if before.merged_into_id is not None:
        raise AlreadyMerged(number=before.number)
    wanted = "active" in request.POST
    if before.active == wanted:
        return go(request, page_of(customer_id))
    saved = save_customer(CustomerDraft(number=before.number, active=wanted), actor=actor, now=utc_now())
    text = _("%(name)s is active again.") if wanted else _("%(name)s is archived.")
    back = undo("customer-active", number=saved.number, active=before.active, version=saved.version)
    tell(request, text % {"name": saved.name}, undo=back)
    return go(request, page_of(customer_id))


class TagsForm(MergingForm):
    pointers = {r"/tags/.*": "tags"}
    tags = forms.CharField(
        label=gettext_lazy("Tags"),
        required=False,
        max_length=240,
        help_text=gettext_lazy("Separated by commas."),
        widget=forms.TextInput(attrs={"autofocus": True}),
    )


@form_page(CHANGE)
def change_tags(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    before = customer_detail(actor, customer_id).customer
    names = sorted(tag.name for tag in before.tags.all())
    stored = {"tags": ", ".join(names)}
    who = version_of(f"customer:{customer_id}").changed_by if request.method == "POST" else ""
    form = TagsForm(request.POST or None, stored=stored, version=before.version, changed_by=who)

    def act(data: dict[str, Any]) -> Customer:
        draft = CustomerDraft(number=before.number, tags=words_of(data["tags"]), version=before.version)
        return save_customer(draft, actor=actor, now=utc_now())

    def back(saved: Customer) -> Undo | None:
        if saved.version == before.version:
            return None
        return undo("customer-tags", number=saved.number, tags=names, version=saved.version)

    return perform(
        request,
        actor,
        form,
        template="customers/tags.html",
        act=act,
        done=_("The tags of %(name)s are saved.") % {"name": before.name},
        to=page_of(customer_id),
        context={"customer": before, "known_tags": [tag.name for tag in tags(actor)]},
        undo=back,
    )
