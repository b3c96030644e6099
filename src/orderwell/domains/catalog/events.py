"""What can happen to products, prices, channels and tax categories."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class CatalogEvent(EventName):
    PRODUCT_CREATED = "catalog.product.created"
    PRODUCT_CHANGED = "catalog.product.changed"
    PRODUCT_ARCHIVED = "catalog.product.archived"
    PRODUCT_RESTORED = "catalog.product.restored"
    IMAGE_ADDED = "catalog.image.added"
    IMAGE_CHANGED = "catalog.image.changed"
    IMAGES_ORDERED = "catalog.image.ordered"
    IMAGE_REMOVED = "catalog.image.removed"
    IMAGE_RESTORED = "catalog.image.restored"
    PRICE_CHANGED = "catalog.price.changed"
    SUBSTITUTES_CHANGED = "catalog.substitutes.changed"
    CHANNEL_CREATED = "catalog.channel.created"
    CHANNEL_CHANGED = "catalog.channel.changed"
    CATEGORY_CREATED = "catalog.category.created"
    CATEGORY_CHANGED = "catalog.category.changed"
    TAX_CATEGORY_CREATED = "catalog.tax-category.created"
    TAX_CATEGORY_CHANGED = "catalog.tax-category.changed"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return {
            cls.PRODUCT_CREATED: _("Product {code} created"),
            cls.PRODUCT_CHANGED: _("Product {code} changed"),
            cls.PRODUCT_ARCHIVED: _("Product {code} archived"),
            cls.PRODUCT_RESTORED: _("Product {code} restored"),
            cls.IMAGE_ADDED: _("Image {name} added to product {code}"),
            cls.IMAGE_CHANGED: _("Image of product {code} described: {name}"),
            cls.IMAGES_ORDERED: _("Images of product {code} put in another order"),
            cls.IMAGE_REMOVED: _("Image {name} removed from product {code}"),
            cls.IMAGE_RESTORED: _("Image {name} of product {code} brought back"),
            cls.PRICE_CHANGED: _("Price of {sku} in {currency} changed from {before} to {after}"),
            cls.SUBSTITUTES_CHANGED: _("Substitutes of {sku} changed from {before} to {after}"),
            cls.CHANNEL_CREATED: _("Channel {code} created"),
            cls.CHANNEL_CHANGED: _("Channel {code} changed"),
            cls.CATEGORY_CREATED: _("Category {code} created"),
            cls.CATEGORY_CHANGED: _("Category {code} changed"),
            cls.TAX_CATEGORY_CREATED: _("Tax category {code} created"),
            cls.TAX_CATEGORY_CHANGED: _("Tax category {code} changed"),
        }
