"""Imports every rule that comes with the product, then those of plugins."""

from __future__ import annotations

from orderwell.domains.automation.hints.registry import load_plugins
from orderwell.domains.automation.hints.rules import (
    accounts,
    addresses,
    better,
    habits,
    missing,
    promises,
    twins,
)

BUILT_IN = (twins, habits, missing, addresses, accounts, promises, better)


def load() -> None:
    load_plugins()
