"""Collect, check and compile the translations; no GNU gettext needed.

The sources are `src/orderwell/locale/<language>/parts/<area>.po`, one file per area so that two people rarely touch the
same one. `django.po` and `django.mo` are made from them and not kept in the repository.

    messages.py update     add a blank entry for every new text, drop the ones no code uses, then compile
    messages.py check      fail on a text without translation, a fuzzy one, a leftover, two different answers
    messages.py compile    write django.po and django.mo
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "orderwell"
LANGUAGES = ("zh_Hans",)
HEADER = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
)
# Which argument is the context, the singular, the plural.
FUNCTIONS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "Phrase": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
# The same for Babel, which reads what Django makes of a template (it counts from one).
TEMPLATE_FUNCTIONS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")

Key = tuple[str | None, str]


@dataclass
class Text:
    """One text of the code: its singular and plural form, and where it stands."""

    singular: str
    plural: str | None = None
    context: str | None = None
    places: list[str] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return (self.context, self.singular)


class Code(ast.NodeVisitor):
    """The texts of one Python file: what the gettext functions are called with, and the messages of error classes."""

    def __init__(self, place: str, errors: frozenset[str] = frozenset()) -> None:
        self.place = place
        self.errors = errors  # the names of all error classes
        self.texts: list[Text] = []
        self.problems: list[str] = []

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in FUNCTIONS:
            context, singular, plural = FUNCTIONS[name]
            wanted = [index for index in (context, singular, plural) if index is not None]
            if len(node.args) <= max(wanted):
                return
            self._refuse_built_text(node.args[singular], node.lineno)
            values = {index: constant(node.args[index]) for index in wanted}
            if any(value is None for value in values.values()):
                return  # a variable: its text is marked where it is written
            self._add(
                values[singular] or "",
                values[plural] if plural is not None else None,
                values[context] if context is not None else None,
            )
        elif name in self.errors:
            for keyword in node.keywords:
                self._visit_value(keyword)
        elif name == "ErrorDetail":
            keyword = next((item.value for item in node.keywords if item.arg == "message"), None)
            argument = node.args[1] if len(node.args) > 1 else keyword
            if argument is not None:
                self._refuse_built_text(argument, node.lineno)
                self._add(constant(argument) or "")

    def _visit_value(self, keyword: ast.keyword) -> None:
        """What an error says of itself (`kind="order"`) is a part of its sentence, and translated like it."""
        if keyword.arg in {None, "pointer"}:
            return
        for node in (
            (keyword.value.body, keyword.value.orelse) if isinstance(keyword.value, ast.IfExp) else [keyword.value]
        ):
            text = constant(node) or ""
            if re.search("[a-z]{2}", text):
                self._add(text)
            elif isinstance(node, ast.JoinedStr) and re.search("[a-z]{2} | [a-z]{2}", spoken(node)):
                self.problems.append(
                    f"{self.place}:{node.lineno}: a text with values in it is a Phrase, not an f-string"
                )

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """The kernel knows no gettext: an error class has a `code` and an English `message`, translated later."""
        self.generic_visit(node)
        assigned: dict[str, str | None] = {}
        for statement in node.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            if isinstance(statement, ast.AnnAssign) and statement.value is not None:
                targets = [statement.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    assigned[target.id] = constant(statement.value)  # type: ignore[union-attr]
        if assigned.get("code"):
            self._add(assigned.get("message") or "")

    def _add(self, singular: str, plural: str | None = None, context: str | None = None) -> None:
        if singular:
            self.texts.append(Text(singular, plural, context, [self.place]))

    def _refuse_built_text(self, node: ast.expr, line: int) -> None:
        call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
        if isinstance(node, ast.JoinedStr | ast.BinOp) or call:
            self.problems.append(
                f"{self.place}:{line}: a text is put together before it is translated; fill it afterwards"
            )


def constant(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def spoken(node: ast.JoinedStr) -> str:
    """The words of an f-string without its values."""
    return "".join(constant(part) or "" for part in node.values)


def error_classes(trees: Iterable[ast.Module]) -> frozenset[str]:
    """Every class that has a `code` and a `message`."""
    found = set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                names = {
                    t.id for s in node.body if isinstance(s, ast.Assign) for t in s.targets if isinstance(t, ast.Name)
                }
                if {"code", "message"} <= names:
                    found.add(node.name)
    return frozenset(found)


def collect() -> tuple[dict[Key, Text], list[str]]:
    """Every text of the package, and what is wrong with the way some are marked."""
    texts: dict[Key, Text] = {}
    problems: list[str] = []

    def take(found: Text) -> None:
        known = texts.setdefault(found.key, found)
        if known is not found:
            known.places.extend(place for place in found.places if place not in known.places)
            known.plural = known.plural or found.plural

    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]
    trees = {path: ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in paths}
    errors = error_classes(trees.values())
    for path, tree in trees.items():
        code = Code(str(path.relative_to(PACKAGE)), errors)
        code.visit(tree)
        problems.extend(code.problems)
        for text in code.texts:
            take(text)
    for path in sorted(PACKAGE.rglob("templates/**/*")):
        if path.suffix in {".html", ".txt"}:
            for text in template_texts(path):
                take(text)
    return texts, problems


def template_texts(path: Path) -> Iterator[Text]:
    templatized = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    # It is read as Python, to which the indentation of a template would say something.
    source = "\n".join(line.lstrip() for line in templatized.splitlines()).encode()
    place = str(path.relative_to(PACKAGE))
    for _line, message, _comments, context in extract("python", io.BytesIO(source), TEMPLATE_FUNCTIONS):
        singular, plural = message if isinstance(message, tuple) else (message, None)
        if singular:
            yield Text(singular, plural, context, [place])


def read_part(path: Path, language: str) -> Catalog:
    text = path.read_text(encoding="utf-8")
    if not re.search(r'^msgid ""\s*\nmsgstr ""\s*\n"', text, re.MULTILINE):
        text = HEADER + text
    return read_po(io.BytesIO(text.encode()), locale=language, abort_invalid=True)


def parts(language: str) -> dict[str, Catalog]:
    folder = PACKAGE / "locale" / language / "parts"
    return {path.stem: read_part(path, language) for path in sorted(folder.glob("*.po"))}


def entries(catalog: Catalog) -> Iterator[tuple[Key, Message]]:
    for message in catalog:
        if message.id:
            singular = message.id[0] if isinstance(message.id, list | tuple) else message.id
            yield (message.context, singular), message


def answers(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, list | tuple) else (message.string or "",)


def problems_of(language: str, texts: dict[Key, Text]) -> Iterator[str]:
    seen: dict[Key, tuple[str, tuple[str, ...]]] = {}
    for area, catalog in parts(language).items():
        for key, message in entries(catalog):
            where = f"locale/{language}/parts/{area}.po: {key[1]!r}"
            yield from (f"{where}: {problem}" for problem in entry_problems(message, texts.get(key)))
            if key in seen and seen[key][1] != answers(message):
                yield f"{where}: {answers(message)[0]!r} here, {seen[key][1][0]!r} in {seen[key][0]}.po"
            seen.setdefault(key, (area, answers(message)))
    for key in sorted(texts.keys() - seen.keys(), key=lambda item: (item[1], item[0] or "")):
        yield f"{texts[key].places[0]}: {key[1]!r} has no entry for {language}; run make messages"


def entry_problems(message: Message, text: Text | None) -> Iterator[str]:
    if text is None:
        yield "no code uses it; run make messages"
        return
    if text.plural and not isinstance(message.id, list | tuple):
        yield "the code uses it with a plural, the entry has none"
    if message.fuzzy:
        yield "marked fuzzy; check it and remove the mark"
    for answer in answers(message):
        if not answer.strip():
            yield "not translated"
        elif not same_placeholders(text, answer):
            yield f"other placeholders than the English text: {answer!r}"


def same_placeholders(text: Text, answer: str) -> bool:
    allowed = [set(PLACEHOLDER.findall(form)) for form in (text.singular, text.plural) if form]
    return set(PLACEHOLDER.findall(answer)) in allowed


def check() -> int:
    texts, problems = collect()
    for language in LANGUAGES:
        problems.extend(problems_of(language, texts))
    for problem in problems:
        sys.stderr.write(problem + "\n")
    sys.stderr.write(f"{len(texts)} texts, {len(problems)} problems\n")
    return 1 if problems else 0


def compile_all() -> int:
    for language in LANGUAGES:
        merged = Catalog(locale=language, charset="utf-8", fuzzy=False, header_comment="# Made by make messages.")
        for catalog in parts(language).values():
            for key, message in entries(catalog):
                if not message.fuzzy and all(answers(message)) and merged.get(key[1], key[0]) is None:
                    merged.add(message.id, message.string, context=message.context)
        folder = PACKAGE / "locale" / language / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        for name, write in (("django.po", write_po), ("django.mo", write_mo)):
            with (folder / f"{name}.new").open("wb") as file:
                write(file, merged)
            (folder / f"{name}.new").replace(folder / name)
    return 0


def area_of(text: Text, areas: set[str]) -> str:
    """The part that a new text belongs to: the nearest folder of its first place that has one."""
    for place in reversed(Path(text.places[0]).parts[:-1]):
        if place in areas:
            return place
    return Path(text.places[0]).parts[0].removesuffix(".py")


def update() -> int:
    texts, problems = collect()
    for language in LANGUAGES:
        catalogs = parts(language)
        known = {key for catalog in catalogs.values() for key, _message in entries(catalog)}
        for catalog in catalogs.values():
            for key, message in list(entries(catalog)):
                text = texts.get(key)
                if text is None:
                    catalog.delete(message.id, message.context)
                    continue
                message.locations = [(place, None) for place in text.places]
        for key, text in texts.items():
            if key not in known:
                catalog = catalogs.setdefault(area_of(text, set(catalogs)), Catalog(locale=language, fuzzy=False))
                identifier = (text.singular, text.plural) if text.plural else text.singular
                catalog.add(identifier, context=text.context, locations=[(place, None) for place in text.places])
        for area, catalog in catalogs.items():
            write_part(PACKAGE / "locale" / language / "parts" / f"{area}.po", catalog)
    for problem in problems:
        sys.stderr.write(problem + "\n")
    compile_all()
    return check()


def write_part(path: Path, catalog: Catalog) -> None:
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=0, omit_header=True, sort_output=True, ignore_obsolete=True, include_lineno=False)
    if buffer.getvalue().strip():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(buffer.getvalue().strip() + b"\n")
    else:
        path.unlink(missing_ok=True)


def main() -> int:
    actions = {"update": update, "check": check, "compile": compile_all}
    if len(sys.argv) != 2 or sys.argv[1] not in actions:
        sys.stderr.write(__doc__ or "")
        return 2
    return actions[sys.argv[1]]()


if __name__ == "__main__":
    sys.exit(main())
