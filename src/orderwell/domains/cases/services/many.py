"""Cases and ratings acted on from a list: a transaction and a verdict for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from orderwell.domains.cases.models import Case, Rating
from orderwell.domains.cases.queries import visible_cases
from orderwell.domains.cases.ratings import visible_ratings
from orderwell.domains.cases.services.manage import CaseChange, change_case, close_case, reopen_case
from orderwell.domains.cases.services.moderate import hide_rating, show_rating
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.views.sources import RowVerdict, one_at_a_time

Memory = Mapping[str, Any]


def assign_cases(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    """`data["assignee"]` is a user name, empty for nobody."""
    rows = _cases(ids, actor)

    def do(pk: int) -> Memory | None:
        case = _of(rows, pk, "case")
        before = case.assignee.username if case.assignee else ""
        if before == data["assignee"]:
            return None
        change_case(case_id=pk, change=CaseChange(assignee=data["assignee"]), actor=actor, now=now)
        return {"assignee": before}

    return one_at_a_time(ids, _numbers(rows), do)


def assign_back(rows: Sequence[tuple[int, Memory]], *, actor: Actor, now: datetime) -> list[RowVerdict]:
    known, memories = _cases([pk for pk, _memory in rows], actor), dict(rows)

    def do(pk: int) -> Memory:
        _of(known, pk, "case")
        change_case(case_id=pk, change=CaseChange(assignee=memories[pk]["assignee"]), actor=actor, now=now)
        return {}

    return one_at_a_time(list(memories), _numbers(known), do)


def close_cases(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    rows = _cases(ids, actor)

    def do(pk: int) -> Memory | None:
        if _of(rows, pk, "case").state == "closed":
            return None
        close_case(case_id=pk, actor=actor, now=now)
        return {}

    return one_at_a_time(ids, _numbers(rows), do)


def reopen_cases(rows: Sequence[tuple[int, Memory]], *, actor: Actor, now: datetime) -> list[RowVerdict]:
    known = _cases([pk for pk, _memory in rows], actor)

    def do(pk: int) -> Memory | None:
        if _of(known, pk, "case").state != "closed":
            return None
        reopen_case(case_id=pk, actor=actor, now=now)
        return {}

    return one_at_a_time([pk for pk, _memory in rows], _numbers(known), do)


def hide_ratings(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    rows = _ratings(ids, actor)

    def do(pk: int) -> Memory | None:
        if _of(rows, pk, "rating").hidden_at is not None:
            return None
        hide_rating(rating_id=pk, reason=data["reason"], actor=actor, now=now)
        return {}

    return one_at_a_time(ids, _orders(rows), do)


def show_ratings(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    rows = _ratings(ids, actor)

    def do(pk: int) -> Memory | None:
        if _of(rows, pk, "rating").hidden_at is None:
            return None
        show_rating(rating_id=pk, actor=actor, now=now)
        return {}

    return one_at_a_time(ids, _orders(rows), do)


def show_again(rows: Sequence[tuple[int, Memory]], *, actor: Actor, now: datetime) -> list[RowVerdict]:
    return show_ratings([pk for pk, _memory in rows], data={}, actor=actor, now=now)


def _cases(ids: Sequence[int], actor: Actor) -> dict[int, Case]:
    return {row.pk: row for row in visible_cases(actor).filter(pk__in=list(ids)).select_related("assignee")}


def _ratings(ids: Sequence[int], actor: Actor) -> dict[int, Rating]:
    return {row.pk: row for row in visible_ratings(actor).filter(pk__in=list(ids)).select_related("order")}


def _of(rows: Mapping[int, Any], pk: int, kind: str) -> Any:
    if pk not in rows:
        raise NotFound(kind=kind, reference=pk)
    return rows[pk]


def _numbers(rows: Mapping[int, Case]) -> dict[int, str]:
    return {pk: row.number for pk, row in rows.items()}


def _orders(rows: Mapping[int, Rating]) -> dict[int, str]:
    return {pk: row.order.number for pk, row in rows.items()}
