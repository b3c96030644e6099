"""Every list against its files, cell by cell: what stands on the screen stands in CSV, XLSX and Parquet, in one order."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from arro3.io import read_parquet
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override
from openpyxl import load_workbook

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import money_text
from orderwell.web.lists.registry import specs
from orderwell.web.lists.spec import Column
from orderwell.web.templatetags.orderwell import quantity, thousands
from tests.web.test_every_list import NAMES
from tests.web.test_lists import exported_from, send

# Pictures on the screen, numbers in a file.
PICTURED = {("ratings", "score")}
ZONE = ZoneInfo(settings.TIME_ZONE)


class Cells(HTMLParser):
    """The texts of the cells of each row of the list, with the full clock times that stand on hover."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "tr" and "data-row" in given:
            self.rows.append([])
        elif tag == "td" and self.rows and "data-label" in given:
            self.inside = True
            self.rows[-1].append("")
        elif tag == "time" and self.inside:
            self.rows[-1][-1] += f"{given.get('title') or ''} "

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data


def plain(text: str) -> str:
    return " ".join(text.split())


def shown_cells(client: Client, path: str) -> list[list[str]]:
    parser = Cells()
    parser.feed(client.get(path).content.decode())
    return [[plain(cell) for cell in row] for row in parser.rows]


def agrees(column: Column, shown: str, value: str, currency: str, yes: str) -> bool:
    """Whether the screen and CSV say the same of a cell."""
    if value == "":
        return shown in {"", "—"}
    match column.kind:
        case "money":
            return plain(money_text(Decimal(value), currency)) in shown or (shown == "" and not Decimal(value))
        case "number":
            return plain(quantity(Decimal(value))) in shown
        case "whole":
            return plain(thousands(int(value))) in shown
        case "yes_no":
            return (value == yes) == bool(shown)
        case "moment" | "day":
            return value in shown
        case _:
            text = value[1:] if value[:2] in {"'=", "'+", "'-", "'@"} else value
            return value[:1] not in {"=", "+", "-", "@"} and plain(text) in shown


def in_parquet(kind: str, value: Any, yes: str, no: str) -> str:
    """A value of a Parquet file as CSV would say it."""
    if value is None:
        return ""
    if kind == "yes_no":
        return yes if value else no
    if isinstance(value, Decimal):
        return format(value, "f").rstrip("0").rstrip(".")
    if isinstance(value, datetime):
        return value.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
    return str(value)


def check_xlsx(kinds: Sequence[str], rows: list[tuple[Any, ...]], lines: list[list[str]]) -> None:
    """Numbers are numbers, days and moments are dates, everything else is text that is no formula."""
    assert len(rows) == len(lines)
    for row, line in zip(rows, lines, strict=True):
        for kind, cell, value in zip(kinds, row, line, strict=True):
            if value == "":
                assert cell.value in (None, "")
            elif kind in {"money", "number", "whole"}:
                assert cell.data_type == "n" and Decimal(str(cell.value)) == Decimal(value)
            elif kind in {"moment", "day"}:
                assert cell.is_date and str(cell.value)[: len(value)] == value
            else:
                assert cell.data_type == "s" and cell.value in {value, value[1:]}


def check_files(client: Client, name: str, query: str, columns: Sequence[Column], language: str) -> list[list[str]]:
    """The rows of the CSV, once they are known to be those of the list and of the other two formats."""
    shown = shown_cells(client, reverse(specs()[name].url_name) + query)
    files = {kind: exported_from(client, name, query, kind) for kind in ("csv", "xlsx", "parquet")}
    heads, *lines = list(csv.reader(io.StringIO(files["csv"].decode("utf-8-sig"), newline="")))
    with override(language):
        yes, no = gettext("yes"), gettext("no")
        assert heads[: len(columns)] == [str(column.title) for column in columns]
        assert len(lines) == len(shown)
        keys = [column.key for column in columns]
        money = any(column.kind == "money" for column in columns)
        assert len(heads) == len(keys) + (money and "currency" not in keys)  # an amount never goes without it
        at = keys.index("currency") if "currency" in keys else -1
        wrong = [
            (column.key, text, value)
            for line, row in zip(lines, shown, strict=True)
            for column, text, value in zip(columns, row, line, strict=False)
            if (name, column.key) not in PICTURED and not agrees(column, text, value, line[at], yes)
        ]
        assert not wrong
    kinds = [column.kind for column in columns] + ["text"] * (len(heads) - len(keys))
    sheet = load_workbook(io.BytesIO(files["xlsx"])).active
    assert sheet is not None
    first, *rows = list(sheet.iter_rows())
    assert [cell.value for cell in first] == heads
    check_xlsx(kinds, rows, lines)
    table = read_parquet(files["parquet"]).read_all()
    assert table.column_names == [*keys, *(["currency"] if len(heads) > len(keys) else [])]
    values = [table.column(index).to_pylist() for index in range(len(heads))]
    found = [
        [in_parquet(kind, cell, yes, no) for kind, cell in zip(kinds, row, strict=True)]
        for row in zip(*values, strict=True)
    ]
    bare = [[value[1:] if value[:2] in {"'=", "'+", "'-", "'@"} else value for value in line] for line in lines]
    assert found == bare
    return lines


@pytest.mark.parametrize("name", NAMES)
def test_each_cell_of_a_file_is_the_cell_of_the_list(
    name: str, every_list: Actor, browse: Callable[..., Client]
) -> None:
    spec = specs()[name]
    columns = list(reversed(spec.columns))
    query = f"?columns={','.join(column.key for column in columns)}&sort={spec.default_sort}"
    for language in ("en", "zh-hans"):
        client = browse("administrator", language=language, username=f"boss-{language}")
        assert check_files(client, name, query, columns, language)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_has_the_columns_one_chose_and_those_of_a_view_that_is_shared(
    name: str, every_list: Actor, browse: Callable[..., Client]
) -> None:
    from orderwell.platform.views.models import SavedView

    spec = specs()[name]
    boss, other = browse("administrator", username="boss"), browse("administrator", username="lin")
    own = [spec.columns[2], spec.columns[0]]
    boss.post(f"/lists/{name}/columns/?view=all", {"column": [column.key for column in own]})
    assert check_files(boss, name, "?view=all", own, "en")
    viewed = [spec.columns[1], spec.columns[2], spec.columns[0]]
    keys = ",".join(column.key for column in viewed)
    send(boss, f"/lists/{name}/views/new/?columns={keys}", name="Ours", shared="on")
    view = SavedView.objects.get()
    for client in (boss, other):
        assert check_files(client, name, f"?view={view.pk}", viewed, "en")
