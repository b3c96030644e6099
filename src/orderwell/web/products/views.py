"""The page of a product: variants, stock, what is reserved and coming, prices then and now. Archiving and back."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.catalog.price_history import price_history
from orderwell.domains.catalog.queries import ProductDetail, product_detail
from orderwell.domains.catalog.services.archive_product import archive_product, restore_product
from orderwell.domains.inventory.incoming import coming
from orderwell.domains.inventory.queries import stock as visible_stock
from orderwell.domains.orders.line_list import lines_of_reservations, missing_lines, reserved_lines
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.queries import stream
from orderwell.platform.formats import in_a_row
from orderwell.platform.permissions import Permission, PermissionDenied
from orderwell.platform.prepared import prepared
from orderwell.platform.wording import sentences
from orderwell.web.components.actions import new_token
from orderwell.web.components.timeline import timeline
from orderwell.web.components.toasts import tell, undo
from orderwell.web.orders.line_spec import lines_query
from orderwell.web.pages import action, go, page

ROWS = 10
ZERO = Decimal(0)


@page(Permission.CATALOG_PRODUCT_VIEW)
def product_page(request: HttpRequest, actor: Actor, product_id: int) -> HttpResponse:
    detail = product_detail(actor, product_id)
    context = {
        "detail": detail,
        "product": detail.product,
        "upload_token": new_token(),
        "lines_url": lines_query(product=product_id),
        "prices": price_history(actor, product_id, limit=30),
        "timeline": timeline(stream(f"product:{product_id}", limit=30)),
        **_stock(actor, detail),
        **_promised(actor, detail),
    }
    return render(request, "products/detail.html", context)


def _stock(actor: Actor, detail: ProductDetail) -> dict[str, Any]:
    if not actor.may(Permission.INVENTORY_STOCK_VIEW):
        return {}
    items: dict[int, list[Any]] = defaultdict(list)
    rows = _stock_of(actor, detail.product.pk)
    for item in rows:
        items[item.variant_id].append(item)
    return {
        "stock": items,
        "total": {
            "on_hand": sum((item.on_hand for item in rows), ZERO),
            "reserved": sum((item.reserved for item in rows), ZERO),
            "free": sum((item.on_hand - item.reserved for item in rows), ZERO),
        },
        "coming": coming(actor, [variant.pk for variant in detail.variants]),
    }


def _promised(actor: Actor, detail: ProductDetail) -> dict[str, Any]:
    """For which orders goods are kept, the longest first, and which wait for some."""
    if not actor.may(Permission.ORDERS_ORDER_VIEW):
        return {}
    found = _reserved(actor, detail.product.pk)
    lines = lines_of_reservations(found)
    kept = [{"row": row, "order": lines[row.line_id].order} for row in found[:ROWS] if row.line_id in lines]
    missing = missing_lines(actor, [variant.pk for variant in detail.variants], limit=ROWS)
    return {"kept": kept, "more_kept": len(found) > ROWS, "missing": missing}


@prepared(Actor, int)
def _reserved(actor: Actor, product_id: int) -> QuerySet[Any]:
    return reserved_lines(actor, product_id=product_id, ready=False).order_by("id")[: ROWS + 1]


@prepared(Actor, int)
def _stock_of(actor: Actor, product_id: int) -> QuerySet[Any]:
    return visible_stock(actor).filter(variant__product=product_id).order_by("warehouse__priority", "id")


@action(Permission.CATALOG_PRODUCT_CHANGE)
def archive(request: HttpRequest, actor: Actor, product_id: int) -> HttpResponse:
    """Take it off sale, or put it back; the toast takes that back."""
    active = product_detail(actor, product_id).product.active
    change = archive_product if active else restore_product
    try:
        change(product_id=product_id, actor=actor, now=utc_now())
    except (NotFound, PermissionDenied):
        raise
    except DomainError as error:
        tell(request, in_a_row(*sentences(error)), level="error")
    else:
        done = _("The product is archived: no new order can name it.") if active else _("The product is on sale again.")
        tell(request, done, undo=undo("product-archived" if active else "product-restored", product_id=product_id))
    return go(request, reverse("product-detail", args=[product_id]))
