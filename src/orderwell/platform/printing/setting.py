"""From contents and a look to pages: words, letterhead, columns, codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop as _

from orderwell.platform.configuration.options import company_name
from orderwell.platform.configuration.services import get
from orderwell.platform.printing.codes import bar_code, qr_code
from orderwell.platform.printing.contents import Block, Cell, Content, Say
from orderwell.platform.printing.coverage import MISSING, code_points, missing_in, settable_throughout, texts_in
from orderwell.platform.printing.engine import LAYOUTS, logo_name, typeset
from orderwell.platform.printing.kinds import DocumentKind
from orderwell.platform.printing.looks import Look, look_of
from orderwell.platform.printing.models import Logo, PrintTemplate

NOT_AT_HAND = _("{mark} stands for characters that no font of ours has: {characters}.")
PAGE_WORDS = _("Page {page} of {pages}")


@dataclass(frozen=True)
class Design:
    """A look in one language, ready to set documents with."""

    template: str
    look: Look
    language: str
    company: tuple[str, tuple[str, ...], str]
    logo: bytes = b""

    def data(self, kind: DocumentKind, contents: Sequence[Content]) -> dict[str, Any]:
        """What the template is given; see layouts/house.typ for what it does with it."""
        say = Say(self.language, bilingual=self.look.bilingual)
        name, lines, footer = self.company
        chinese = self.language.startswith("zh")
        given = {
            "paper": self.look.paper,
            "language": "zh" if chinese else "en",
            "region": "cn" if chinese else "gb",
            "title": " ".join(content.number for content in contents)[:200],
            "colour": self.look.colour,
            "closing": self.look.closing,
            "page-words": Say(self.language, bilingual=False)(PAGE_WORDS),
            "company": {
                "name": name,
                "lines": list(lines),
                "footer": footer,
                "logo": logo_name(self.logo) if self.logo else "",
            },
            "documents": [self._document(kind, content, say) for content in contents],
        }
        return {name: settable_throughout(value) for name, value in given.items()}

    def _document(self, kind: DocumentKind, content: Content, say: Say) -> dict[str, Any]:
        columns = [(name, kind.columns[name]) for name in self.look.columns]
        made: dict[str, Any] = {
            "title": content.title,
            "number": content.number,
            "barcode": bar_code(content.number) if self.look.barcode else "",
            "qr": qr_code(content.number),
            "mark": content.mark,
            "recipient": _block(content.recipient),
            "ship-to": _block(content.ship_to),
            "facts": [list(fact) for fact in content.facts],
            "columns": [{"title": say(column.title), "kind": column.kind} for _name, column in columns],
            "rows": [[_cell(row.get(name, "")) for name, _column in columns] for row in content.rows],
            "sums": [{"name": sum_.name, "value": sum_.value, "strong": sum_.strong} for sum_ in content.sums],
            "notes": list(content.notes),
            "signatures": list(content.signatures) if self.look.signatures else [],
            "extra": dict(content.extra),
        }
        if missing := list(dict.fromkeys(one for text in texts_in(made) for one in missing_in(text))):
            said = Say(self.language, bilingual=False)(NOT_AT_HAND)
            made["notes"].append(said.format(mark=MISSING, characters=code_points(missing)))
        return made


def _block(block: Block | None) -> dict[str, Any] | None:
    return None if block is None else {"title": block.title, "lines": [line for line in block.lines if line]}


def _cell(cell: Cell) -> str | list[str]:
    return list(cell) if isinstance(cell, tuple) and cell[1] else cell[0] if isinstance(cell, tuple) else cell


def set_documents(kind: DocumentKind, contents: Sequence[Content], design: Design | None) -> bytes:
    """One PDF of documents that share a design."""
    if design is None:
        raise ValueError("documents without a design")
    return typeset(design.template, design.data(kind, contents), logo=design.logo)[0]


def language_for(asked: str, customers: str) -> str:
    """What was asked for, else the customer's, else the company's."""
    known = dict(settings.LANGUAGES)
    return next(code for code in (asked, customers, settings.LANGUAGE_CODE) if code in known)


def design_for(
    kind: DocumentKind,
    *,
    language: str,
    channel: str = "",
    options: Mapping[str, Any] | None = None,
    markup: str | None = None,
    logo: bytes | None = None,
) -> Design:
    """The look that fits best: of the channel and language, of one of them, of neither, the built-in one."""
    if options is None:
        row = chosen(kind.code, channel, language)
        options, markup = (row.options, row.markup) if row else ({}, "")
    return Design(
        template=markup or built_in(kind),
        look=look_of(kind, options),
        language=language,
        company=_company(Say(language, bilingual=False)),
        logo=_logo() if logo is None else logo,
    )


def chosen(kind: str, channel: str, language: str) -> PrintTemplate | None:
    rows = PrintTemplate.objects.filter(kind=kind, channel__in=["", channel], language__in=["", language])
    return max(rows, key=lambda row: (bool(row.channel), bool(row.language)), default=None)


def built_in(kind: DocumentKind) -> str:
    return (LAYOUTS / f"{kind.layout}.typ").read_text(encoding="utf-8")


def _company(say: Say) -> tuple[str, tuple[str, ...], str]:
    legal, tax, address = (str(get(f"business.{name}")) for name in ("legal_name", "tax_number", "address"))
    name = company_name(say)
    lines = [legal if legal != name else "", *address.splitlines(), f"{say(_('Tax number'))} {tax}" if tax else ""]
    return name, tuple(line for line in lines if line), str(get("printing.footer")) or legal or name


def _logo() -> bytes:
    row = Logo.objects.first()
    return bytes(row.content) if row else b""
