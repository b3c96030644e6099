"""What takes back the changes of orders, customers and products: one service call each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from orderwell.domains.catalog.services.archive_product import archive_product, restore_product
from orderwell.domains.catalog.services.images import describe_image, order_images, restore_image
from orderwell.domains.customers.drafts import CustomerDraft
from orderwell.domains.customers.services.save_customer import save_customer
from orderwell.domains.orders.services.hold import place_hold, take_back_hold
from orderwell.platform.accounts.actor import Actor
from orderwell.web.components.toasts import undoes


@undoes("hold-placed")
def release_again(actor: Actor, now: datetime, *, hold_id: int) -> str:
    take_back_hold(hold_id=hold_id, reason=_("Placed by mistake"), actor=actor, now=now)
    return _("The hold is gone again.")


@undoes("hold-released")
def hold_again(actor: Actor, now: datetime, *, order_id: int, kind: str, reason: str) -> str:
    place_hold(order_id=order_id, kind=kind, reason=reason, actor=actor, now=now)
    return _("The hold stands again.")


@undoes("product-archived")
def put_back(actor: Actor, now: datetime, *, product_id: int) -> str:
    restore_product(product_id=product_id, actor=actor, now=now)
    return _("The product is on sale again.")


@undoes("product-restored")
def take_off_again(actor: Actor, now: datetime, *, product_id: int) -> str:
    archive_product(product_id=product_id, actor=actor, now=now)
    return _("The product is archived again.")


@undoes("image-saved")
def image_as_before(
    actor: Actor,
    now: datetime,
    *,
    image_id: int,
    alt_text: str,
    variant_id: int | None,
    version: int,
    product_id: int,
    image_ids: list[int],
) -> str:
    """Text, variant and place; refused when somebody has described the image anew meanwhile."""
    shown: dict[str, Any] = {"alt_text": alt_text, "variant_id": variant_id, "version": version}
    describe_image(image_id=image_id, **shown, actor=actor, now=now)
    order_images(product_id=product_id, image_ids=image_ids, actor=actor, now=now)
    return _("The image is as before.")


@undoes("image-removed")
def image_back(actor: Actor, now: datetime, *, image_id: int) -> str:
    restore_image(image_id=image_id, actor=actor, now=now)
    return _("The image is back.")


@undoes("customer-active")
def set_active_again(actor: Actor, now: datetime, *, number: str, active: bool, version: int) -> str:
    """Archived or restored: as before, unless somebody has changed the customer meanwhile."""
    save_customer(CustomerDraft(number=number, active=active, version=version), actor=actor, now=now)
    return _("The customer is active again.") if active else _("The customer is archived again.")


@undoes("customer-tags")
def tags_again(actor: Actor, now: datetime, *, number: str, tags: list[str], version: int) -> str:
    save_customer(CustomerDraft(number=number, tags=tuple(tags), version=version), actor=actor, now=now)
    return _("The tags are as before.")
