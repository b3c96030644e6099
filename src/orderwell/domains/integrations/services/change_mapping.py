"""Saying anew what the columns of an import mean, before it has changed anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from orderwell.domains.integrations.events import ImportEvent
from orderwell.domains.integrations.layouts import layout_for
from orderwell.domains.integrations.models import ImportBatch
from orderwell.domains.integrations.queries import import_detail, was_rehearsed
from orderwell.domains.integrations.services.create import create_batch
from orderwell.domains.integrations.states import IMPORT_BATCH
from orderwell.domains.integrations.storing import present_file
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record


def change_mapping(
    *, batch_id: int, columns: Mapping[str, str], options: Mapping[str, str], actor: Actor, now: datetime
) -> ImportBatch:
    """`options` not given stay. The batch that has this mapping now: the same one while it waits; after a dry run another of the same file, as the
    verdicts of the first were given on what its columns meant then.

    Raises NotFound, IllegalTransition once an import has begun to change something, and what the mapping lacks.
    """
    batch = import_detail(actor, batch_id)
    mapping = {"columns": dict(columns), "options": {**batch.mapping.get("options", {}), **options}}
    if batch.state == IMPORT_BATCH.initial:
        return _in_place(batch_id, mapping, actor, now)
    if not was_rehearsed(batch):
        IMPORT_BATCH.next(batch.state, "map", batch_id)
    return create_batch(
        path=present_file(batch),
        file_name=batch.file_name,
        preset=batch.preset,
        mode=batch.mode,
        dry_run=True,
        mapping=mapping,
        actor=actor,
        now=now,
    )


def _in_place(batch_id: int, mapping: Mapping[str, object], actor: Actor, now: datetime) -> ImportBatch:
    with atomic():
        batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
        batch.state = IMPORT_BATCH.next(batch.state, "map", batch_id)
        batch.mapping = dict(mapping)
        layout_for(batch)  # raises when something that is needed has no column
        batch.save(update_fields=["mapping"])
        stream = f"import:{batch.pk}"
        record(Fact(ImportEvent.MAPPED, stream, stream, {"file": batch.file_name}), actor=actor, now=now)
    return batch
