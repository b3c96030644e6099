"""Refusals of price lists."""

from __future__ import annotations

from orderwell.kernel.errors import DomainError


class PriceListExists(DomainError):
    code = "price_list_exists"
    message = "There is a price list {code} already."


class PriceListCurrencyFixed(DomainError):
    code = "price_list_currency_fixed"
    message = "The price list {code} has prices in {currency}; make another list for another currency."


class DaysOutOfOrder(DomainError):
    code = "days_out_of_order"
    message = "The last day {last} lies before the first day {first}."


class UnknownTarget(DomainError):
    code = "unknown_price_target"
    message = "There is no {scope} {value} that a price list could be for."


class UnknownSource(DomainError):
    code = "unknown_price_source"
    message = "There is no price list {value} to copy from."


class NoSuchEntry(DomainError):
    code = "no_such_price_entry"
    message = "The list has no price of {sku} from the quantity {minimum} on, so there is none to remove."


class EntryChanged(DomainError):
    code = "price_entry_changed"
    message = "Somebody else set the price of {sku} to {current} meanwhile. Look at it and save again."


class EntryGone(DomainError):
    code = "price_entry_gone"
    message = "Somebody else took the price of {sku} out of the list meanwhile."


class TooManyEntries(DomainError):
    code = "too_many_price_entries"
    message = "At most {limit} prices can be set at once; these are {count}. Send them in parts."


class ChangedSince(DomainError):
    code = "price_changed_since"
    message = "This can't be undone: {what} was changed again since. Change it by hand."


class AlreadyUndone(DomainError):
    code = "price_change_already_undone"
    message = "Change {number} was undone already."
