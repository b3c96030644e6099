"""From a row and a column to what stands on the screen, and to what an export writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language, gettext

from orderwell.platform import exporting
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.configuration.custom_fields import recent_custom_fields
from orderwell.platform.configuration.models import CustomField
from orderwell.web.components.times import moments
from orderwell.web.components.words import word
from orderwell.web.lists.spec import Column, ListSpec
from orderwell.web.templatetags.orderwell import badge, day, money_text, quantity, thousands

_FILE_KINDS = {"money": "number", "word": "text"}
_CUSTOM_KINDS = {"number": "number", "yes_no": "yes_no", "date": "day"}
CUSTOM = "custom."


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


def plain(column: Column, row: Any) -> Any:
    """The value as the screen says it."""
    return said(column)(row)


def said(column: Column) -> Callable[[Any], Any]:
    """What the screen says of a row, decided once for all rows of a page."""
    read, say = column.value, _saying(column)

    def shown(row: Any) -> Any:
        value = read(row)
        return "" if value is None or value == "" else say(value, row)

    return shown


def _saying(column: Column) -> Callable[[Any, Any], Any]:
    """From a value and its row to words."""
    match column.kind:
        case "money":
            currency = column.currency or (lambda row: "CNY")
            return lambda value, row: money_text(value, currency(row))
        case "number":
            return lambda value, row: quantity(value)
        case "whole":
            return lambda value, row: thousands(value)
        case "moment":
            shown = moments()
            return lambda value, row: shown(value)
        case "day":
            return lambda value, row: day(value)
        case "yes_no":
            yes = gettext("Yes")
            return lambda value, row: yes if value else ""
        case "word":
            badges = dict[Any, Any]()
            return lambda value, row: badges.get(value) or badges.setdefault(value, badge(*_named(column, value)))
        case _:
            return lambda value, row: str(value)


def _named(column: Column, value: Any) -> tuple[str, str]:
    """The vocabulary of a word, and the word in it."""
    kind, _slash, name = (column.vocabulary, "", value) if column.vocabulary else str(value).partition("/")
    return kind, name


def spoken(column: Column, row: Any) -> Any:
    """The value as a file has it: exact numbers, and words in the reader's language."""
    value = column.value(row)
    if value is None or value == "":
        return None
    if column.kind == "word":
        return str(word(*_named(column, value)))
    if column.kind == "day" and isinstance(value, datetime):
        return value.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    if column.kind == "text":
        return str(value)
    return value


def file_column(column: Column) -> exporting.Column:
    kind = _FILE_KINDS.get(column.kind, column.kind)
    return exporting.Column(column.key, str(column.title), kind, yes=gettext("yes"), no=gettext("no"))
