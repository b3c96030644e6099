"""The map of contacts as a drawing: companies above on the left, the customer in the middle, its people on the right."""

from __future__ import annotations

from dataclasses import dataclass, field
from unicodedata import east_asian_width

from django.urls import reverse

from orderwell.domains.customers.drafts import ContactDraft
from orderwell.domains.customers.family import Family, Relative
from orderwell.platform.formats import listed
from orderwell.web.components.words import word
from orderwell.web.customers.forms import ROLE_WORDS

BOX = 250
GAP = 70
LINE = 18
PAD = 10
BETWEEN = 14
# Half-width characters that fit into a line of a box.
UNITS = 34


@dataclass(frozen=True, slots=True)
class Text:
    x: int
    y: int
    text: str
    url: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    x: int
    y: int
    height: int
    look: str
    texts: list[Text] = field(default_factory=list)
    width: int = BOX


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    boxes: list[Box]
    # Paths of lines, as SVG writes them.
    lines: list[str]


def fit(text: str, units: int = UNITS) -> str:
    """As much of a text as a box has room for; Chinese characters take two units."""
    room, kept = units, ""
    for character in text:
        room -= 2 if east_asian_width(character) in "WF" else 1
        if room < 0:
            return kept[:-1] + "…"
        kept += character
    return kept


def roles_text(contact: ContactDraft) -> str:
    return listed(str(ROLE_WORDS[role]) for role in contact.roles if role in ROLE_WORDS)


def draw(family: Family) -> Drawing:
    left, middle, right = (PAD + column * (BOX + GAP) for column in range(3))
    if not family.above:
        middle, right = left, middle
    people, bottom_right = _stack(right, [_person(contact, family.masked) for contact in family.contacts])
    above, bottom_left = _stack(left, [_company(relative) for relative in family.above])
    me, bottom = _stack(middle, [_lines_of_me(family)])
    below, bottom = _stack(middle + 24, [_company(relative) for relative in family.below], top=bottom)
    center = me[0]
    lines = [_across(center, box) for box in people] + [_across(box, center) for box in above]
    lines += [_down(center, box) for box in below]
    height = max(bottom, bottom_left if family.above else 0, bottom_right if people else 0)
    width = right + BOX + PAD if people else middle + BOX + (24 if below else 0) + PAD
    return Drawing(width, height, [*above, *me, *below, *people], lines)


_Lines = tuple[str, list[tuple[str, str, str]]]


def _lines_of_me(family: Family) -> _Lines:
    customer = family.customer
    return "me", [(fit(customer.name), "", "strong"), (customer.number, "", "sub")]


def _company(relative: Relative) -> _Lines:
    customer = relative.customer
    names = listed(contact.name for contact in relative.contacts[:3])
    lines = [
        (str(word("relation", relative.side)), "", "sub"),
        (fit(customer.name), reverse("customer-people", args=[customer.pk]), "strong"),
    ]
    return "company", [*lines, (fit(names), "", "sub")] if names else lines


def _person(contact: ContactDraft, masked: bool) -> _Lines:
    about = " · ".join(part for part in (contact.job_title, roles_text(contact)) if part)
    lines = [(fit(contact.name), "", "strong")]
    if about:
        lines.append((fit(about), "", "sub"))
    if contact.phone:
        lines.append((contact.phone, "" if masked else f"tel:{contact.phone.replace(' ', '')}", ""))
    if contact.email:
        lines.append((fit(contact.email), "" if masked else f"mailto:{contact.email}", ""))
    return "main" if contact.is_primary else "person", lines


def _stack(x: int, found: list[_Lines], *, top: int = PAD) -> tuple[list[Box], int]:
    """Boxes under each other, and where the next would begin."""
    boxes = []
    for look, lines in found:
        texts = [
            Text(x + PAD, top + PAD + LINE * number + 12, text, url, kind)
            for number, (text, url, kind) in enumerate(lines)
        ]
        height = 2 * PAD + LINE * len(lines)
        boxes.append(Box(x, top, height, look, texts))
        top += height + BETWEEN
    return boxes, top


def _across(start: Box, end: Box) -> str:
    x, y, to, at = start.x + start.width, start.y + start.height // 2, end.x, end.y + end.height // 2
    half = (x + to) // 2
    return f"M{x} {y}C{half} {y} {half} {at} {to} {at}"


def _down(start: Box, end: Box) -> str:
    x, y = start.x + 12, start.y + start.height
    return f"M{x} {y}V{end.y + end.height // 2}H{end.x}"
