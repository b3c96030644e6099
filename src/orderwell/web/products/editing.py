"""Making and changing products, with their variants, prices, packs, barcodes, bundles and pictures."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.catalog.choices import category_choices, every_tax_category
from orderwell.domains.catalog.queries import ProductDetail, product_detail
from orderwell.domains.catalog.services.save_product import save_product
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, NotFound, StaleVersion
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.pages import form_page
from orderwell.web.products.forms import ProductForm, product_initial, unit_words
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
        initial=product_initial(before.product) if before else {"tax_category": "standard"},
        categories=[(row.code, path) for row, path in category_choices()],
        taxes=[(row.code, f"{localname(row)} {percent(row.rate)}") for row in every_tax_category()],
        before=before,
    )
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_product(form.draft(), actor=actor, now=utc_now())
        except NotFound:
            raise
        except DomainError as error:
            codes = {detail.code for detail in error.details}
            if before is None and StaleVersion.code in codes:
                form.add_error("code", _("There is already a product with this code."))
            else:
                form.refuse(error)
        else:
            messages.success(request, _("Product %(code)s is saved.") % {"code": saved.code})
            return HttpResponseRedirect(reverse("product-detail", args=[saved.pk]))
    context = {"form": form, "product": before.product if before else None, "units": unit_words()}
    return render(request, "products/form.html", context, status=422 if form.is_bound and form.has_errors else 200)
