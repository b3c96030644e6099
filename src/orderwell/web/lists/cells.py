"""From a row and a column to what stands on the screen, and to what an export writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import get_language, gettext

from orderwell.platform import exporting
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.configuration.custom_fields import recent_custom_fields
from orderwell.platform.configuration.models import CustomField
from orderwell.web.components.words import word
from orderwell.web.lists.spec import Column, ListSpec
from orderwell.web.templatetags.orderwell import badge, day, moment, money_text, quantity, thousands

_FILE_KINDS = {"money": "number", "word": "text"}
_RIGHT = {"money", "number", "whole"}
_CUSTOM_KINDS = {"number": "number", "yes_no": "yes_no", "date": "day"}
CUSTOM = "custom."


@dataclass(frozen=True, slots=True)
class Cell:
    html: Any
    classes: str
    label: str


@dataclass(frozen=True, slots=True)
class RowView:
    """`name` is what a person calls the row: its first column as text."""

    pk: Any
    name: str
    href: str
    classes: str
    cells: list[Cell]
    row: Any


def columns_of(spec: ListSpec, actor: Actor) -> dict[str, Column]:
    """The columns that the actor may have, own fields last."""
    found = {column.key: column for column in spec.columns if column.permission is None or actor.may(column.permission)}
    if spec.custom:
        found |= {column.key: column for column in map(_custom, recent_custom_fields(spec.custom))}
    return found


def _custom(definition: CustomField) -> Column:
    chinese = (get_language() or settings.LANGUAGE_CODE).startswith("zh")
    title = definition.label_zh if chinese else definition.label_en
    kind = _CUSTOM_KINDS.get(definition.kind, "text")
    return Column(f"{CUSTOM}{definition.key}", title or definition.key, _custom_value(definition.key, kind), kind)


def _custom_value(key: str, kind: str) -> Callable[[Any], Any]:
    def value(row: Any) -> Any:
        found = (row.custom or {}).get(key)
        if found in (None, ""):
            return None
        if kind == "number":
            return Decimal(str(found))
        return date.fromisoformat(found) if kind == "day" else found

    return value


def row_views(spec: ListSpec, columns: Sequence[Column], rows: Sequence[Any]) -> list[RowView]:
    heads = [(column, _classes(column), str(column.title)) for column in columns]
    views = []
    for row in rows:
        href = (spec.link(row) if spec.link else None) or ""
        cells = [
            Cell(_shown(column, row, href, index == 0), classes, title)
            for index, (column, classes, title) in enumerate(heads)
        ]
        name = str(spoken(columns[0], row) or "")
        views.append(RowView(row.pk, name, href, spec.row_class(row) if spec.row_class else "", cells, row))
    return views


def _classes(column: Column) -> str:
    kind = "num" if column.kind in _RIGHT else "nowrap" if column.kind in {"moment", "day"} else ""
    return f"{kind} at-{column.narrow}".strip()


def _shown(column: Column, row: Any, href: str, is_first: bool) -> Any:
    """The cell; the first one leads to the row."""
    if column.show:
        return column.show(row)
    text = plain(column, row)
    url = column.url(row) if column.url else href if is_first else ""
    if url and text != "":
        classes = "fw-bold" if is_first else "plain-link"
        text = format_html('<a class="{}" href="{}">{}</a>', classes, url, text)
    if column.kind == "text" and text != "":
        return format_html('<div class="clip">{}</div>', text)
    return text


def plain(column: Column, row: Any) -> Any:
    """The value as the screen says it."""
    value = column.value(row)
    if value is None or value == "":
        return ""
    match column.kind:
        case "money":
            return money_text(value, column.currency(row) if column.currency else "CNY")
        case "number":
            return quantity(value)
        case "whole":
            return thousands(value)
        case "moment":
            return moment(value)
        case "day":
            return day(value)
        case "yes_no":
            return gettext("yes") if value else ""
        case "word":
            return badge(column.vocabulary, value)
        case _:
            return str(value)


def spoken(column: Column, row: Any) -> Any:
    """The value as a file has it: exact numbers, and words in the reader's language."""
    value = column.value(row)
    if value is None or value == "":
        return None
    if column.kind == "word":
        return str(word(column.vocabulary, value))
    if column.kind == "day" and isinstance(value, datetime):
        return value.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    if column.kind == "text":
        return str(value)
    return value


def file_column(column: Column) -> exporting.Column:
    kind = _FILE_KINDS.get(column.kind, column.kind)
    return exporting.Column(column.key, str(column.title), kind, yes=gettext("yes"), no=gettext("no"))
