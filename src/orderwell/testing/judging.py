"""What is wrong with the markup of a page, as sentences: names, labels, headings, nothing inline, nothing untranslated."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from orderwell.testing.reading import UNREAD, Element

FIELDS = ("input", "select", "textarea")
UNLABELLED = {"hidden", "submit", "button", "image", "reset"}
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
HAN = re.compile(r"[\u3400-\u9fff]")
RAW = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")
WORD = re.compile(r"[A-Za-z]+")


def markup_problems(root: Element, *, whole: bool) -> Iterator[str]:
    yield from _names(root)
    yield from _fields(root)
    yield from _inline(root)
    if whole:
        yield from _headings(root)


def title_of(root: Element) -> str:
    return next((element.text for element in root.find("title")), "")


def _names(root: Element) -> Iterator[str]:
    # What a <template> holds is no part of the page until a script copies it.
    placed = (e for e in root.walk() if e.get("id") and all(above.tag != "template" for above in e.above()))
    twice = [name for name, count in Counter(e.get("id") for e in placed).items() if count > 1]
    if twice:
        yield f"the same id twice: {', '.join(twice)}"
    for element in root.find("a", "button"):
        # What has the role of a status is filled by a script as soon as there is something to say.
        silent = element.get("aria-hidden") == "true" or element.get("role") == "status"
        if not element.name and not element.get("aria-labelledby") and not silent:
            yield f"<{element.tag} {element.attributes}> has no name"
    for image in root.find("img"):
        if not image.has("alt"):
            yield f"a picture without alt: {image.get('src')}"


def _fields(root: Element) -> Iterator[str]:
    labelled = {label.get("for") for label in root.find("label") if label.text}
    for element in root.find(*FIELDS):
        if element.get("type") in UNLABELLED or element.has("hidden"):
            continue
        inside = any(place.tag == "label" and place.text for place in element.above())
        named = element.get("aria-label") or element.get("aria-labelledby") or element.get("id") in labelled
        if not (inside or named):
            yield f"no label for <{element.tag} name={element.get('name')!r} id={element.get('id')!r}>"


def _inline(root: Element) -> Iterator[str]:
    for element in root.walk():
        for name in element.attributes:
            if name == "style" or name.startswith("on"):
                yield f"<{element.tag}> has {name}="
    for script in root.find("script"):
        if not script.get("src") and script.get("type") != "application/json":
            yield "a script stands in the page itself"
    if any(True for _ in root.find("style")):
        yield "a style stands in the page itself"


def _headings(root: Element) -> Iterator[str]:
    """Read by ear, headings are the table of contents: one first, and no step left out. Closed dialogs don't count."""
    levels = [int(e.tag[1]) for e in root.find(*HEADINGS) if not any(_is_closed(place) for place in e.above())]
    if levels.count(1) != 1:
        yield f"{levels.count(1)} headings of the first level"
    for before, after in pairwise(levels):
        if after > before + 1:
            yield f"a heading of level {after} follows one of level {before}"


def _is_closed(element: Element) -> bool:
    return "modal" in element.get("class").split() or element.tag == "dialog"


def words_of(root: Element) -> Iterator[tuple[str, Element]]:
    """The texts that a person reads or hears, each with its element."""
    for element in root.walk():
        if element.tag in UNREAD or any(place.tag in UNREAD for place in element.above()):
            continue
        for child in element.children:
            if isinstance(child, str) and child.strip():
                yield " ".join(child.split()), element
        for name in ("aria-label", "title", "placeholder", "alt"):
            if element.get(name).strip():
                yield " ".join(element.get(name).split()), element


def untranslated(text: str, messages: set[str], data: set[str]) -> str:
    """What of a text on a Chinese page is English: a message of ours as it stands in the code, or a raw name."""
    if HAN.search(text) or text in data:
        return ""
    if text in messages and WORD.search(text):
        return text
    raw = RAW.search(text)
    return raw[0] if raw else ""
