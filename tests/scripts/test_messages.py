"""The translation check finds what is wrong, and nothing that is right."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]

CODE = """
from django.utils.translation import gettext as _, ngettext, pgettext
greeting = _("Hello {name}")
count = ngettext("%(n)s order", "%(n)s orders", 2)
month = pgettext("month", "May")

class NoStock(Exception):
    code = "no_stock"
    message = "Only {available} left."

raise NoStock(pointer="/lines/0", kind="shelf" if count else "floor", value="A1")
"""
TEMPLATE = '{% load i18n %}{% translate "Search" %}{% blocktranslate trimmed %}Page {{ number }}{% endblocktranslate %}'
PART = """
msgid "Hello {name}"
msgstr "你好，{name}"

msgid "%(n)s order"
msgid_plural "%(n)s orders"
msgstr[0] "%(n)s 个订单"

msgctxt "month"
msgid "May"
msgstr "五月"

msgid "Only {available} left."
msgstr "仅剩 {available}。"

msgid "shelf"
msgstr "货架"

msgid "floor"
msgstr "地面"

msgid "Search"
msgstr "搜索"

msgid "Page %(number)s"
msgstr "第 %(number)s 页"
"""


@pytest.fixture
def messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, working on a small package of its own in which everything is right."""
    spec = importlib.util.spec_from_file_location("messages_script", ROOT / "scripts/messages.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "messages_script", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "PACKAGE", tmp_path)
    (tmp_path / "web/templates").mkdir(parents=True)
    (tmp_path / "web/code.py").write_text(CODE)
    (tmp_path / "web/templates/page.html").write_text(TEMPLATE)
    parts = tmp_path / "locale/zh_Hans/parts"
    parts.mkdir(parents=True)
    (parts / "web.po").write_text(PART)
    return module


def part(module: ModuleType, name: str = "web") -> Path:
    path: Path = module.PACKAGE / f"locale/zh_Hans/parts/{name}.po"
    return path


def test_what_is_right_passes(messages: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert messages.check() == 0, capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('msgid "Search"\nmsgstr "搜索"', "", "'Search' has no entry"),
        ('msgstr "搜索"', 'msgstr ""', "not translated"),
        ('msgid "Search"', '#, fuzzy\nmsgid "Search"', "marked fuzzy"),
        ('msgid "Search"', 'msgid "Find"', "no code uses it"),
        ("你好，{name}", "你好，{nom}", "other placeholders"),
        ("第 %(number)s 页", "第页", "other placeholders"),
        ('msgctxt "month"\n', "", "no code uses it"),
    ],
)
def test_what_is_wrong_is_named(
    messages: ModuleType, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    assert old in PART
    part(messages).write_text(PART.replace(old, new))
    assert messages.check() == 1
    assert said in capsys.readouterr().err


def test_two_answers_to_one_text_are_refused(messages: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    part(messages, "orders").write_text('msgid "Search"\nmsgstr "查找"\n')
    assert messages.check() == 1
    assert "'搜索' here, '查找' in orders.po" in capsys.readouterr().err


@pytest.mark.parametrize("call", ['_(f"Hello {name}")', '_("Hello {}".format(name))', '_("Hello " + name)'])
def test_a_text_put_together_before_translation_is_refused(
    messages: ModuleType, capsys: pytest.CaptureFixture[str], call: str
) -> None:
    (messages.PACKAGE / "web/more.py").write_text(f"text = {call}\n")
    assert messages.check() == 1
    assert "put together before it is translated" in capsys.readouterr().err


def test_update_adds_blank_entries_and_drops_leftovers(messages: ModuleType) -> None:
    (messages.PACKAGE / "web/more.py").write_text('_("New text")\n')
    part(messages).write_text(PART + '\nmsgid "Gone"\nmsgstr "没了"\n')
    assert messages.update() == 1
    text = part(messages).read_text()
    assert 'msgid "New text"\nmsgstr ""' in text
    assert "Gone" not in text
    assert 'msgstr "你好，{name}"' in text


def test_what_is_compiled_is_what_gettext_reads(messages: ModuleType) -> None:
    import gettext

    assert messages.compile_all() == 0
    with (messages.PACKAGE / "locale/zh_Hans/LC_MESSAGES/django.mo").open("rb") as file:
        translations = gettext.GNUTranslations(file)
    assert translations.gettext("Search") == "搜索"
    assert translations.ngettext("%(n)s order", "%(n)s orders", 5) == "%(n)s 个订单"
    assert translations.pgettext("month", "May") == "五月"
    assert translations.gettext("Unknown") == "Unknown"


def test_an_error_that_puts_its_text_together_is_named(messages: ModuleType) -> None:
    source = messages.PACKAGE / "web/code.py"
    source.write_text(source.read_text() + 'raise NoStock(kind=f"at most {count} shelves")\n')
    _texts, problems = messages.collect()
    assert any("Phrase" in problem for problem in problems)
