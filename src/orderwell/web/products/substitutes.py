"""Which goods stand in for a variant: a list to type, one SKU a line, the best first."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderwell.domains.catalog.models import Variant
from orderwell.domains.catalog.services.set_substitutes import CHANGES, Substitute, set_substitutes
from orderwell.domains.catalog.substitutes import substitutes_of
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import snapshot
from orderwell.platform.events.versions import version_of
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import perform
from orderwell.web.components.merging import MergingForm, over
from orderwell.web.pages import form_page


class SubstitutesForm(MergingForm):
    lines = forms.CharField(
        label=gettext_lazy("Substitutes"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "class": "mono"}),
        help_text=gettext_lazy("One SKU a line, the best first; behind it what is different."),
    )
    pointers = {r"/substitutes.*": "lines"}

    def wanted(self) -> list[Substitute]:
        rows = (line.split(maxsplit=1) for line in self.cleaned_data["lines"].splitlines() if line.strip())
        return [Substitute(row[0], row[1] if len(row) > 1 else "") for row in rows]


@form_page(Permission.CATALOG_PRODUCT_CHANGE)
def substitutes(request: HttpRequest, actor: Actor, variant_id: int) -> HttpResponse:
    variant = Variant.objects.filter(pk=variant_id).first()
    if variant is None:
        raise NotFound(kind="variant", reference=str(variant_id))
    known = []
    with snapshot():
        if actor.may(Permission.CATALOG_PRODUCT_VIEW):
            known = substitutes_of(actor, [variant_id]).get(variant_id, [])
        seen = version_of(f"product:{variant.product_id}", names=CHANGES)
    text = "\n".join(f"{row.substitute.sku} {row.note}".strip() for row in known)
    form = SubstitutesForm(request.POST or None, **over({"lines": text}, seen))

    def act(_data: dict[str, Any]) -> object:
        wanted, version = form.wanted(), seen.number
        return set_substitutes(variant_id=variant_id, substitutes=wanted, version=version, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        form,
        template="products/substitutes_form.html",
        act=act,
        done=_("Saved."),
        to=reverse("product-detail", args=[variant.product_id]),
        context={"variant": variant},
    )
