"""Making and changing products, with their variants, prices, packs, barcodes, bundles and pictures."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.catalog.choices import category_choices, every_tax_category
from orderwell.domains.catalog.models import Product
from orderwell.domains.catalog.queries import ProductDetail, product_detail
from orderwell.domains.catalog.services.save_product import save_product
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, NotFound, StaleVersion
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.queries import stream
from orderwell.platform.permissions import Permission, PermissionDenied
from orderwell.web.components.actions import perform_once
from orderwell.web.components.toasts import tell
from orderwell.web.pages import form_page
from orderwell.web.products.forms import ProductForm
from orderwell.web.products.units import unit_words
from orderwell.web.templatetags.orderwell import localname, percent


@form_page(Permission.CATALOG_PRODUCT_CHANGE)
def new_product(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _edit(request, actor, None)


@form_page(Permission.CATALOG_PRODUCT_CHANGE)
def change_product(request: HttpRequest, actor: Actor, product_id: int) -> HttpResponse:
    return _edit(request, actor, product_detail(actor, product_id))


def _edit(request: HttpRequest, actor: Actor, before: ProductDetail | None) -> HttpResponse:
    form = ProductForm(
        request.POST or None,
        categories=[(row.code, path) for row, path in category_choices()],
        taxes=[(row.code, f"{localname(row)} {percent(row.rate)}") for row in every_tax_category()],
        before=before,
        changed_by=_last_changed_by(before) if request.method == "POST" else "",
    )
    if request.method == "POST" and form.is_valid():
        try:
            return HttpResponseRedirect(_save(request, actor, form))
        except (NotFound, PermissionDenied):
            raise
        except DomainError as error:
            stale = StaleVersion.code in {detail.code for detail in error.details}
            if stale and before is None:
                form.add_error("code", _("There is already a product with this code."))
            else:
                form.refuse(error)
    if form.is_bound:
        form.renew()
    context = {"form": form, "product": before.product if before else None, "units": unit_words()}
    return render(request, "products/form.html", context, status=422 if form.is_bound and form.has_errors else 200)


def _save(request: HttpRequest, actor: Actor, form: ProductForm) -> str:
    """Save once; the address to go on to. The same form sent twice leads to what the first one made."""
    draft = form.draft()
    made = perform_once(request, actor, form, lambda data: save_product(draft, actor=actor, now=utc_now()))
    for text in form.said:
        tell(request, text, level="info")
    messages.success(request, _("Product %(code)s is saved.") % {"code": draft.code})
    if isinstance(made, Product):
        return reverse("product-detail", args=[made.pk])
    if form.before is not None:
        return reverse("product-detail", args=[form.before.product.pk])
    return f"{reverse('product-list')}?{urlencode({'q': draft.code})}"


def _last_changed_by(before: ProductDetail | None) -> str:
    newest = stream(f"product:{before.product.pk}", limit=1) if before else []
    return newest[0].actor_label if newest else ""
