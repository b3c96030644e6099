"""Take a product off sale, and put it back. Nothing is deleted: orders and stock go on naming it."""

from __future__ import annotations

from datetime import datetime

from orderwell.domains.catalog.drafts import ProductDraft
from orderwell.domains.catalog.models import Product
from orderwell.domains.catalog.services.save_product import save_product
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission


def archive_product(*, product_id: int, version: int | None = None, actor: Actor, now: datetime) -> Product:
    """No new order can name its SKUs; refused while an active bundle of another product needs one of them."""
    return _set_active(product_id, False, version, actor, now)


def restore_product(*, product_id: int, version: int | None = None, actor: Actor, now: datetime) -> Product:
    return _set_active(product_id, True, version, actor, now)


def _set_active(product_id: int, active: bool, version: int | None, actor: Actor, now: datetime) -> Product:
    actor.require(Permission.CATALOG_PRODUCT_CHANGE)
    code = Product.objects.filter(pk=product_id).values_list("code", flat=True).first()
    if code is None:
        raise NotFound(kind="product", reference=product_id)
    return save_product(ProductDraft(code=code, active=active, version=version), actor=actor, now=now)
