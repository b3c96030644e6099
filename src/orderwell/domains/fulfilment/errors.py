"""Refusals of fulfilment."""

from __future__ import annotations

from orderwell.kernel.errors import DomainError


class QuantityAboveReserved(DomainError):
    code = "quantity_above_reserved"
    message = "{sku}: {value} to be shipped, but only {reserved} are reserved for this order{where}."


class QuantityAboveShipped(DomainError):
    code = "quantity_above_shipped"
    message = "{sku}: {value} to be returned, but only {left} were shipped and not yet returned."


class UnknownWarehouse(DomainError):
    code = "unknown_warehouse"
    message = "There is no active warehouse {value}."


class WarehouseNeeded(DomainError):
    code = "warehouse_needed"
    message = "{sku}: say into which warehouse it goes; it was not shipped from one of ours."


class DeliveredBeforeShipped(DomainError):
    code = "delivered_before_shipped"
    message = "Shipment {number} left at {shipped_at}; it cannot have arrived at {value}."
