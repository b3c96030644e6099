"""Refusals of the stock ledger."""

from __future__ import annotations

from orderwell.kernel.errors import DomainError


class StockChanged(DomainError):
    """The conditional balance update found less stock than was decided on: the database's last word."""

    code = "stock_changed"
    message = "Stock changed meanwhile: {found} of {expected} balances could be updated. Try again."


class UnknownWarehouse(DomainError):
    code = "unknown_warehouse"
    message = "There is no warehouse {value} that you may use; there are: {expected}."


class StockOfBundle(DomainError):
    code = "stock_of_bundle"
    message = "{sku} is a bundle and has no stock of its own; its components have: {components}."


class StockReserved(DomainError):
    """Less would be on hand than is promised to orders."""

    code = "stock_reserved"
    message = (
        "{sku} in {warehouse}: {on_hand} on hand, {reserved} of them reserved for {lines} order lines. "
        "At most {free} can be taken as long as all of these orders keep theirs."
    )


class MoreThanThere(DomainError):
    """A correction would take away more than lies there, whatever becomes of the orders."""

    code = "more_than_there"
    message = "{sku} in {warehouse}: only {on_hand} are on hand, so {taken} cannot be taken away."


class StockNotFree(DomainError):
    code = "stock_not_free"
    message = (
        "{sku} in {warehouse}: {wanted} wanted, but only {free} are free ({on_hand} on hand, {reserved} reserved for "
        "{lines} order lines)."
    )


class BelowReserved(DomainError):
    """The policy can only be switched off once every stock item is covered."""

    code = "below_reserved"
    message = (
        "{warehouse} holds less than is reserved of {count} products, first {skus}; bring their stock up before you "
        "forbid negative stock."
    )


class ChangeOrCount(DomainError):
    code = "change_or_count"
    message = "Give either a change or the counted quantity of {sku}."


class NothingChanges(DomainError):
    code = "nothing_changes"
    message = "A change of zero is no change; leave the line out."


class SameWarehouse(DomainError):
    code = "same_warehouse"
    message = "Goods cannot be transferred from {warehouse} to itself."


class SkuGivenTwice(DomainError):
    code = "sku_given_twice"
    message = "{sku} is given twice; put its quantities together in one line."


class UnknownTransferLine(DomainError):
    code = "unknown_transfer_line"
    message = "Transfer {number} has no line {value}."


class AboveInTransit(DomainError):
    code = "above_in_transit"
    message = "{sku}: only {open} are still on the way; received and lost together are {given}."


class NothingReceived(DomainError):
    code = "nothing_received"
    message = "Say what was received or lost of at least one line."


class UnknownExpectedReceipt(DomainError):
    code = "unknown_expected_receipt"
    message = "There is no open expected receipt {value} of {sku} in {warehouse}."


class AboveExpected(DomainError):
    code = "above_expected"
    message = "{sku}: {open} of {reference} are still expected; enter the {surplus} more as a line of their own."


class BelowReceived(DomainError):
    code = "below_received"
    message = "{received} of {sku} have already been received for {reference}; it cannot be reduced to {value}."


class NothingCounted(DomainError):
    code = "nothing_counted"
    message = "Nothing of {number} has been counted yet."


class MovedSinceShown(DomainError):
    code = "moved_since_shown"
    message = (
        "Stock of {sku} moved after this form was opened, so nothing was written down. Counted after that? Save once "
        "more. Counted before? Count again."
    )


class MovedWhileCounted(DomainError):
    code = "moved_while_counted"
    message = "{sku} moved between two parts of its count; count it again in one go."
