"""Which columns are encrypted, and whether any of them holds something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models

from orderwell.platform.crypto.fields import EncryptedTextField
from orderwell.platform.crypto.models import KeyProof


def encrypted_columns() -> Iterator[tuple[type[models.Model], list[EncryptedTextField]]]:
    """Every model that has encrypted fields, with these fields."""
    for model in apps.get_models():
        fields = [field for field in model._meta.local_fields if isinstance(field, EncryptedTextField)]
        if fields and not model._meta.proxy:
            yield model, fields


def sealed_rows(
    model: type[models.Model],
    fields: list[EncryptedTextField],
    *,
    at_once: int,
    read: Callable[[str], str] = lambda column: column,
) -> Iterator[list[tuple[Any, ...]]]:
    """Key and sealed values of every row in key order, `at_once` at a time. `read` makes of a column what is selected."""
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column or "")
    columns = ", ".join(read(quote(field.column or "")) for field in fields)
    # Names come from our own models.
    select = f"SELECT {key}, {columns} FROM {table} WHERE {key} > %s ORDER BY {key} LIMIT {at_once}"  # noqa: S608
    last = -1
    while True:
        with connection.cursor() as cursor:
            cursor.execute(select, [last])
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def traces_of_encryption() -> str:
    """Where the database holds something encrypted, as text for a message; empty when nowhere."""
    tables = set(connection.introspection.table_names())
    if KeyProof._meta.db_table in tables and KeyProof.objects.exists():
        return "it knows the keys of a ring"
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model, fields in encrypted_columns():
            if model._meta.db_table not in tables:
                continue
            for field in fields:
                table, column = quote(model._meta.db_table), quote(field.column or "")
                cursor.execute(f"SELECT 1 FROM {table} WHERE length({column}) > 0 LIMIT 1")  # noqa: S608  names of our own
                if cursor.fetchone():
                    return f"{model._meta.verbose_name}: {field.name}"
    return ""
