"""Scopes: permissions as people write them, one by one or by group."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from orderwell.platform.accounts.errors import UnknownScope
from orderwell.platform.permissions import EVERYTHING, Permission


def expand_scopes(scopes: Iterable[str]) -> frozenset[Permission]:
    """The permissions meant by scopes such as ``*``, ``orders:*``, ``orders:order:*`` or ``orders:order:view``."""
    granted: set[Permission] = set()
    for index, scope in enumerate(scopes):
        if scope.endswith("*") and (scope == "*" or scope.endswith(":*")):
            matching = {permission for permission in EVERYTHING if permission.startswith(scope[:-1])}
        else:
            matching = {permission for permission in EVERYTHING if permission == scope}
        if not matching:
            example = (get_close_matches(scope, sorted(EVERYTHING), n=1) or [Permission.ORDERS_ORDER_VIEW.value])[0]
            raise UnknownScope(scope=scope, example=str(example), pointer=f"/scopes/{index}")
        granted |= matching
    return frozenset(granted)
