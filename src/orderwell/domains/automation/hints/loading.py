"""Imports every rule that comes with the product, then those of plugins."""

from __future__ import annotations

from importlib import import_module

from orderwell.domains.automation.hints.registry import load_plugins

# In the order in which hints of one severity are told.
BUILT_IN = ("twins", "habits", "missing", "addresses", "promises", "accounts", "better")


def load() -> None:
    for name in BUILT_IN:
        import_module(f"orderwell.domains.automation.hints.rules.{name}")
    load_plugins()
