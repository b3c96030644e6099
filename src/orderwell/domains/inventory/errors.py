"""Refusals of the stock ledger."""

from __future__ import annotations

from orderwell.kernel.errors import DomainError


class StockChanged(DomainError):
    """The conditional balance update found less stock than was decided on: the database's last word."""

    code = "stock_changed"
    message = "Stock changed meanwhile: {found} of {expected} balances could be updated. Try again."
