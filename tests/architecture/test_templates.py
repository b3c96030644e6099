"""Every word a person reads is marked for translation, and every icon and file a page names is there."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "src/orderwell/web"
# What the tags of the template language put in place of themselves, for reading the HTML around them.
BLOCKS = (
    re.compile(r"{%\s*(comment)\b.*?{%\s*endcomment\s*%}", re.DOTALL),
    re.compile(r"{%\s*(blocktranslate|blocktrans)\b.*?{%\s*end\1\s*%}", re.DOTALL),
    # Parts of a tag, not text.
    re.compile(r"{%\s*block \w*(?:class|attributes)\s*%}.*?{%\s*endblock\s*%}", re.DOTALL),
    re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL),
)
READ = ("title", "placeholder", "aria-label", "alt", "label", "data-confirm", "hx-confirm")
UNREAD = {"script", "style", "code", "kbd", "svg"}
# Names and signs that are the same in every language.
SAME = {
    "english",
    "简体中文",
    "中文",
    "orderwell",
    "api",
    "sku",
    "csv",
    "xlsx",
    "json",
    "lines",
    "en",
    "px",
    "esc",
    "ctrl",
    "enter",
    "id",
    "url",
}
WORD = re.compile(r"[A-Za-z]{2,}|[\u4e00-\u9fff]+")


class Reader(HTMLParser):
    """Collects what a person would read and no tag of the template language produced."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # What names its own language is meant to stay in it: the button that leads there.
        if tag in UNREAD or (tag != "html" and any(name == "lang" for name, _value in attrs)):
            self.open.append(tag)
            return
        for name, value in attrs:
            if name in READ and value:
                self.take(value)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not self.open:
            self.take(data)

    def take(self, text: str) -> None:
        words = [word for word in WORD.findall(re.sub(r"&\w+;|\b\w+:\d+", " ", text)) if word.lower() not in SAME]
        if words:
            self.found.append((self.getpos()[0], text.strip()))


def unmarked(source: str) -> list[tuple[int, str]]:
    for block in BLOCKS:
        source = block.sub(lambda match: "\n" * match.group(0).count("\n"), source)
    reader = Reader()
    reader.feed(source)
    return reader.found


def templates() -> list[Path]:
    return sorted(path for path in WEB.rglob("*.html") if "vendor" not in path.parts)


def test_every_text_is_marked_for_translation() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} {text!r}"
        for path in templates()
        for line, text in unmarked(path.read_text(encoding="utf-8"))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_search_for_unmarked_text_finds_it() -> None:
    assert unmarked('<p title="{% translate "Orders" %}">{{ name }} {% translate "Orders" %} · 12 &nbsp;</p>') == []
    assert unmarked("<p>Orders</p>") == [(1, "Orders")]
    assert unmarked("<p>订单</p>") == [(1, "订单")]
    assert unmarked('\n<input placeholder="Search">') == [(2, "Search")]
    assert (
        unmarked("<script>let word = 1;</script>{# a note #}{% blocktranslate %}Some text{% endblocktranslate %}") == []
    )


def icon_names() -> set[str]:
    lines = (WEB / "icons.txt").read_text(encoding="utf-8").splitlines()
    return {name for line in lines if (name := line.split("#")[0].strip().replace("/", "-"))}


def test_every_icon_a_template_names_is_packed() -> None:
    pattern = re.compile(r"{%\s*icon\s+[\"']([\w-]+)[\"']|icons\.svg[^#\n]*#([\w-]+)|icon=[\"']([\w-]+)[\"']")
    wrong = []
    for path in [*templates(), *sorted(WEB.rglob("*.py"))]:
        for match in pattern.finditer(path.read_text(encoding="utf-8")):
            name = next(group for group in match.groups() if group)
            if name not in icon_names():
                wrong.append(f"{path.relative_to(ROOT)}: {name}")
    assert not wrong, "add these to src/orderwell/web/icons.txt: " + ", ".join(wrong)


def test_every_static_file_a_template_names_exists() -> None:
    """The vendor files are those that scripts/vendor.py copies, whether or not that has run here."""
    vendored = set(re.findall(r'": "([\w.-]+)",', (ROOT / "scripts/vendor.py").read_text())) | {"icons.svg"}
    wrong = []
    for path in templates():
        for name in re.findall(r"{%\s*(?:static|asset)\s+[\"']([^\"']+)[\"']", path.read_text(encoding="utf-8")):
            place = name.removeprefix("vendor/")
            if name.startswith("vendor/") and place in vendored:
                continue
            if not list(WEB.rglob(f"static/{name}")):
                wrong.append(f"{path.relative_to(ROOT)}: {name}")
    assert not wrong, "\n".join(wrong)


def test_no_page_loads_anything_from_another_server() -> None:
    pattern = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE)
    wrong = [str(path.relative_to(ROOT)) for path in templates() if pattern.search(path.read_text(encoding="utf-8"))]
    assert not wrong, "these load from elsewhere: " + ", ".join(wrong)
