"""Saving a mapping of columns under a name, to use it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orderwell.domains.integrations.errors import DuplicateColumn, UnknownMappingField
from orderwell.domains.integrations.mapping import ORDER_LINE_FIELDS, check_options
from orderwell.domains.integrations.models import ImportMapping
from orderwell.domains.integrations.services.create import ENTITY_ORDERS
from orderwell.kernel.errors import NotFound, refuse_together
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.permissions import Permission

_NAME_LENGTH = 80


def save_mapping(*, name: str, columns: Mapping[str, str], options: Mapping[str, Any], actor: Actor) -> ImportMapping:
    """Save or replace the mapping `name`: {field: column} and how cells are to be understood."""
    actor.require(Permission.ORDERS_ORDER_IMPORT)
    refuse_together(text_problems(name, "/name", _NAME_LENGTH, needed=True))
    for field, column in columns.items():
        if field not in ORDER_LINE_FIELDS:
            raise UnknownMappingField(pointer="/columns", value=field, expected=", ".join(ORDER_LINE_FIELDS))
        if list(columns.values()).count(column) > 1:
            raise DuplicateColumn(pointer="/columns", column=column)
    check_options(options)
    with atomic():
        mapping, _ = ImportMapping.objects.update_or_create(
            name=name.strip(),
            defaults={"entity": ENTITY_ORDERS, "columns": dict(columns), "options": dict(options)},
        )
    return mapping


def delete_mapping(*, name: str, actor: Actor) -> None:
    actor.require(Permission.ORDERS_ORDER_IMPORT)
    with atomic():
        deleted, _ = ImportMapping.objects.filter(name=name).delete()
    if not deleted:
        raise NotFound(kind="mapping", reference=name)
