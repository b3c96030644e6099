"""Closing and reopening a case, and who is in charge of it until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from msgspec import UNSET, UnsetType

from orderwell.domains.cases.errors import NotAReturnRequest
from orderwell.domains.cases.events import CaseEvent
from orderwell.domains.cases.models import Case, Message, Notice
from orderwell.domains.cases.services.converse import add_message, needed_for
from orderwell.domains.cases.services.loading import check_text, colleague, lock_case, require_sight, stream_of
from orderwell.domains.cases.services.notify import notify
from orderwell.domains.cases.states import CASE
from orderwell.kernel.errors import DomainError, InvalidValue, Refusal
from orderwell.kernel.refusals import moment_problems, text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record

REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class CaseChange:
    """What is UNSET stays. `assignee` is a user name, empty for nobody."""

    assignee: str | UnsetType = UNSET
    priority: int | UnsetType = UNSET
    due_at: datetime | UnsetType | None = UNSET
    subject: str | UnsetType = UNSET


def change_case(*, case_id: int, change: CaseChange, version: int | None = None, actor: Actor, now: datetime) -> Case:
    """Raises PermissionDenied, NotFound, StaleVersion, UnknownColleague, NotTheirsToSee, Refusal."""
    _check(change)
    with atomic():
        case = lock_case(case_id, actor=actor, version=version)
        actor.require(needed_for(case))
        before = _facts(case)
        if not isinstance(change.assignee, UnsetType):
            given = colleague(change.assignee)
            if given is not None and given != case.assignee:
                require_sight(given, f"case:{case.pk}")
            case.assignee = given
        if not isinstance(change.priority, UnsetType):
            case.priority = change.priority
        if not isinstance(change.due_at, UnsetType):
            case.due_at = change.due_at
        if not isinstance(change.subject, UnsetType):
            case.subject = change.subject.strip()
        after = _facts(case)
        changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
        if not changes:
            return case
        case.version += 1
        case.save(update_fields=["assignee", "priority", "due_at", "subject", "version"])
        _record(CaseEvent.CHANGED, case, actor, now, changes=changes)
        if "assignee" in changes and case.assignee is not None:
            # Given to somebody, taken back and given again: each time is news.
            subject = f"case:{case.pk}.{case.version}"
            notify(
                [case.assignee],
                kind=Notice.Kind.CASE,
                stream=f"case:{case.pk}",
                subject=subject,
                text=case.subject,
                actor=actor,
                now=now,
            )
    return case


def close_case(*, case_id: int, version: int | None = None, actor: Actor, now: datetime) -> Case:
    """Nothing more is to be done. A return request that was not settled is refused by it. Closing twice changes nothing."""
    with atomic():
        case = lock_case(case_id, actor=actor, version=version)
        actor.require(needed_for(case))
        if case.state == "closed":
            return case
        close(case, outcome=REFUSED if case.kind == Case.Kind.RETURN_REQUEST and not case.outcome else None, now=now)
        _record(CaseEvent.CLOSED, case, actor, now)
    return case


def reopen_case(*, case_id: int, version: int | None = None, actor: Actor, now: datetime) -> Case:
    """Raises NotFound, StaleVersion, IllegalTransition for a case that is open."""
    with atomic():
        case = lock_case(case_id, actor=actor, version=version)
        actor.require(needed_for(case))
        case.state = CASE.next(case.state, "reopen", case.number)
        case.closed_at, case.touched_at = None, now
        case.version += 1
        case.save(update_fields=["state", "closed_at", "touched_at", "version"])
        _record(CaseEvent.REOPENED, case, actor, now)
    return case


def close(case: Case, *, outcome: str | None, now: datetime) -> None:
    """Of a locked case that is open."""
    case.state = CASE.next(case.state, "close", case.number)
    case.closed_at = case.touched_at = now
    case.version += 1
    if outcome is not None:
        case.outcome = outcome
    case.save(update_fields=["state", "closed_at", "touched_at", "version", "outcome"])


def lock_return_request(case_id: int, *, actor: Actor) -> Case:
    """The locked request that nobody has settled yet. Raises NotFound, NotAReturnRequest."""
    case = lock_case(case_id, actor=actor)
    actor.require(needed_for(case))
    if case.kind != Case.Kind.RETURN_REQUEST or case.outcome:
        raise NotAReturnRequest(number=case.number)
    return case


def settle_return_request(case: Case, *, outcome: str, document: str, answer: str, actor: Actor, now: datetime) -> None:
    """The goods of a locked request came back: `outcome` names the return. With `answer` the customer is told."""
    if answer.strip():
        text = check_text(answer, "/answer")
        add_message(case, direction=Message.Direction.OUT, text=text, actor=actor, now=now)
    close(case, outcome=outcome, now=now)
    _record(CaseEvent.RETURN_SETTLED, case, actor, now, document=document)


def _check(change: CaseChange) -> None:
    problems: list[DomainError] = []
    if isinstance(change.due_at, datetime):
        problems += moment_problems(change.due_at, "/due_at")
    if isinstance(change.subject, str):
        problems += text_problems(change.subject, "/subject", 240)
    if isinstance(change.priority, int) and change.priority not in Case.Priority.values:
        problems.append(InvalidValue(pointer="/priority", value=change.priority, expected="10 / 50 / 90"))
    if problems:
        raise Refusal([problem.detail() for problem in problems])


def _facts(case: Case) -> dict[str, object]:
    return {
        "assignee": str(case.assignee) if case.assignee is not None else "",
        "priority": case.priority,
        "due_at": case.due_at,
        "subject": case.subject,
    }


def _record(name: CaseEvent, case: Case, actor: Actor, now: datetime, **data: object) -> None:
    fact = Fact(name, stream_of(case), f"case:{case.pk}", {"number": case.number, **data})
    record(fact, actor=actor, now=now)
