"""A page as a test reads it: its links and parts, forms and fields, headings and words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# What of a page nobody reads.
UNREAD = {"script", "style", "template", "svg"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def has(self, name: str) -> bool:
        return name in self.attributes

    def walk(self) -> Iterator[Element]:
        """Itself and all below it, in the order of the page."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(child for child in reversed(element.children) if isinstance(child, Element))

    def find(self, *tags: str) -> Iterator[Element]:
        return (element for element in self.walk() if element.tag in tags)

    def above(self) -> Iterator[Element]:
        place = self.parent
        while place is not None:
            yield place
            place = place.parent

    @property
    def text(self) -> str:
        parts = (child.text if isinstance(child, Element) else child for child in self.children)
        return " ".join("".join(parts).split()) if self.tag not in UNREAD else ""

    @property
    def name(self) -> str:
        """What a screen reader says of it, as far as the element itself tells."""
        pictures = " ".join(image.get("alt") for image in self.find("img"))
        return (self.get("aria-label") or self.text or pictures or self.get("title") or self.get("value")).strip()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.place = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.place)
        self.place.children.append(element)
        if tag not in EMPTY:
            self.place = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.place.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.place))

    def handle_endtag(self, tag: str) -> None:
        place: Element | None = self.place
        while place is not None and place.tag != tag:
            place = place.parent
        if place is not None and place.parent is not None:
            self.place = place.parent

    def handle_data(self, data: str) -> None:
        self.place.children.append(data)


def read(html: str) -> Element:
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root
