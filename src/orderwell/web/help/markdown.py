"""The manual's Markdown: no HTML of its own gets through, except a place to point at: `<a id="order-list"></a>`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.urls import reverse
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

ANCHOR = re.compile(r'<a id="([a-z0-9-]+)"></a>')
# A line that is broken between two of these was only too long for its file: no space is written there.
_UNSPACED = re.compile(r"[\u2014\u2018-\u201d\u2026\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_PAGE = re.compile(r"(?:\.\./)?([a-z-]*)(?:\.md)?(?:#([a-z0-9-]+))?")


def _anchor(state: StateInline, silent: bool) -> bool:
    found = ANCHOR.match(state.src, state.pos)
    if found is None:
        return False
    if not silent:
        state.push("anchor", "", 0).meta = {"id": found[1]}
    state.pos = found.end()
    return True


def _name_headings(state: StateCore) -> None:
    """The place at the beginning of a heading is the heading's own."""
    for heading, inline in zip(state.tokens, state.tokens[1:], strict=False):
        children = inline.children or []
        if heading.type == "heading_open" and children and children[0].type == "anchor":
            heading.attrSet("id", children[0].meta["id"])
            inline.children = children[1:]


def _links(state: StateCore) -> None:
    """A link to another page of the manual opens there, or in the panel where it was followed."""
    page = state.env.get("page", "")
    for block in state.tokens:
        for token in block.children or []:
            if token.type != "link_open":
                continue
            href = str(token.attrGet("href") or "")
            if href.startswith(("http://", "https://")):
                token.attrSet("rel", "noopener noreferrer")
            elif found := _PAGE.fullmatch(href):
                name = found[1] or page
                token.attrSet("href", address(name, found[2] or ""))
                token.attrSet("data-help-open", f"{name}#{found[2] or ''}")


def _join_lines(state: StateCore) -> None:
    for block in state.tokens:
        children = block.children or []
        for at, token in enumerate(children):
            if token.type != "softbreak":
                continue
            before = next((child.content for child in reversed(children[:at]) if child.content), "")
            after = next((child.content for child in children[at + 1 :] if child.content), "")
            if _UNSPACED.match(before[-1:]) and _UNSPACED.match(after[:1]):
                token.type, token.content = "text", ""


@lru_cache(maxsize=1024)
def address(page: str, anchor: str = "") -> str:
    return reverse("help-page", args=[page]) + (f"#{anchor}" if anchor else "")


class _Renderer(RendererHTML):
    def anchor(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        return f'<span class="help-anchor" id="{tokens[at].meta["id"]}"></span>'

    def table_open(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="card-table-scroll" tabindex="0"><table class="table">'

    def table_close(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>"


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table")
    parser.inline.ruler.before("html_inline", "anchor", _anchor)
    parser.core.ruler.push("name_headings", _name_headings)
    parser.core.ruler.push("links", _links)
    parser.core.ruler.push("join_lines", _join_lines)
    return parser


def parse(text: str, page: str) -> list[Token]:
    return _parser().parse(text, {"page": page})


def render(tokens: Sequence[Token]) -> str:
    parser = _parser()
    return str(parser.renderer.render(tokens, parser.options, {}))


def plain(tokens: Sequence[Token]) -> str:
    """What a reader reads, without marks."""
    parts: list[str] = []
    for token in tokens:
        for child in token.children or []:
            if child.type in ("text", "code_inline"):
                parts.append(child.content)
            elif child.type in ("softbreak", "hardbreak"):
                parts.append(" ")
        if token.type in ("fence", "code_block"):
            parts.append(token.content)
        if token.type in ("inline", "fence", "code_block"):
            parts.append("\n")
    return re.sub(r"[ \n]+", " ", "".join(parts)).strip()


def anchors_in(tokens: Sequence[Token]) -> list[str]:
    found: list[Any] = []
    for token in tokens:
        if token.type == "heading_open" and token.attrGet("id"):
            found.append(token.attrGet("id"))
        found += [child.meta["id"] for child in token.children or [] if child.type == "anchor"]
    return [str(name) for name in found]
