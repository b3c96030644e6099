"""How far a learner is: every step checked against what really happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.learning.models import TourRun
from orderwell.platform.learning.queries import deeds
from orderwell.platform.learning.services import runs
from orderwell.platform.sandbox.handover import Achieved, certify
from orderwell.web.help.tours.catalogue import TOURS
from orderwell.web.help.tours.checks import Answered, Seen
from orderwell.web.help.tours.steps import POINTS, POINTS_WITH_HINT, Task, Tour

STUCK_SECONDS = 90
_MOST_DIGITS = 18  # of an answer that can be right


@dataclass(frozen=True, slots=True)
class Step:
    task: Task
    text: str
    hint: str
    done: bool
    current: bool
    hinted: bool
    asks: bool
    url: str


@dataclass(frozen=True, slots=True)
class Progress:
    run: TourRun
    tour: Tour
    steps: list[Step]
    points: int
    stuck: bool

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def finished(self) -> bool:
        return self.done == len(self.steps)

    @property
    def current(self) -> Step | None:
        return next((step for step in self.steps if step.current), None)

    @property
    def most(self) -> int:
        return POINTS * len(self.steps)


def look(run: TourRun, *, now: datetime) -> Progress:
    """Check every open step and keep what is done."""
    tour = TOURS[run.tour]
    visited, answered = frozenset(run.state.get("visited", ())), frozenset(run.state.get("answered", ()))
    seen = Seen(deeds(run), visited, answered, run.material)
    asked = _asked(run, tour)
    fresh = [task.key for task in asked if task.key not in _done(run) and task.check.done(seen, task.key)]
    complete = len(_done(run)) + len(fresh) == len(asked)
    if fresh or (complete and run.finished_at is None):

        def note(state: dict[str, Any]) -> bool:
            for key in fresh:
                state.setdefault("done", {}).setdefault(key, now.isoformat())
            return bool(fresh)

        run = runs.change(run.pk, note, finished=now if complete else None)
    return _progress(run, tour, now)


def _asked(run: TourRun, tour: Tour) -> list[Task]:
    """The steps that were offered to this person when they began."""
    keys = run.material.get("tasks")
    return [task for task in tour.tasks if keys is None or task.key in keys]


def _done(run: TourRun) -> dict[str, str]:
    found: dict[str, str] = run.state.get("done", {})
    return found


def _progress(run: TourRun, tour: Tour, now: datetime) -> Progress:
    done, hinted = _done(run), run.state.get("hints", [])
    asked = _asked(run, tour)
    current = next((task.key for task in asked if task.key not in done), None)
    steps = [
        Step(
            task=task,
            text=_said(task.text, run),
            hint=_said(task.hint, run),
            done=task.key in done,
            current=task.key == current,
            hinted=task.key in hinted,
            asks=isinstance(task.check, Answered),
            url=_url(task, run),
        )
        for task in asked
    ]
    points = sum(POINTS_WITH_HINT if key in hinted else POINTS for key in done)
    since = max([run.started_at, *(datetime.fromisoformat(moment) for moment in done.values())])
    return Progress(run, tour, steps, points, (now - since).total_seconds() > STUCK_SECONDS)


def _said(text: str | Promise, run: TourRun) -> str:
    """With what was prepared for this learner; what has a name in each language, in the language of now."""
    here = get_language() or settings.LANGUAGE_CODE
    material = {key: value.get(here, "") if isinstance(value, dict) else value for key, value in run.material.items()}
    return str(text).format(**{"order": "", "warehouse": "", "sku": "", **material})


def _url(task: Task, run: TourRun) -> str:
    if task.place == "order":
        return reverse("order-detail", args=[run.material["order_id"]]) if "order_id" in run.material else ""
    try:
        return reverse(task.place) if task.place else ""
    except NoReverseMatch:
        return ""


def take_hint(run: TourRun, key: str) -> None:
    def note(state: dict[str, Any]) -> bool:
        hints = state.setdefault("hints", [])
        if key in hints or key in state.get("done", {}):
            return False
        hints.append(key)
        return True

    if TOURS[run.tour].task(key):
        runs.change(run.pk, note)


def answer(run: TourRun, key: str, typed: str, *, actor: Actor) -> bool:
    """Whether the number is right, compared with the books now."""
    task = TOURS[run.tour].task(key)
    if task is None or not isinstance(task.check, Answered):
        return False
    digits = typed.replace(",", "").strip()
    if not digits.isdecimal() or len(digits) > _MOST_DIGITS or int(digits) != task.check.right(actor):
        return False

    def note(state: dict[str, Any]) -> bool:
        answered = state.setdefault("answered", [])
        if key not in answered:
            answered.append(key)
        return True

    runs.change(run.pk, note)
    return True


def visit(run: TourRun, url_name: str) -> None:
    """Remember that a page was opened, if a step of the tour asks for one."""

    def note(state: dict[str, Any]) -> bool:
        visited = state.setdefault("visited", [])
        if url_name in visited:
            return False
        visited.append(url_name)
        return True

    if url_name not in run.state.get("visited", ()):
        runs.change(run.pk, note)


def certificate(found: Progress) -> str:
    """What was achieved, signed, to be taken back to the real company; empty before the end."""
    run = found.run
    if not found.finished or run.finished_at is None:
        return ""
    return certify(
        Achieved(
            user=run.learner,
            tour=run.tour,
            points=found.points,
            most=found.most,
            tasks=len(found.steps),
            hints=len(run.state.get("hints", [])),
            seconds=int((run.finished_at - run.started_at).total_seconds()),
            finished_at=run.finished_at.isoformat(),
        )
    )
