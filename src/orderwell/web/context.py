"""What the layout shows on every page: the navigation for this user, theme and language."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, gettext

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.configuration.options import company_name
from orderwell.platform.permissions import Permission
from orderwell.web.frame.desks import desk_of
from orderwell.web.frame.places import DESKS, GROUPS, START, Entry
from orderwell.web.help.topics import topic_of

THEMES = ("auto", "light", "dark")
# Pages of one thing -> what the search box calls it; it lists those opened last.
OPENED = {
    "order-detail": "order",
    "customer-detail": "customer",
    "product-detail": "product",
    "invoice-detail": "invoice",
}


def navigation(actor: Actor, path: str, desk: str = "") -> list[dict[str, Any]]:
    """The groups in the order of the desk; what is folded opens where the page is inside it."""
    here = frozenset(entry.prefix for group in GROUPS for entry in group.entries if _is_at(entry, path))
    return _navigation(actor.permissions, here, desk)


@lru_cache(maxsize=500)
def _navigation(permissions: frozenset[str], here: frozenset[str], desk: str) -> list[dict[str, Any]]:
    """The same for all with these rights at a place under the prefixes `here`; whoever gets it changes nothing in it."""
    order = DESKS[desk].order if desk else ()
    rank = {name: index for index, name in enumerate(order)}
    first = DESKS[desk].open if desk else len(GROUPS)
    groups: list[dict[str, Any]] = []
    for group in sorted(GROUPS, key=lambda item: rank.get(item.name, len(GROUPS))):
        shown = [_shown(entry, entry.prefix in here) for entry in group.entries if _may_open(entry, permissions)]
        if shown:
            opened = any(entry["current"] for entry in shown) or len(groups) < first
            groups.append({"name": group.name, "title": group.title, "entries": shown, "open": opened})
    return groups


def _may_open(entry: Entry, permissions: frozenset[str]) -> bool:
    return entry.permission in permissions and entry.unless not in permissions


def _is_at(entry: Entry, path: str) -> bool:
    return path == entry.prefix if entry.prefix == "/" else bool(entry.prefix) and path.startswith(entry.prefix)


def _shown(entry: Entry, current: bool) -> dict[str, Any]:
    return {
        "title": entry.title,
        "icon": entry.icon,
        "url": entry.url,
        "keys": entry.keys,
        "counter": entry.counter,
        "current": current,
    }


def _here(groups: list[dict[str, Any]], path: str) -> dict[str, Any] | None:
    """The place this page belongs to, for the trail above the heading."""
    for group in groups:
        for entry in group["entries"]:
            if entry["current"]:
                return {**entry, "group": group["title"], "is_top": entry["url"] == path}
    return None


class May:
    """`{% if may.ORDERS_ORDER_PLACE %}`: looked up where a template asks, not for every permission on every page."""

    def __init__(self, actor: Actor | None, *, but: Collection[Permission] = ()) -> None:
        self._actor, self._but = actor, but

    def __getitem__(self, name: str) -> bool:
        return self._actor is not None and Permission[name] not in self._but and self._actor.may(Permission[name])


def _is_current(groups: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(entry["url"] for group in groups for entry in group["entries"] if entry["current"])


def layout(request: HttpRequest) -> dict[str, Any]:
    """Context processor. `actor` is set by the page decorator, so error pages outside of it show no navigation."""
    actor: Actor | None = getattr(request, "actor", None)
    user = getattr(request, "user", None)
    theme = getattr(user, "theme", "") or request.COOKIES.get("theme", "auto")
    desk = desk_of(actor, getattr(user, "desk", "")) if actor else ""
    groups = navigation(actor, request.path, desk) if actor else []
    match = request.resolver_match
    opened = OPENED.get(match.url_name or "") if match else None
    return {
        "actor": actor,
        "navigation": groups,
        # Whoever has the same rights and is at the same place sees the same navigation.
        "navigation_key": (actor.permissions, desk, request.path == "/", _is_current(groups)) if actor else (),
        "start_place": _shown(START, _is_at(START, request.path)) if actor else None,
        "menu_entry": _here(groups, request.path),
        "desk": desk,
        "opened": f"{opened}:{next(iter(match.kwargs.values()))}" if match and opened else "",
        "page_name": (match.url_name or "") if match else "",
        # A background copy for live updates: what was told to the user waits for a page that the user sees.
        "is_live": bool(request.headers.get("X-Orderwell-Live")),
        "may": May(actor),
        "theme": theme if theme in THEMES else "auto",
        "language": get_language() or settings.LANGUAGE_CODE,
        "languages": settings.LANGUAGES,
        # The company's own name where it has set one; asked for by what shows it, not by every part of a page.
        "house": SimpleLazyObject(lambda: company_name(gettext)),
        "business_zone": settings.TIME_ZONE,
        "help_topic": topic_of(request.resolver_match.url_name if request.resolver_match else None),
    }
