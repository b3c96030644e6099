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
from orderwell.web.components.words import word
from orderwell.web.lists.spec import Column, ListSpec
from orderwell.web.templatetags.orderwell import badge, day, moment, money_text, quantity, thousands

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
