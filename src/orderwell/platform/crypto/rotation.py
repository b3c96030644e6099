"""Changing the key: a new primary, then every row sealed anew, while work goes on.

A rotation that was interrupted goes on where it stopped: rows that already carry the new key are only looked at. Old keys
stay in the ring until `prune` finds that no row needs them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection, models

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.crypto.events import KeyRingEvent
from orderwell.platform.crypto.fields import EncryptedTextField
from orderwell.platform.crypto.inventory import encrypted_columns, sealed_rows
from orderwell.platform.crypto.keyring import KEY_ID_BYTES, REFRESH_SECONDS, refresh, write_ring
from orderwell.platform.crypto.models import KeyProof
from orderwell.platform.crypto.proofs import check_proofs, write_proofs
from orderwell.platform.crypto.sealing import decrypt
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

ROWS_AT_ONCE = 500
# A key that was primary a moment ago may still be in the hands of a process that has not looked at the file since.
PRUNE_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Rotation:
    """`rows` were looked at, `values` were sealed anew."""

    primary: str
    rows: int
    values: int


def rotate(
    *,
    actor: Actor,
    now: datetime,
    settle_seconds: float = REFRESH_SECONDS + 1,
    progress: Callable[[int], None] = lambda rows: None,
) -> Rotation:
    """Seal everything with a new key, or go on with a rotation that was interrupted."""
    actor.require(Permission.SYSTEM_SETTING_CHANGE)
    check_proofs()
    ring = refresh()
    if not ring.rotating:
        ring = ring.with_new_primary(now)
        write_ring(ring)
    write_proofs(now=now)
    time.sleep(settle_seconds)  # until every process seals with the new key, or rows behind us would get the old one
    rows = values = 0
    for model, fields in encrypted_columns():
        for looked_at, sealed in _walk(model, fields, ring.primary_id):
            rows += looked_at
            values += sealed
            progress(looked_at)
    write_ring(replace(refresh(), rotating=False))
    data = {"primary": ring.primary, "rows": rows, "values": values}
    with atomic():
        record(Fact(KeyRingEvent.ROTATED, "key_ring:1", "key_ring:1", data), actor=actor, now=now)
    return Rotation(ring.primary, rows, values)


def rows_to_rotate() -> int:
    """How many rows a rotation looks at."""
    return sum(model._default_manager.count() for model, _ in encrypted_columns())


def _walk(model: type[models.Model], fields: list[EncryptedTextField], primary: bytes) -> Iterator[tuple[int, int]]:
    """Go through a table in key order; per batch the rows looked at and the values sealed anew."""
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column or "")
    columns = [quote(field.column or "") for field in fields]
    for rows in sealed_rows(model, fields, at_once=ROWS_AT_ONCE):
        sealed = 0
        for index, (field, column) in enumerate(zip(fields, columns, strict=True), 1):
            # Only where the value is still the one that was read: a change made meanwhile is newer and sealed anew anyway.
            changes = [
                (field.seal(decrypt(row[index], field.aad)), row[0], bytes(row[index]))
                for row in rows
                if row[index] and bytes(row[index][:KEY_ID_BYTES]) != primary
            ]
            if changes:
                update = f"UPDATE {table} SET {column} = %s WHERE {key} = %s AND {column} = %s"  # noqa: S608
                with atomic(), connection.cursor() as cursor:
                    cursor.executemany(update, changes)
                sealed += len(changes)
        yield len(rows), sealed


def keys_in_use() -> set[str]:
    """Ids of the keys that some value is sealed with."""
    found: set[str] = set()
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for model, fields in encrypted_columns():
            for field in fields:
                column = quote(field.column or "")
                table = quote(model._meta.db_table)
                start = f"substr({column}, 1, {KEY_ID_BYTES})"
                cursor.execute(f"SELECT DISTINCT {start} FROM {table} WHERE length({column}) > 0")  # noqa: S608
                found |= {bytes(key_id).hex() for (key_id,) in cursor.fetchall()}
    return found


def prune(*, actor: Actor, now: datetime) -> list[str]:
    """Remove replaced keys that no value needs any more; their ids. Older backups need the ring kept with them."""
    actor.require(Permission.SYSTEM_SETTING_CHANGE)
    ring = refresh()
    if ring.rotating:
        return []
    candidates = {
        key_id
        for key_id, key in ring.keys.items()
        if key_id != ring.primary and key.replaced_at is not None and key.replaced_at <= now - PRUNE_AFTER
    }
    removed = candidates - keys_in_use() if candidates else set()
    if removed:
        with atomic():
            KeyProof.objects.filter(key_id__in=removed).delete()
            data = {"removed": sorted(removed)}
            record(Fact(KeyRingEvent.PRUNED, "key_ring:1", "key_ring:1", data), actor=actor, now=now)
        write_ring(ring.without(removed))
    return sorted(removed)
