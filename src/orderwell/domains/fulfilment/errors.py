"""Refusals of fulfilment."""

from __future__ import annotations

from orderwell.kernel.errors import DomainError


class QuantityAboveReserved(DomainError):
    code = "quantity_above_reserved"
    message = "{sku}: {value} to be shipped, but only {reserved} are reserved for this order{where}."


class QuantityAboveShipped(DomainError):
    code = "quantity_above_shipped"
    message = "{sku}: {value} to be returned, but only {left} were shipped and not yet returned."


class ReturnUndone(DomainError):
    code = "return_undone"
    message = "Return {number} was undone by {who} at {moment}: {reason}"


class ReturnSettled(DomainError):
    code = "return_settled"
    message = "Return {number} was settled without a credit note: {reason}. Undo that first, then the return."


class ReturnSettledAlready(DomainError):
    """Saying something else in its place would lose what was agreed first."""

    code = "return_settled_already"
    message = (
        "Return {number} was settled without a credit note already: {reason}. Undo that first to give another reason."
    )


class ReturnNotSettled(DomainError):
    code = "return_not_settled"
    message = "Return {number} is not settled without a credit note, so there is nothing to undo."


class ImportedReturn(DomainError):
    code = "imported_return"
    message = "Return {number} came in with a file; undo that import instead."


class ReturnedGoodsGone(DomainError):
    code = "returned_goods_gone"
    message = (
        "{sku}: this return put {value} into {warehouse}, and only {free} are still free there. "
        "The rest was promised to orders or has left."
    )


class UnknownWarehouse(DomainError):
    code = "unknown_warehouse"
    message = "There is no active warehouse {value}; there are: {expected}."


class WarehouseNeeded(DomainError):
    code = "warehouse_needed"
    message = "{sku}: say into which warehouse it goes; it was not shipped from one of ours."


class DeliveredBeforeShipped(DomainError):
    code = "delivered_before_shipped"
    message = "Shipment {number} left at {shipped_at}; it cannot have arrived at {value}."


class DeliveredInFuture(DomainError):
    code = "delivered_in_future"
    message = "{value} has not come yet; say that a shipment arrived once it is there."


class NoLongerReserved(DomainError):
    code = "no_longer_reserved"
    message = "What this row stood for has been shipped, cancelled or given to another order since the list was loaded."
