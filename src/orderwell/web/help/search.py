"""Search in the manual: words by their beginning, Chinese by pairs of characters, pinyin and initials of titles.

Everything lies in memory, a few hundred sections per language; the index is made when somebody first searches.
"""

from __future__ import annotations

import math
import re
import threading
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from orderwell.platform.search.keys import normalise, search_key
from orderwell.web.help import book, markdown

_WORD = re.compile(r"[a-z0-9]+")
_HAN = re.compile(r"[㐀-鿿]+")
# Words of a question that say nothing about its subject.
_ASKING = frozenset(
    [
        "a",
        "an",
        "the",
        "how",
        "do",
        "does",
        "did",
        "i",
        "my",
        "me",
        "we",
        "our",
        "you",
        "your",
        "to",
        "can",
        "could",
        "is",
        "are",
        "be",
        "it",
        "what",
        "which",
        "where",
        "when",
        "why",
        "of",
        "for",
        "in",
        "on",
        "at",
        "and",
        "or",
        "with",
        "from",
        "please",
    ]
)
_ASKING_HAN = re.compile(
    r"如何|怎么办|怎么样|怎么|怎样|请问|为什么|什么|哪里|哪儿|可以|能不能|我想|我要|一下|的|吗|呢|吧|了"
)
# What people say -> what the manual calls it.
_SAID = {
    "拆单": "部分发货",
    "分批发货": "部分发货",
    "退钱": "退款",
    "面单": "地址标签",
    "split": "part",
    "money back": "refund",
}
# What a hit in the title counts beside one in the text.
TITLE, ALIAS, TEXT = 6.0, 3.0, 1.0
AROUND = 60
MOST = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be found: a section of the manual, or a term of the glossary."""

    place: str
    url: str
    page_title: str
    title: str
    text: str
    alias: str


@dataclass(frozen=True, slots=True)
class Hit:
    entry: Entry
    title: SafeString
    excerpt: SafeString
    score: float


def tokens(text: str) -> list[str]:
    """Latin words, and pairs of neighbouring Chinese characters; a character that stands alone is itself."""
    plain = normalise(text)
    found = _WORD.findall(plain)
    for run in _HAN.findall(plain):
        found += [run[at : at + 2] for at in range(len(run) - 1)] if len(run) > 1 else [run]
    return found


def subject_of(question: str) -> str:
    """The question without its asking words, in the words of the manual; the question itself where nothing else is in it."""
    plain = normalise(question)
    for said, called in _SAID.items():
        plain = plain.replace(said, called)
    left = _ASKING_HAN.sub(" ", " ".join(word for word in plain.split() if word.strip("?!.,;:？！。，") not in _ASKING))
    return left if tokens(left) else question


class Index:
    def __init__(self, entries: list[Entry]) -> None:
        self.entries = entries
        self.weights: dict[str, dict[int, float]] = {}
        for at, entry in enumerate(entries):
            for text, weight in ((entry.title, TITLE), (entry.alias, ALIAS), (entry.text, TEXT)):
                for token, count in Counter(tokens(text)).items():
                    held = self.weights.setdefault(token, {})
                    held[at] = held.get(at, 0.0) + weight * (1 + math.log(count))
        self.vocabulary = sorted(self.weights)
        self._spoken: list[str] | None = None

    def search(self, text: str) -> list[Hit]:
        text = subject_of(text[:120])
        wanted = list(dict.fromkeys(tokens(text)))
        if not wanted:
            return []
        totals: dict[int, float] = {}
        met: Counter[int] = Counter()
        matches = [self._matching(token) for token in wanted]
        # Words that stand nowhere in the manual say nothing about its places: a question may be asked as one speaks.
        wanted = [token for token, found in zip(wanted, matches, strict=True) if found] or wanted
        for matching in matches:
            for at, weight in matching.items():
                totals[at] = totals.get(at, 0.0) + weight
                met[at] += 1
        if not totals and normalise(text).isascii():
            totals = self._by_pinyin(normalise(text).replace(" ", ""))
            met = Counter(dict.fromkeys(totals, len(wanted)))
        # A place that has all of the words comes before one that has a single word often.
        ranked = sorted(totals, key=lambda at: (-totals[at] * (met[at] / len(wanted)) ** 3, at))
        least = 0.6 if 1 < len(wanted) < 4 else 0.4 if len(wanted) > 1 else 0.0
        return [self._hit(at, text, totals[at]) for at in ranked if met[at] / len(wanted) >= least][:MOST]

    def _matching(self, token: str) -> dict[int, float]:
        """Sections that have the token; of a Latin word also those with a longer one that begins so, for less."""
        held = self.weights.get(token, {})
        found = {at: weight * self._rareness(held) for at, weight in held.items()}
        if token.isascii() and len(token) > 1:
            start = bisect_left(self.vocabulary, token)
            for word in self.vocabulary[start : start + 40]:
                if not word.startswith(token):
                    break
                for at, weight in self.weights[word].items():
                    found[at] = max(found.get(at, 0.0), weight * 0.7 * self._rareness(self.weights[word]))
        elif len(token) == 1 and not token.isascii():
            for at, entry in enumerate(self.entries):
                if token in entry.title or token in entry.text:
                    found[at] = TITLE if token in entry.title else TEXT
        return found

    def _rareness(self, held: dict[int, float]) -> float:
        return math.log(1 + len(self.entries) / (1 + len(held)))

    def _by_pinyin(self, typed: str) -> dict[int, float]:
        if len(typed) < 2:
            return {}
        if self._spoken is None:
            self._spoken = [search_key(entry.title) for entry in self.entries]
        return {at: TITLE for at, key in enumerate(self._spoken) if typed in key}

    def _hit(self, at: int, text: str, score: float) -> Hit:
        entry = self.entries[at]
        words = _words(text)
        return Hit(entry, marked(entry.title, words), marked(excerpt(entry.text, words), words), score)


def _words(text: str) -> list[str]:
    """What is marked in a hit: Latin words, whole Chinese runs, and their pairs."""
    plain = normalise(text)
    runs = _HAN.findall(plain)
    return sorted({*_WORD.findall(plain), *runs, *(token for run in runs for token in tokens(run))}, key=len)[::-1]


def excerpt(text: str, words: list[str]) -> str:
    """The part of a text around the first of the words that stands in it, longest first."""
    lower = text.lower()
    at = next((place for word in words if (place := lower.find(word)) >= 0), 0)
    start, end = max(0, at - AROUND), min(len(text), at + 2 * AROUND)
    if start and " " in text[start : start + 15] and text[start].isascii():
        start += text[start : start + 15].index(" ") + 1
    return ("… " if start else "") + text[start:end].strip() + (" …" if end < len(text) else "")


def marked(text: str, words: list[str]) -> SafeString:
    """The text with the words marked; everything else escaped."""
    if not words:
        return mark_safe(escape(text))  # noqa: S308  escaped
    pattern = re.compile("|".join(re.escape(word) for word in words if word), re.IGNORECASE)
    parts, last = [], 0
    for found in pattern.finditer(text):
        parts += [escape(text[last : found.start()]), "<mark>", escape(found[0]), "</mark>"]
        last = found.end()
    return mark_safe("".join([*parts, escape(text[last:])]))  # noqa: S308  every part is escaped


_warming: set[str] = set()


def warm(language: str) -> None:
    """Whoever opens the manual may search it next: make the index meanwhile."""
    if language not in _warming:
        _warming.add(language)
        threading.Thread(target=index, args=(language,), name="help-index", daemon=True).start()


@lru_cache(maxsize=2)
def index(language: str) -> Index:
    other = "en" if language == "zh" else "zh"
    entries: list[Entry] = []
    for page in book.pages(language):
        twin = book.page(other, page.name)
        titles = {section.anchor: section.title for section in twin.sections} if twin else {}
        entries += [
            Entry(
                place=f"{page.name}#{section.anchor}",
                url=section.url,
                page_title=page.title,
                title=section.title,
                text=section.text,
                alias=f"{page.title} {titles.get(section.anchor, '')}",
            )
            for section in page.sections
        ]
    title = _glossary_title(language)
    for term in book.glossary_terms():
        entries.append(
            Entry(
                place=f"{book.GLOSSARY}#{term.anchor}",
                url=markdown.address(book.GLOSSARY, term.anchor),
                page_title=title,
                title=f"{term.name(language)} · {term.name(other)}",
                text=term.meaning_zh if language == "zh" else term.meaning,
                alias="",
            )
        )
    return Index(entries)


def _glossary_title(language: str) -> str:
    found = book.page(language, book.GLOSSARY)
    return found.title if found else ""
