"""Refusals of the order domain. Each says what is wrong, where, and what would be right."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from orderwell.domains.catalog.errors import UnknownChannel as UnknownChannel
from orderwell.domains.catalog.errors import UnknownSku as UnknownSku
from orderwell.domains.catalog.errors import UnknownTaxCategory as UnknownTaxCategory
from orderwell.domains.customers.errors import UnknownCustomer as UnknownCustomer
from orderwell.domains.orders.states import ORDER
from orderwell.kernel.errors import DomainError
from orderwell.kernel.refusals import AmountOutOfRange as AmountOutOfRange
from orderwell.kernel.refusals import AmountTooPrecise as AmountTooPrecise
from orderwell.kernel.refusals import ControlCharacter as ControlCharacter
from orderwell.kernel.refusals import MissingTimeZone as MissingTimeZone
from orderwell.kernel.refusals import MomentOutOfRange as MomentOutOfRange
from orderwell.kernel.refusals import PriceOutOfRange as PriceOutOfRange
from orderwell.kernel.refusals import PriceTooPrecise as PriceTooPrecise
from orderwell.kernel.refusals import QuantityNotPositive as QuantityNotPositive
from orderwell.kernel.refusals import QuantityTooLarge as QuantityTooLarge
from orderwell.kernel.refusals import QuantityTooPrecise as QuantityTooPrecise
from orderwell.kernel.refusals import TextTooLong as TextTooLong
from orderwell.kernel.refusals import UnknownCurrency as UnknownCurrency
from orderwell.kernel.refusals import ValueMissing as ValueMissing
from orderwell.kernel.transitions import OTHERWISE


class NoPrice(DomainError):
    code = "no_price"
    message = "{sku} has no price in {currency}; give a unit price or add one to the product."


class NoLines(DomainError):
    code = "no_lines"
    message = "An order needs at least one line."


class TooManyLines(DomainError):
    code = "too_many_lines"
    message = "An order may have at most {limit} lines; this one has {count}. Split it into several orders."


class DiscountTooLarge(DomainError):
    code = "discount_too_large"
    message = "The discount {value} is larger than what it is taken from, {limit}."


class PriceOverrideDenied(DomainError):
    code = "price_override_denied"
    message = (
        "{actor} may not set prices or discounts; the price of {sku} is {price}. It needs the permission {permission}."
    )


class OrderDiscountDenied(DomainError):
    code = "order_discount_denied"
    message = "{actor} may not give a discount on an order. It needs the permission {permission}."


class OutOfStock(DomainError):
    """`component`: of a bundle `sku`, the product that is short; the quantities are then of it."""

    code = "out_of_stock"
    message = "{sku}: {wanted} wanted, {available} available."

    def __init__(self, *, component: str = "", pointer: str | None = None, **data: Any) -> None:
        if component:
            self.message = gettext_noop("{component}, which {sku} needs: {wanted} wanted, {available} available.")
            data["component"] = component
        super().__init__(pointer=pointer, **data)


class BundleWithoutComponents(DomainError):
    code = "bundle_without_components"
    message = "The bundle {sku} has no components, so nothing could be shipped for it."


class InternalFailure(DomainError):
    """Something nobody anticipated went wrong with one draft; the log has the details under the same reference."""

    code = "internal_failure"
    message = (
        "This order could not be processed because of an unexpected fault; nothing was written. Reference: {reference}."
    )


class PlacementUnknown(DomainError):
    """The database went away with COMMIT under way and did not come back to be asked."""

    code = "placement_unknown"
    message = (
        "The database went away while this order was written, so it may be there or not. Send it again with the same "
        "request key or external id: an order that is there is then not placed twice."
    )


class OrderStateForbids(DomainError):
    """`message` says how the order stands and what can be done instead; `data` has `state` and `expected` for programs."""

    code = "order_state_forbids"
    message = "This can't be done with order {number} as it stands. Load it again to see what can."

    def __init__(self, *, number: str, state: str, expected: tuple[str, ...], pointer: str | None = None) -> None:
        only = expected[0] if len(expected) == 1 else ""
        said = _EXPECTING.get((state, only)) or ORDER.refusals[state][OTHERWISE]
        self.message = said
        super().__init__(pointer=pointer, number=number, state=state, expected=expected)


# By the state of the order and the state it would have to be in; the rest is as the table of transitions says it.
_EXPECTING = {
    ("placed", "cancelled"): gettext_noop("Order {number} is not cancelled; its reference is still its own."),
    ("completed", "cancelled"): gettext_noop("Order {number} is not cancelled; its reference is still its own."),
    ("draft", "cancelled"): gettext_noop("{number} is a quote; cancel it first."),
    ("completed", "draft"): gettext_noop("{number} is an order already; change the order instead."),
    ("cancelled", "draft"): gettext_noop("{number} was cancelled; write a new quote instead."),
}


class PastOrderFixed(DomainError):
    """Its goods have left and its money is settled, elsewhere: changing either here would promise stock to nobody."""

    code = "past_order_fixed"
    message = "Order {number} happened before Orderwell; its lines, charges and discount stay as they are."


class HeldOrder(DomainError):
    code = "order_on_hold"
    message = "Order {number} is on hold ({reasons}); release the hold before you {step}."


class UnknownHoldKind(DomainError):
    code = "unknown_hold_kind"
    message = "There is no hold kind {value}; expected one of {expected}."


class HoldAlreadyReleased(DomainError):
    code = "hold_already_released"
    message = "This hold was already released by {released_by}."


class QuantityAboveOpen(DomainError):
    code = "quantity_above_open"
    message = "{sku}: only {open} can still be changed this way; you gave {value}."


class PriorityOutOfRange(DomainError):
    code = "priority_out_of_range"
    message = "The priority must lie between {low} and {high}, lower is sooner; it is {value}."


class UnknownLine(DomainError):
    code = "unknown_line"
    message = "Order {number} has no line {value}."


class LineNotChangeable(DomainError):
    code = "line_not_changeable"
    message = "{sku}: {field} cannot be changed any more because {reason}."


class BelowDone(DomainError):
    code = "below_done"
    message = "{sku}: {count} are already shipped, invoiced or cancelled; the quantity can't be less."


class LineNotRemovable(DomainError):
    code = "line_not_removable"
    message = "{sku} cannot be taken off the order: {reason}. Cancel what is left of it instead."


class DifferenceChanged(DomainError):
    code = "difference_changed"
    message = "Stock or prices have moved since you looked: the change would now do something else. Look at it again."


class AlreadyUndone(DomainError):
    code = "already_undone"
    message = "Change {change} of this order was already undone by {undone_by}."


class ChangedAgain(DomainError):
    code = "changed_again"
    message = (
        "Change {change} cannot be undone: change {later} came after it and concerns the same. Undo that one first."
    )


class UndoTooLate(DomainError):
    code = "undo_too_late"
    message = "Change {change} cannot be undone any more: {sku} was {deed} since. Change the order instead."


class PartlyShipped(DomainError):
    code = "partly_shipped"
    message = "{count} components of a bundle have left already; ship the rest of it before you change it."


class NothingToDo(DomainError):
    """`waiting`: units that could be shipped if they were there."""

    code = "nothing_to_do"
    message = "There is nothing left to {step} on order {number}."

    def __init__(self, *, waiting: str = "", pointer: str | None = None, **data: Any) -> None:
        if waiting:
            self.message = gettext_noop("Nothing of order {number} can be shipped now: {waiting} of it wait for stock.")
            data["waiting"] = waiting
        super().__init__(pointer=pointer, **data)


class DisplacingDenied(DomainError):
    """Whoever corrects stock may not thereby take goods from orders."""

    code = "displacing_denied"
    message = "Taking reserved goods from orders (here {orders}) is for somebody who has the permission {permission}."


class HiddenOrders(DomainError):
    """Among the orders that would lose their goods are some that the actor may not know of."""

    code = "hidden_orders"
    message = "Orders that you may not see would lose goods (here {count}); this is for somebody who sees all orders."
