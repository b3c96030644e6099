"""Refusals of the order domain. Each says what is wrong, where, and what would be right."""

from __future__ import annotations

from orderwell.kernel.errors import DomainError


class UnknownChannel(DomainError):
    code = "unknown_channel"
    message = "There is no active channel {value}."


class UnknownCustomer(DomainError):
    code = "unknown_customer"
    message = "There is no active customer {value}."


class UnknownSku(DomainError):
    code = "unknown_sku"
    message = "There is no active product with the SKU {value}."


class UnknownTaxCategory(DomainError):
    code = "unknown_tax_category"
    message = "There is no tax category {value}."


class UnknownCurrency(DomainError):
    code = "unknown_currency"
    message = "{value} is not an ISO 4217 currency code; expected one such as {expected}."


class NoPrice(DomainError):
    code = "no_price"
    message = "{sku} has no price in {currency}; give a unit price or add one to the product."


class NoLines(DomainError):
    code = "no_lines"
    message = "An order needs at least one line."


class TooManyLines(DomainError):
    code = "too_many_lines"
    message = "An order may have at most {limit} lines; this one has {count}. Split it into several orders."


class QuantityNotPositive(DomainError):
    code = "quantity_not_positive"
    message = "The quantity must be greater than zero; it is {value}."


class QuantityTooLarge(DomainError):
    code = "quantity_too_large"
    message = "The quantity {value} is larger than {limit}."


class QuantityTooPrecise(DomainError):
    code = "quantity_too_precise"
    message = "{sku} is sold with at most {places} decimal places; the quantity is {value}."


class PriceOutOfRange(DomainError):
    code = "price_out_of_range"
    message = "The unit price must lie between 0 and {limit}; it is {value}."


class PriceTooPrecise(DomainError):
    code = "price_too_precise"
    message = "A unit price may have at most {places} decimal places; it is {value}."


class AmountTooPrecise(DomainError):
    code = "amount_too_precise"
    message = "An amount in {currency} may have at most {places} decimal places; it is {value}."


class AmountOutOfRange(DomainError):
    code = "amount_out_of_range"
    message = "The amount must lie between {low} and {high}; it is {value}."


class DiscountTooLarge(DomainError):
    code = "discount_too_large"
    message = "The discount {value} is larger than what it is taken from, {limit}."


class PriceOverrideDenied(DomainError):
    code = "price_override_denied"
    message = (
        "{actor} may not set prices or discounts; the price of {sku} is {price}. It needs the permission {permission}."
    )


class TextTooLong(DomainError):
    code = "text_too_long"
    message = "This text may have at most {limit} characters; it has {count}."


class ControlCharacter(DomainError):
    code = "control_character"
    message = "This text holds a NUL character; remove it."


class ValueMissing(DomainError):
    code = "value_missing"
    message = "A value is needed here."


class MissingTimeZone(DomainError):
    code = "missing_time_zone"
    message = "{value} has no time zone; write it like 2026-03-01T09:30:00+08:00."


class OutOfStock(DomainError):
    code = "out_of_stock"
    message = "{sku}: {wanted} wanted, {available} available."


class BundleWithoutComponents(DomainError):
    code = "bundle_without_components"
    message = "The bundle {sku} has no components, so nothing could be shipped for it."


class InternalFailure(DomainError):
    """Something nobody anticipated went wrong with one draft; the log has the details under the same reference."""

    code = "internal_failure"
    message = (
        "This order could not be processed because of an unexpected fault; nothing was written. Reference: {reference}."
    )


class OrderStateForbids(DomainError):
    code = "order_state_forbids"
    message = "Order {number} is {state}; this can only be done while it is {expected}."


class HeldOrder(DomainError):
    code = "order_on_hold"
    message = "Order {number} is on hold ({kinds}); release the hold before you {step}."


class UnknownHoldKind(DomainError):
    code = "unknown_hold_kind"
    message = "There is no hold kind {value}; expected one of {expected}."


class HoldAlreadyReleased(DomainError):
    code = "hold_already_released"
    message = "This hold was already released by {released_by}."


class QuantityAboveOpen(DomainError):
    code = "quantity_above_open"
    message = "{sku}: only {open} can still be changed this way; you gave {value}."


class UnknownLine(DomainError):
    code = "unknown_line"
    message = "Order {number} has no line {value}."


class LineNotChangeable(DomainError):
    code = "line_not_changeable"
    message = "{sku}: {field} cannot be changed any more because {reason}."


class NothingToDo(DomainError):
    code = "nothing_to_do"
    message = "There is nothing left to {step} on order {number}."


class EmptyFile(DomainError):
    code = "empty_file"
    message = "The file {name} is empty."


class FileTooLarge(DomainError):
    code = "file_too_large"
    message = "The file has {size} bytes; at most {limit} are taken."
