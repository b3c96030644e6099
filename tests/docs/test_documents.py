"""The documents say what is: links lead somewhere, commands and variables they name exist, two languages match."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PLACE = re.compile(r'<a id="([a-z0-9-]+)"></a>')
CODE = re.compile(r"```\w*\n(.*?)```", re.DOTALL)
PATH = re.compile(r"`((?:src|tests|scripts|docs|bench|deploy)/[\w./-]+)`")


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(params=DOCUMENTS, ids=name_of)
def document(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def anchors(path: Path) -> set[str]:
    text = path.read_text(encoding="utf-8")
    lines = PLACE.sub("", text).splitlines()
    return {slug(line.lstrip("#")) for line in lines if line.startswith("#")} | set(PLACE.findall(text))


def test_links_lead_somewhere(document: Path) -> None:
    wrong = []
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        place, _, anchor = target.partition("#")
        other = (document.parent / place).resolve() if place else document
        if not other.exists() or (anchor and anchor not in anchors(other)):
            wrong.append(target)
    assert not wrong, f"{name_of(document)} links to {wrong}"


def test_addresses_of_the_api_exist(document: Path) -> None:
    """A whole address that a document names, such as `/api/v1/orders`: one with something missing in it is left out."""
    from django.urls import Resolver404, resolve

    wrong = []
    for address in re.findall(r"`(?:[A-Z]+ )?(/api/v1/[\w./-]+)`", document.read_text(encoding="utf-8")):
        try:
            resolve(address)
        except Resolver404:
            wrong.append(address)
    assert not wrong, f"{name_of(document)} names {wrong}"


def test_paths_exist(document: Path) -> None:
    wrong = [
        path
        for path in PATH.findall(document.read_text(encoding="utf-8"))
        if not (ROOT / path).exists() and "<" not in path
    ]
    assert not wrong, f"{name_of(document)} names {wrong}"


def test_make_targets_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set()
    for block in re.findall(r"`([^`\n]+)`", document.read_text(encoding="utf-8")) + CODE.findall(
        document.read_text(encoding="utf-8")
    ):
        for line in block.splitlines():
            command = line.split("#")[0].strip()
            if match := re.match(r"make ((?:[a-z-]+ ?)+)", command):
                named |= set(match.group(1).split())
    assert named <= targets, f"{name_of(document)} names make {named - targets}"


def commands() -> set[str]:
    import typer.main

    from orderwell.cli.app import load_commands
    from orderwell.cli.frame import root

    load_commands()

    def walk(command: object, path: str) -> set[str]:
        children = getattr(command, "commands", None)
        if children is None:
            return {path}
        return {path} | {found for name, child in children.items() for found in walk(child, f"{path} {name}")}

    return walk(typer.main.get_command(root), "orderwell")


def test_commands_exist(document: Path) -> None:
    known = commands()
    text = document.read_text(encoding="utf-8")
    pieces = re.findall(r"`([^`\n]+)`", text) + [line for block in CODE.findall(text) for line in block.splitlines()]
    wrong = []
    for piece in pieces:
        match = re.match(r"(?:\.venv/bin/)?orderwell((?: [a-z][a-z-]*)+)", piece.split("#")[0].strip())
        if match is None:
            continue
        words = match.group(1).split()
        # `orderwell import orders FILE`: as many words as belong to a command must name one.
        if f"orderwell {words[0]}" not in known or (
            len(words) > 1
            and any(name.startswith(f"orderwell {words[0]} ") for name in known)
            and f"orderwell {words[0]} {words[1]}" not in known
        ):
            wrong.append(piece)
    assert not wrong, f"{name_of(document)} names commands that don't exist: {wrong}"


def test_variables_exist(document: Path) -> None:
    from orderwell.platform.environment import declared

    configuration = (ROOT / "docs/operate/configuration.md").read_text(encoding="utf-8")
    tests_only = set(
        re.findall(r"^\| `(ORDERWELL_\w+)`", configuration.split("## Used only by the tests")[1], re.MULTILINE)
    )
    named = set(re.findall(r"\bORDERWELL_[A-Z_]+[A-Z]\b", document.read_text(encoding="utf-8")))
    wrong = named - declared.keys() - tests_only
    assert not wrong, f"{name_of(document)} names {wrong}"


def test_readme_says_the_same_in_both_languages() -> None:
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))

    def shape(text: str) -> list[str]:
        code = [re.sub(r"\s*#.*", "", block).strip() for block in CODE.findall(text)]
        headings = [line.split()[0] for line in text.splitlines() if re.match(r"#+ ", line)]
        links = sorted(
            {re.sub("guide/(en|zh)/", "guide/", link) for link in LINK.findall(text)} - {"README.md", "README.zh-CN.md"}
        )
        return [*headings, *code, *links]

    assert shape(english) == shape(chinese)


def glossary() -> dict[str, str]:
    rows = {}
    for line in (ROOT / "docs/guide/glossary.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and not cells[0].startswith("-") and cells[0] != "English":
            assert all(cells), f"the glossary has a blank cell: {line}"
            assert cells[0] not in rows, f"the glossary has {cells[0]} twice"
            rows[cells[0]] = cells[1]
    return rows


def test_the_screen_uses_the_words_of_the_glossary() -> None:
    from babel.messages.pofile import read_po

    terms = {english.lower(): chinese for english, chinese in glossary().items()}
    assert len(terms) > 30
    wrong = []
    for path in sorted((ROOT / "src/orderwell/locale/zh_Hans/parts").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_Hans"):
                forms = message.id if isinstance(message.id, list | tuple) else [message.id]
                answers = message.string if isinstance(message.string, list | tuple) else [message.string]
                wanted = {terms[form.lower()] for form in forms if form.lower() in terms}
                # A context says that the word is meant otherwise ("Order" of a list).
                if wanted and not message.context and not wanted & set(answers):
                    wrong.append(f"{path.name}: {forms[0]!r} is {answers[0]!r}, the glossary says {wanted}")
    assert not wrong, "\n".join(wrong)


# Words that stood for a thing beside its own -> its own.
ONE_WORD = {"红冲": "冲减", "冲回": "冲减", "贷记": "冲减"}


def test_a_thing_has_one_word() -> None:
    places = [*(ROOT / "src/orderwell/locale/zh_Hans/parts").glob("*.po"), *(ROOT / "docs/guide").rglob("*.md")]
    wrong = [
        f"{path.name}: {other}, not {word}"
        for path in places
        for other, word in ONE_WORD.items()
        if other in path.read_text(encoding="utf-8")
    ]
    assert places and not wrong, "\n".join(wrong)


def test_every_language_of_the_guide_is_there() -> None:
    """docs/guide is for users: each page in English and Chinese, with the same places in the same order."""
    guide = ROOT / "docs/guide"
    english, chinese = ({path.name for path in (guide / language).glob("*.md")} for language in ("en", "zh"))
    assert english == chinese and len(english) > 10
    for name in sorted(english):
        one, other = (PLACE.findall((guide / language / name).read_text(encoding="utf-8")) for language in ("en", "zh"))
        assert one == other, name
        assert len(one) == len(set(one)), f"{name} has a place twice"


def test_background_jobs_are_not_called_what_people_are_given_to_do() -> None:
    """任务 is what a colleague is to do; what the program does by itself is 后台作业 or 定时作业."""
    entries = re.compile(r'msgid "([^"]*)"\nmsgstr "([^"]*)"')
    texts = [text.read_text("utf-8") for text in (ROOT / "src/orderwell/locale/zh_Hans/parts").glob("*.po")]
    found = [
        pair for text in texts for pair in entries.findall(text) if re.search(r"(?i)\b(jobs?|schedules?)\b", pair[0])
    ]
    assert len(found) > 10
    assert not [pair for pair in found if "任务" in pair[1]]


# English words with two Chinese answers because they are two things: a state and what led to it, a thing and a deed, a unit.
TWO_THINGS = frozenset(
    [
        "balance",
        "case",
        "change",
        "changed",
        "closed",
        "delivered",
        "done",
        "expired",
        "given",
        "invoice",
        "line",
        "look",
        "main",
        "mode",
        "note",
        "now",
        "placed",
        "points",
        "returned",
        "rows",
        "saved",
        "set",
        "setting",
        "subject",
        "tax",
        "text",
        "valid",
        "waiting",
    ]
) | {
    "count again",
    "customer's page",
    "nobody yet",
    "nothing to ship",
    "e-mail",
    "expected",
    "new",
    "next",
    "open",
    "place",
}


def test_one_english_word_of_the_screen_is_one_chinese_word() -> None:
    from babel.messages.pofile import read_po

    answers: dict[str, set[str]] = {}
    for path in sorted((ROOT / "src/orderwell/locale/zh_Hans/parts").glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh_Hans"):
                # A context says that the word is meant otherwise.
                if (
                    isinstance(message.id, str)
                    and message.id
                    and not message.context
                    and isinstance(message.string, str)
                ):
                    word = message.id.lower().rstrip(".:")
                    answers.setdefault(word, set()).add(message.string.rstrip("。："))
    doubled = {word: said for word, said in answers.items() if len(said) > 1 and word not in TWO_THINGS}
    assert not doubled
