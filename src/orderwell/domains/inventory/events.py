"""What can happen to stock."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_noop as _

from orderwell.platform.events.recording import EventName


class InventoryEvent(EventName):
    # Goods became available, whatever the cause; data: variant_ids, warehouse_id, cause. Backorders listen to it.
    STOCK_RECEIVED = "inventory.stock.received"
    STOCK_ADJUSTED = "inventory.stock.adjusted"
    WAREHOUSE_CREATED = "inventory.warehouse.created"
    WAREHOUSE_CHANGED = "inventory.warehouse.changed"
    BUFFER_CHANGED = "inventory.buffer.changed"
    RECEIPT_ANNOUNCED = "inventory.expected-receipt.announced"
    RECEIPT_CHANGED = "inventory.expected-receipt.changed"
    RECEIPT_CANCELLED = "inventory.expected-receipt.cancelled"
    TRANSFER_CREATED = "inventory.transfer.created"
    TRANSFER_CHANGED = "inventory.transfer.changed"
    TRANSFER_DISPATCHED = "inventory.transfer.dispatched"
    TRANSFER_RECEIVED = "inventory.transfer.received"
    TRANSFER_CANCELLED = "inventory.transfer.cancelled"
    COUNT_OPENED = "inventory.count.opened"
    COUNT_POSTED = "inventory.count.posted"
    COUNT_CANCELLED = "inventory.count.cancelled"

    @classmethod
    def sentences(cls) -> Mapping[str, str]:
        return {
            cls.STOCK_RECEIVED: _("Goods came into {warehouse}"),
            cls.STOCK_ADJUSTED: _("Stock in {warehouse} adjusted: {reason}"),
            cls.WAREHOUSE_CREATED: _("Warehouse {code} created"),
            cls.WAREHOUSE_CHANGED: _("Warehouse {code} changed"),
            cls.BUFFER_CHANGED: _("Buffer of channel {channel} changed from {before} to {after}"),
            cls.RECEIPT_ANNOUNCED: _("{quantity} × {sku} expected in {warehouse} ({reference})"),
            cls.RECEIPT_CHANGED: _("Expected receipt {reference} of {sku} changed"),
            cls.RECEIPT_CANCELLED: _("Expected receipt {reference} of {sku} cancelled"),
            cls.TRANSFER_CREATED: _("Transfer {number} from {origin} to {destination} created"),
            cls.TRANSFER_CHANGED: _("Transfer {number} changed"),
            cls.TRANSFER_DISPATCHED: _("Transfer {number} left {origin}"),
            cls.TRANSFER_RECEIVED: _("Goods of transfer {number} arrived in {destination}"),
            cls.TRANSFER_CANCELLED: _("Transfer {number} cancelled"),
            cls.COUNT_OPENED: _("Stock count {number} of {lines} lines opened in {warehouse}"),
            cls.COUNT_POSTED: _("Stock count {number} posted, lines counted: {counted}"),
            cls.COUNT_CANCELLED: _("Stock count {number} given up"),
        }
