"""A page of a list, as the templates show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import ngettext

from orderwell.platform.paging import Page

ROWS = 50
CAP = 1000


@dataclass(frozen=True, slots=True)
class Listing:
    rows: Sequence[Any]
    next: str | None = None
    previous: str | None = None
    is_later: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.rows

    @property
    def count_text(self) -> str:
        """Exact where everything fits on the page; beyond that nothing is counted that nobody reads."""
        shown = len(self.rows)
        if self.next is None and not self.is_later:
            return ngettext("%(count)s row", "%(count)s rows", shown) % {"count": shown}
        return ngettext("%(count)s row on this page", "%(count)s rows on this page", shown) % {"count": shown}


def listing(request: HttpRequest, page: Page[Any]) -> Listing:
    return Listing(page.rows, next=page.next_cursor, is_later=bool(request.GET.get("after")))


def cursor(request: HttpRequest) -> str | None:
    return request.GET.get("after") or None


def capped(count: int, cap: int = CAP) -> str:
    """A count that stops counting: "1000+"."""
    return f"{cap:,}+" if count > cap else f"{count:,}"


def one_of(value: str, known: Sequence[str]) -> str:
    """A filter value from the address; anything unknown means no filter."""
    return value if value in known else ""
