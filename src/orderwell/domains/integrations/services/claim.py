"""Who works on a batch. A claim runs out, so that the batch of a process that died can be gone on with."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta
from typing import Any

from orderwell.domains.integrations.errors import BatchBusy, ClaimLost, NothingToResume
from orderwell.domains.integrations.models import ImportBatch
from orderwell.domains.integrations.states import IMPORT_BATCH
from orderwell.kernel.errors import NotFound
from orderwell.kernel.identifiers import random_token
from orderwell.platform.database import atomic

CLAIM = timedelta(seconds=120)


def claim(batch_id: int, *, event: str, now: datetime) -> ImportBatch:
    """Take the batch for this process and let `event` ("run", "undo") happen to it.

    Raises NotFound, IllegalTransition, or BatchBusy while somebody else works on it.
    """
    with atomic():
        batch = ImportBatch.objects.select_for_update().filter(pk=batch_id).first()
        if batch is None:
            raise NotFound(kind="import", reference=str(batch_id))
        if event == "run" and batch.state == "finished":
            raise NothingToResume(batch=batch_id)
        state = IMPORT_BATCH.next(batch.state, event, batch_id)
        if batch.claimed_until is not None and batch.claimed_until > now and not _is_dead(batch.claimed_by):
            raise BatchBusy(batch=batch_id, owner=batch.claimed_by, until=batch.claimed_until.isoformat())
        batch.state = state
        batch.claimed_by = f"{socket.gethostname()}:{os.getpid()}:{random_token(8)}"[:120]
        batch.claimed_until = now + CLAIM
        batch.save(update_fields=["state", "claimed_by", "claimed_until"])
    return batch


def advance(batch: ImportBatch, *, now: datetime, **changes: Any) -> None:
    """Write `changes` and renew the claim. Raises ClaimLost when another process has taken the batch over meanwhile."""
    for name, value in changes.items():
        setattr(batch, name, value)
    until = now + CLAIM
    held = ImportBatch.objects.filter(pk=batch.pk, claimed_by=batch.claimed_by)
    if not held.update(**changes, claimed_until=until):
        raise ClaimLost(batch=batch.pk)
    batch.claimed_until = until


def release(batch: ImportBatch, **changes: Any) -> None:
    """Write `changes` and give the claim up."""
    held = ImportBatch.objects.filter(pk=batch.pk, claimed_by=batch.claimed_by)
    if not held.update(**changes, claimed_by="", claimed_until=None):
        raise ClaimLost(batch=batch.pk)
    for name, value in changes.items():
        setattr(batch, name, value)
    batch.claimed_by, batch.claimed_until = "", None


def _is_dead(owner: str) -> bool:
    """Whether the process that holds a claim is known to be gone. Of another machine only the clock can tell."""
    host, _, rest = owner.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname() or not rest.isdigit():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
