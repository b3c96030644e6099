"""The making of the practice company in the tray, like any other long work: seen from every page, with what is left of it.

Another program makes it and writes down how far it is; whoever looks at the tray brings the row up to date.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.jobs.progress import Shown, begin, catch_up, tray
from orderwell.platform.sandbox.launching import ABSENT, FAILED, PREPARING, Situation, situation

# A program that was just asked for may not have written its first word yet.
STARTING = timedelta(seconds=30)


def follow(actor: Actor, *, now: datetime) -> None:
    """Put it into the tray of the person who asked for it, once."""
    if not any(_is_ours(row) for row in tray(actor, now=now)):
        begin(actor=actor, title=_("Preparing the practice company"), total=100, now=now, result=reverse("tours"))
        _catch_up(situation(), now)


def looked_after(rows: list[Shown], actor: Actor, *, now: datetime) -> list[Shown]:
    """The rows of the tray as they are now."""
    ours = [row for row in rows if _is_ours(row)]
    if not ours:
        return rows
    found = situation()
    if found.phase == ABSENT and all(now - row.row.created_at < STARTING for row in ours):
        return rows
    _catch_up(found, now)
    return tray(actor, now=now)


def _catch_up(found: Situation, now: datetime) -> None:
    failed = ""
    if found.phase == FAILED:
        failed = _("The practice company could not be prepared. Its log is in the data folder, in sandbox.")
    elif found.phase == ABSENT:
        failed = _("It was stopped before the practice company was ready.")
    catch_up(result=reverse("tours"), done=found.percent or 0, over=found.phase != PREPARING, failed=failed, now=now)


def _is_ours(row: Shown) -> bool:
    return not row.is_over and row.row.result == reverse("tours")
