"""Products: list and one with its variants, prices, stock and latest sales."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from orderwell.domains.analytics.queries import monthly_sales_of
from orderwell.domains.catalog.queries import product_detail
from orderwell.domains.inventory.queries import stock as visible_stock
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.queries import stream
from orderwell.platform.permissions import Permission
from orderwell.web.components import charts
from orderwell.web.components.actions import new_token
from orderwell.web.components.timeline import timeline
from orderwell.web.home.views import zone
from orderwell.web.pages import page


@page(Permission.CATALOG_PRODUCT_VIEW)
def product_page(request: HttpRequest, actor: Actor, product_id: int) -> HttpResponse:
    detail = product_detail(actor, product_id)
    stock: dict[int, list[Any]] = defaultdict(list)
    if actor.may(Permission.INVENTORY_STOCK_VIEW):
        for item in visible_stock(actor).filter(variant__product=product_id).order_by("warehouse__priority", "id"):
            stock[item.variant_id].append(item)
    sold = []
    if actor.may(Permission.REPORTS_DASHBOARD_VIEW):
        sold = monthly_sales_of(actor=actor, variant_ids=[item.pk for item in detail.variants], zone=zone())
    context = {
        "detail": detail,
        "product": detail.product,
        "stock": stock,
        "sold": sold,
        "upload_token": new_token(),
        "sales_chart": charts.series(
            [month.strftime("%Y-%m") for month, _units in sold],
            [("bar", _("Units sold"), [units for _m, units in sold])],
        ),
        "timeline": timeline(stream(f"product:{product_id}", limit=30)),
    }
    return render(request, "products/detail.html", context)
