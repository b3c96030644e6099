"""Signs of life of the processes that work in the background."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import datetime, timedelta

from orderwell.platform.jobs.models import Heartbeat

EVERY = timedelta(seconds=10)
# Three missed signs: the process is gone or stuck.
PATIENCE = timedelta(seconds=45)
FORGOTTEN = timedelta(days=1)


def process_name() -> str:
    """Unique among all processes, and telling a person where to look: host, process id."""
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(3)}"


def beat(process: str, kind: str, *, now: datetime) -> None:
    """Note that `process` is alive."""
    if not Heartbeat.objects.filter(process=process).update(seen_at=now):
        Heartbeat.objects.create(process=process, kind=kind, started_at=now, seen_at=now)
        Heartbeat.objects.filter(seen_at__lt=now - FORGOTTEN).delete()


def end(process: str) -> None:
    """The process stops on purpose."""
    Heartbeat.objects.filter(process=process).delete()


def living(*, now: datetime, patience: timedelta = PATIENCE) -> set[str]:
    """Processes seen recently."""
    return set(Heartbeat.objects.filter(seen_at__gt=now - patience).values_list("process", flat=True))
