"""What the search index has of a customer."""

from __future__ import annotations

from collections.abc import Iterable

from orderwell.platform.search import search_key


def customer_key(number: str, name: str, contacts: Iterable[str] = ()) -> str:
    """`contacts` are the names of people; phone numbers and addresses are found by their blind indexes."""
    return search_key(number, name, *contacts, people=True)
