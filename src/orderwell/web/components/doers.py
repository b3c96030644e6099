"""Who did something, in words where a part of the program did it by itself."""

from __future__ import annotations

from django.utils.translation import gettext

# The labels of `system_actor` that stand for the program and for nobody's key, command or channel.
_PROGRAM = frozenset({"system", "backorders", "delivery", "money", "undo"})


def who(label: str) -> str:
    """People, keys and commands stand in the records by their own names, which are theirs in every language."""
    return gettext("System") if label in _PROGRAM else label
