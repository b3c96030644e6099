"""Follows every link, part and dialog of the screen as one person, until nothing new is left, and notes what is wrong.

Of addresses that differ only in their rows, and in the values behind their question mark, `breadth` are visited; of
sets of names behind the question mark, `shapes`.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

from orderwell.testing.reading import Element, read

HOST = "http://127.0.0.1"
ELSEWHERE = re.compile(r"(https?://[\w.-]+(:\d+)?(/\S*)?|mailto:\S+@\S+|tel:[+\d*-]+|data:image/\S+)")
# Not the page that it stands on but a file to be fetched: what is in it is tested elsewhere.
FILES = ("/static/", "/api/")
# Which row of a list is looked at is put in by a script.
ROW_TO_COME = "/0/"
# Attributes that carry an address which is sent to, not asked.
SENT_TO = {"data-theme-switch", "data-draft-discard"}
# And one that is asked with the ticked rows; without any it says that there are none.
FOR_ROWS = {"data-print"}


@dataclass(frozen=True)
class Step:
    """An address as it is asked for: "page", "part" (by htmx, into `target`), "dialog" or "data" (by a script)."""

    address: str
    kind: str
    target: str = ""
    came_from: str = ""

    @property
    def path(self) -> str:
        return urlsplit(self.address).path


@dataclass
class Crawl:
    """`visited` are the addresses with their kind, `problems` sentences about what a person would run into."""

    client: Client
    permissions: frozenset[str]
    breadth: int = 2
    shapes: int = 3
    visited: list[Step] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    _waiting: deque[Step] = field(default_factory=deque)
    # Most links of a page stand on the one before as well; what was decided about one holds for good.
    _met: set[tuple[str, str]] = field(default_factory=set)
    _seen: dict[tuple[object, ...], set[str]] = field(default_factory=lambda: defaultdict(set))
    _shapes: dict[tuple[object, ...], set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))

    def from_page(self, *addresses: str) -> Crawl:
        self._waiting.extend(Step(address, "page") for address in addresses)
        while self._waiting:
            step = self._waiting.popleft()
            if self._is_new(step):
                self._visit(step)
        return self

    def _is_new(self, step: Step) -> bool:
        parts = urlsplit(step.address)
        try:
            found = resolve(parts.path)
        except Resolver404:
            self._wrong(step, "leads to no address of the program")
            return False
        about = (step.kind, found.url_name, found.kwargs.get("name", ""))
        keys = tuple(sorted({name for name, _value in parse_qsl(parts.query)}))
        seen, shapes = self._seen[about, keys], self._shapes[about]
        if step.address in seen or len(seen) >= self.breadth:
            return False
        if keys not in shapes and len(shapes) >= self.shapes:
            return False
        seen.add(step.address)
        shapes.add(keys)
        self.names.add(str(found.url_name))
        return True

    def _visit(self, step: Step) -> None:
        headers = {} if step.kind in {"page", "data", "rows"} else {"HX-Request": "true", "HX-Target": step.target}
        if step.kind == "data":
            headers["Accept"] = "application/json"
        answer = self.client.get(step.address, headers=headers)
        hops = 0
        while answer.status_code in {301, 302} and hops < 5:
            step = Step(urljoin(step.address, answer["Location"]), step.kind, step.target, step.came_from)
            answer, hops = self.client.get(step.address, headers=headers), hops + 1
        self.visited.append(step)
        if answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED and step.kind == "data":
            return
        if answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY and step.kind == "rows":
            return
        if answer.status_code >= 400:
            self._wrong(step, f"is answered with {answer.status_code}")
            return
        if answer.status_code == HTTPStatus.OK and answer.get("Content-Type", "").startswith("text/html"):
            self._read(step, read(_body(answer)))

    def _read(self, step: Step, root: Element) -> None:
        whole = next(root.find("html"), None)
        if step.kind == "page" and whole is not None and not any(self._ways_on(step, root)):
            self._wrong(step, "is a page without a way on")
        if step.kind == "dialog":
            if whole is not None:
                self._wrong(step, "opens as a whole page inside a dialog")
            elif not any("modal-header" in element.get("class") for element in root.walk()):
                self._wrong(step, "opens as a dialog without a head and a way to close it")
        ids = {element.get("id") for element in root.walk() if element.has("id")}
        for element in root.walk():
            self._follow(step, element, ids if whole is not None else None)

    def _ways_on(self, step: Step, root: Element) -> Iterator[Element]:
        """Links of the navigation, or of the page itself to another one, or something to do."""
        for element in root.find("a", "button"):
            if element.tag == "button" or urljoin(step.address, element.get("href")) != step.address:
                yield element

    def _follow(self, step: Step, element: Element, ids: set[str] | None) -> None:
        if element.tag == "link":
            return
        if element.has("href"):
            self._href(step, element, element.get("href"), ids)
        if element.has("hx-get"):
            self._add(step, element.get("hx-get"), "part", element.get("hx-target").lstrip("#"))
        if element.has("data-href"):
            self._add(step, element.get("data-href"), "page")
        for name, value in element.attributes.items():
            asked = name.startswith("data-") and name not in SENT_TO and name != "data-href"
            if asked and value.startswith("/") and ROW_TO_COME not in value:
                self._add(step, value, "rows" if name in FOR_ROWS else "data")
        if element.tag == "form":
            self._form(step, element)
        for name in ("hx-post", "formaction"):
            if element.get(name):
                self._may_send(step, element.get(name))

    def _href(self, step: Step, element: Element, value: str, ids: set[str] | None) -> None:
        if value.startswith("#/"):  # a place within the handheld, which a script opens
            return
        if value.startswith("#"):
            if ids is not None and value[1:] and value[1:] not in ids:
                self._wrong(step, f"has a link to {value}, which is not on it")
        elif re.match(r"[a-z]+:", value):
            if not ELSEWHERE.fullmatch(value):
                self._wrong(step, f"has a link to {value!r}, which is no address")
        elif value == "":
            self._wrong(step, f"has a link to nowhere: {element.name}")
        else:
            self._add(step, value, "dialog" if element.has("data-dialog") else "page")

    def _form(self, step: Step, form: Element) -> None:
        action = form.get("action") or step.address
        if form.get("method").lower() == "post" or form.has("hx-post"):
            self._may_send(step, action)
            return
        values = [
            (item.get("name"), item.get("value"))
            for item in form.find("input")
            if item.get("name") and item.get("type") not in {"submit", "checkbox", "radio"}
        ]
        query = urlencode([(name, value) for name, value in values if value])
        self._add(step, f"{urlsplit(action).path}?{query}" if query else urlsplit(action).path, "page")

    def _may_send(self, step: Step, action: str) -> None:
        """A form that is shown must be one that this person may send."""
        path = urlsplit(urljoin(step.address, action)).path
        try:
            view = resolve(path).func
        except Resolver404:
            self._wrong(step, f"has a form for {path}, which is no address of the program")
            return
        needed = getattr(view, "orderwell_permission", None)
        needed = needed() if callable(needed) else needed
        if needed is not None and needed not in self.permissions:
            self._wrong(step, f"has a form for {path}, which needs {needed}")

    def _add(self, step: Step, value: str, kind: str, target: str = "") -> None:
        address = urljoin(step.address, value).split("#")[0]
        if address.startswith(HOST):
            address = address.removeprefix(HOST)
        if (kind, address) in self._met:
            return
        self._met.add((kind, address))
        if address.startswith("/") and not address.startswith(FILES):
            self._waiting.append(
                Step(address, kind, target or ("dialog-content" if kind == "dialog" else ""), step.address)
            )

    def _wrong(self, step: Step, what: str) -> None:
        origin = f" (on {step.came_from})" if step.came_from else ""
        self.problems.append(f"{step.kind} {step.address} {what}{origin}")


def _body(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content.decode())


def crawl(client: Client, permissions: Iterable[str], *starts: str, breadth: int = 2, shapes: int = 3) -> Crawl:
    """Everything that can be reached from `starts`."""
    return Crawl(client, frozenset(permissions), breadth, shapes).from_page(*starts)
