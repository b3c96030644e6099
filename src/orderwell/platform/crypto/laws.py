"""What must always hold of what is encrypted; `orderwell verify` opens every cell."""

from __future__ import annotations

from itertools import chain
from typing import Any

from django.db import connection, models

from orderwell.platform.crypto.inventory import encrypted_columns, sealed_rows
from orderwell.platform.crypto.keyring import KeyRingError
from orderwell.platform.crypto.sealing import decrypt
from orderwell.platform.verify import Difference, LawResult, law

CHUNK = 2_000
# With a key that is lost, no cell of a column may open: so many are named, the rest counted.
NAMED = 1_000


@law("crypto.every_encrypted_cell_opens")
def every_encrypted_cell_opens() -> LawResult:
    """Every encrypted value opens with the key ring, and belongs to the column that it stands in."""
    checked, found = 0, []
    for model, fields in encrypted_columns():
        bad: dict[str, list[int]] = {field.name: [] for field in fields}
        closed = dict.fromkeys(bad, 0)
        rows = chain.from_iterable(sealed_rows(model, fields, at_once=CHUNK, read=_sealed))
        for pk, *cells in rows:
            for field, cell in zip(fields, cells, strict=True):
                checked += bool(cell)
                if _opens(cell, field.aad):
                    continue
                closed[field.name] += 1
                if len(bad[field.name]) < NAMED:
                    bad[field.name].append(pk)
        for name, keys in bad.items():
            named = _documents(model, keys)
            found += [Difference(named[pk], "opens with its key", "does not open", name) for pk in keys]
            if more := closed[name] - len(keys):
                found.append(
                    Difference(str(model._meta.verbose_name), "opens with its key", f"{more} more do not", name)
                )
    return LawResult(checked, found)


def _sealed(column: str) -> str:
    """SQLite keeps a text in any column, and cannot even read one that is none: something else that never opens stands
    for it."""
    if connection.vendor != "sqlite":
        return column
    return f"CASE WHEN typeof({column}) IN ('blob', 'null') THEN {column} ELSE x'00' END"


def _opens(cell: Any, aad: str) -> bool:
    if not cell:
        return True
    try:
        decrypt(cell, aad)
    except (KeyRingError, ValueError):
        return False
    return True


def _documents(model: type[models.Model], keys: list[int]) -> dict[int, str]:
    """What people open to repair these rows."""
    kind = str(model._meta.verbose_name)
    fields = {field.name: field for field in model._meta.local_fields}
    named = {pk: f"{kind} {pk}" for pk in keys}
    if isinstance(fields.get("number"), models.CharField):
        path, words = "number", kind
    else:
        owner = next((name for name in ("order", "customer", "case") if name in fields), None)
        if owner is None:
            return named
        path, words = f"{owner}__number", f"{kind} of {owner}"
    for start in range(0, len(keys), 500):
        rows = model._base_manager.filter(pk__in=keys[start : start + 500]).exclude(**{path: None})
        named |= {pk: f"{words} {number}" for pk, number in rows.values_list("pk", path)}
    return named
