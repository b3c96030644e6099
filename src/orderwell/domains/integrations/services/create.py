"""Handing in a file: it is looked at, copied to the data folder and becomes an import batch that waits to be run."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from orderwell.domains.customers.models import Customer
from orderwell.domains.integrations.errors import UnknownMapping, UnknownOption, UnknownPreset
from orderwell.domains.integrations.events import ImportEvent
from orderwell.domains.integrations.layouts import PRESETS, layout_for
from orderwell.domains.integrations.layouts.registry import ORDER_LINES
from orderwell.domains.integrations.mapping import check_options, propose
from orderwell.domains.integrations.models import ImportBatch, ImportMapping
from orderwell.domains.integrations.reading import SourceInfo, inspect, read_rows
from orderwell.domains.integrations.states import IMPORT_BATCH
from orderwell.domains.integrations.storing import FOLDER, stored_file
from orderwell.kernel.errors import DomainError
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

ENTITY_ORDERS = "orders"
# Rows in which is looked whether customers are written by their numbers.
_LOOKED_AT = 50
_UNFINISHED = ("waiting", "running", "failed")


def create_batch(
    *,
    path: Path,
    file_name: str,
    preset: str,
    mode: str,
    actor: Actor,
    now: datetime,
    dry_run: bool = False,
    mapping: Mapping[str, Any] | None = None,
    mapping_name: str = "",
    incomplete: bool = False,
) -> ImportBatch:
    """Make a batch of the file at `path`, which is copied.

    For the preset `order-lines` the columns come from `mapping` ({"columns", "options"}), from the saved mapping
    `mapping_name`, or are proposed from the header. Raises what is wrong with the file as a whole; then nothing is kept.
    `incomplete`: a table with columns that nobody knows yet is kept too, to be told what they mean before it is run.
    """
    actor.require(Permission.ORDERS_ORDER_IMPORT)
    if preset not in PRESETS:
        raise UnknownPreset(value=preset, expected=", ".join(PRESETS))
    if preset != ORDER_LINES:
        actor.require_every_row()  # it makes a channel, a warehouse and customers of its own
    if mode not in ImportBatch.Mode.values:
        raise UnknownOption(option="mode", value=mode, expected=", ".join(ImportBatch.Mode.values))
    chosen = _mapping(mapping, mapping_name)
    options = check_options(chosen.get("options", {}))
    info = inspect(path, file_name, {"encoding": options.encoding, "delimiter": options.delimiter})
    if preset == ORDER_LINES:
        chosen = {**chosen, "columns": chosen.get("columns") or _proposed(path, file_name, info)}
    sha256 = fingerprint(path)
    batch = ImportBatch(
        entity=ENTITY_ORDERS,
        preset=preset,
        mode=mode,
        state=IMPORT_BATCH.initial,
        dry_run=dry_run,
        file_name=file_name[:240],
        file_path=str(Path(FOLDER) / now.strftime("%Y") / sha256),
        sha256=sha256,
        source=info.as_json(),
        mapping=chosen,
        actor_label=actor.label,
        created_at=now,
    )
    if not incomplete or preset != ORDER_LINES:
        layout_for(batch)  # raises when the file lacks a column
    _keep(path, stored_file(batch))
    with atomic():
        batch.save(force_insert=True)
        stream = f"import:{batch.pk}"
        data = {"file": batch.file_name, "mode": mode, "preset": preset, "dry_run": dry_run}
        record(Fact(ImportEvent.CREATED, stream, stream, data), actor=actor, now=now)
    return batch


def unfinished_batch(*, path: Path, preset: str, mode: str, dry_run: bool) -> ImportBatch | None:
    """The batch of the same file that was begun in the same way and did not end: to be resumed, not begun again."""
    if dry_run:
        return None
    batches = ImportBatch.objects.filter(preset=preset, mode=mode, dry_run=False, state__in=_UNFINISHED)
    return batches.filter(sha256=fingerprint(path)).order_by("-id").first() if batches.exists() else None


def fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _proposed(path: Path, file_name: str, info: SourceInfo) -> dict[str, str]:
    """By the names of the columns; "Customer" alone may be names or numbers, and that the cells say."""
    columns = propose(info.header)
    column = columns.get("customer_name")
    if column is None or "customer" in columns:
        return columns
    place = info.header.index(column)
    try:
        cells = [row.cells[place].strip() for row in islice(read_rows(path, file_name, info), _LOOKED_AT)]
    except (DomainError, IndexError):
        return columns  # the run says what is wrong with the file
    numbers = {cell for cell in cells if cell}
    if numbers and Customer.objects.filter(number__in=numbers).count() == len(numbers):
        columns = {field: name for field, name in columns.items() if field != "customer_name"} | {"customer": column}
    return columns


def _mapping(mapping: Mapping[str, Any] | None, name: str) -> dict[str, Any]:
    if mapping is not None:
        return dict(mapping)
    if not name:
        return {}
    saved = ImportMapping.objects.filter(name=name).first()
    if saved is None:
        known = ", ".join(ImportMapping.objects.order_by("name").values_list("name", flat=True))
        raise UnknownMapping(value=name, expected=known or "none")
    return {"columns": saved.columns, "options": saved.options}


def _keep(path: Path, target: Path) -> None:
    """Copy under the file's fingerprint; the same file handed in twice is kept once. Complete or not there at all."""
    if target.exists():
        target.touch()  # its time begins anew
        return
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    staged = target.with_name(f"{target.name}.part")
    shutil.copyfile(path, staged)
    staged.chmod(0o600)
    staged.replace(target)
