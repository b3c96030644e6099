"""What a browser would send of the main form of a page, as it stands."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

from django.test import Client


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Any] = {}
        self.inside = False
        self.apart = 0
        self.select: str | None = None
        self.area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = "data-main" in given
        if tag in ("template", "noscript"):
            self.apart += 1
        name = given.get("name") or ""
        if not self.inside or self.apart or "disabled" in given:
            return
        if tag == "input" and name:
            self._input(name, given)
        elif tag == "select" and name:
            self.select = name
        elif tag == "option" and self.select and ("selected" in given or self.select not in self.found):
            self.found[self.select] = given.get("value") or ""
        elif tag == "textarea" and name:
            self.area, self.found[name] = name, ""

    def _input(self, name: str, given: dict[str, str | None]) -> None:
        value = given.get("value") or ""
        if given.get("type") in ("checkbox", "radio"):
            if "checked" not in given:
                return
            value = value or "on"
        if name.startswith("line_"):
            self.found.setdefault(name, []).append(value)
        else:
            self.found[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag in ("template", "noscript"):
            self.apart -= 1
        elif tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[self.area] += data.removeprefix("\n")


def sent_by(page: str) -> dict[str, Any]:
    reader = _Fields()
    reader.feed(page)
    assert reader.found, "no form with data-main"
    return reader.found


def begun(client: Client, path: str) -> dict[str, str]:
    """What a form carries unseen: its token, and over a stored record the version and the values it began with."""
    page = client.get(path).content.decode()
    page = page[page.index('id="content"') :] if 'id="content"' in page else page
    found = re.findall(r'name="(token|version|base)" value="([^"]*)"', page)
    assert "token" in dict(found), path
    # A toast further down may hold a token of its own.
    return {name: unescape(value) for name, value in reversed(found)}
