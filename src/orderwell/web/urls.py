"""Every address of the web interface, area by area."""

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path

AREAS = (
    "account",
    "lists",
    "start",
    "home",
    "frame",
    "live",
    "search",
    "orders",
    "shipments",
    "billing",
    "customers",
    "products",
    "prices",
    "stock",
    "handheld",
    "imports",
    "printing",
    "system",
    "admin",
    "cases",
    "public",
    "help",
    "hints",
)


def _by_first_word() -> list[URLPattern | URLResolver]:
    """All areas together under the first word of their addresses: Django tries one after the other, on every request."""
    found: dict[str, list[URLPattern]] = {}
    for area in AREAS:
        for item in import_module(f"orderwell.web.{area}.urls").urlpatterns:
            first, slash, rest = str(item.pattern).partition("/")
            if "<" in first or not isinstance(item, URLPattern):
                raise TypeError(f"{item.pattern}: an address begins with a word of its own")
            found.setdefault(first + slash, []).append(path(rest, item.callback, item.default_args, item.name))
    return [path(first, include(items)) for first, items in found.items()]


urlpatterns = _by_first_word()
