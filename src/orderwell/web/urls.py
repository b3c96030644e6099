"""Every address of the web interface, area by area."""

from importlib import import_module

from django.urls import Resolver404, ResolverMatch, URLPattern, URLResolver, include, path
from django.urls.resolvers import RoutePattern

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


class Areas(URLResolver):
    """The same addresses; of the areas only the one whose word an address begins with is tried."""

    def __init__(self, areas: list[URLResolver]) -> None:
        super().__init__(RoutePattern(""), areas)
        self._found = {str(area.pattern): URLResolver(RoutePattern(""), [area]) for area in areas}

    def resolve(self, path: str) -> ResolverMatch:
        first, slash, _rest = str(path).partition("/")
        area = self._found.get(first + slash)
        if area is None:
            raise Resolver404({"path": path})
        return area.resolve(path)


def _by_first_word() -> list[URLResolver]:
    """All areas together under the first word of their addresses: Django tries one after the other, on every request."""
    found: dict[str, list[URLPattern]] = {}
    for area in AREAS:
        for item in import_module(f"orderwell.web.{area}.urls").urlpatterns:
            first, slash, rest = str(item.pattern).partition("/")
            if "<" in first or not isinstance(item, URLPattern):
                raise TypeError(f"{item.pattern}: an address begins with a word of its own")
            found.setdefault(first + slash, []).append(path(rest, item.callback, item.default_args, item.name))
    return [path(first, include(items)) for first, items in found.items()]


urlpatterns = [Areas(_by_first_word())]
