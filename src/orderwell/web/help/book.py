"""The manual as it lies in docs/guide: pages in their order, their sections, and where each place is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from markdown_it.token import Token

from orderwell.web.help import markdown
from orderwell.web.help.glossary import Term, terms, terms_in

FOLDER: Path = settings.PACKAGE / "guide"
LANGUAGES = {"en": "en", "zh-hans": "zh"}
GLOSSARY = "glossary"
NEWS = "whatsnew"

# Groups of pages, in reading order.
CONTENTS: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (_("To begin"), ("start", "lists", "practice")),
    (_("Sales"), ("entry", "orders", "hints", "customers", "products", "prices", "cases")),
    (_("Warehouse"), ("shipping", "stock", "counting", "transfers", "handheld")),
    (_("Money"), ("billing", "printing")),
    (_("Figures"), ("dashboard",)),
    (_("System"), ("import", "admin", "system", "account")),
    (_("To look up"), (GLOSSARY, NEWS)),
)
PAGES = tuple(name for _title, names in CONTENTS for name in names)


@dataclass(frozen=True, slots=True)
class Section:
    """From one heading of the second level to the next. `anchors`: its own, then those inside."""

    page: str
    anchors: tuple[str, ...]
    title: str
    html: SafeString
    text: str

    @property
    def anchor(self) -> str:
        return self.anchors[0] if self.anchors else ""

    @property
    def url(self) -> str:
        return markdown.address(self.page, self.anchor)


@dataclass(frozen=True, slots=True)
class Page:
    name: str
    title: str
    lead: SafeString
    sections: tuple[Section, ...]
    terms: tuple[Term, ...] = ()

    @property
    def url(self) -> str:
        return markdown.address(self.name)

    @property
    def anchors(self) -> tuple[str, ...]:
        return tuple(anchor for section in self.sections for anchor in section.anchors)


def reader_language() -> str:
    """The folder of the reader's language."""
    chinese = (get_language() or settings.LANGUAGE_CODE).startswith("zh")
    return "zh" if chinese else "en"


def page(language: str, name: str) -> Page | None:
    return _page(language, name) if name in PAGES else None


def pages(language: str) -> list[Page]:
    return [_page(language, name) for name in PAGES]


def section_at(language: str, place: str) -> Section | None:
    """The section that holds `page#anchor`; the page's first one where the anchor isn't there."""
    name, _hash, anchor = place.partition("#")
    found = page(language, name)
    if found is None or not found.sections:
        return None
    return next((section for section in found.sections if anchor in section.anchors), found.sections[0])


def neighbours(language: str, name: str) -> tuple[Page | None, Page | None]:
    at = PAGES.index(name)
    before = _page(language, PAGES[at - 1]) if at else None
    after = _page(language, PAGES[at + 1]) if at + 1 < len(PAGES) else None
    return before, after


@cache
def _page(language: str, name: str) -> Page:
    if name == GLOSSARY:
        return Page(name, {"zh": "术语表"}.get(language, "Glossary"), SafeString(""), ())
    tokens = markdown.parse((FOLDER / language / f"{name}.md").read_text(encoding="utf-8"), name)
    starts = [at for at, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h2"]
    title = markdown.plain(tokens[:3])
    lead = tokens[3 : starts[0]] if starts else tokens[3:]
    sections = tuple(
        _section(name, tokens[start:end]) for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True)
    )
    text = " ".join([markdown.plain(lead), *(f"{section.title} {section.text}" for section in sections)])
    return Page(name, title, _safe(lead), sections, terms_in(text, language) if name != NEWS else ())


def _section(name: str, tokens: list[Token]) -> Section:
    return Section(
        page=name,
        anchors=tuple(markdown.anchors_in(tokens)),
        title=markdown.plain(tokens[:3]),
        html=_safe(tokens),
        text=markdown.plain(tokens[3:]),
    )


def _safe(tokens: list[Token]) -> SafeString:
    # Files of our own, rendered by a parser that lets no HTML through.
    return mark_safe(markdown.render(tokens))  # noqa: S308


def glossary_terms() -> tuple[Term, ...]:
    return terms()
