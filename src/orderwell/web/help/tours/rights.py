"""What somebody may do at work, told to the practice company and given to them there: the same rights, the same limits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse

from orderwell.domains.catalog.queries import channels
from orderwell.domains.customers.drafts import CustomerDraft
from orderwell.domains.customers.queries import visible_customers
from orderwell.domains.customers.services.save_customer import save_customers
from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.kernel.identifiers import random_token
from orderwell.platform.accounts.actor import Actor, system_actor
from orderwell.platform.accounts.models import Role, User
from orderwell.platform.accounts.services.roles import create_role, set_role_permissions
from orderwell.platform.accounts.services.row_scopes import Limits
from orderwell.platform.accounts.services.teams import save_team, team_names
from orderwell.platform.accounts.services.users import change_user, create_user
from orderwell.platform.permissions import EVERYTHING
from orderwell.platform.sandbox.handover import Learner
from orderwell.web.components.opening import may_open
from orderwell.web.help.tours.checks import Did, Visited
from orderwell.web.help.tours.steps import Task, Tour

# How many customers of the practice company a team gets that it didn't have: the newest learner's work lies with them.
TEAM_CUSTOMERS = 20


def offered(tour: Tour, actor: Actor) -> tuple[Task, ...]:
    """The steps that this person may do at work. None at all where less than half of a tour would be left."""
    found: list[Task] = []
    for task in tour.tasks:
        builds_on = task.check.same if isinstance(task.check, Did) else None
        if builds_on is not None and all(task.check is not builds_on for task in found):
            continue
        if all(_may_open(actor, name) for name in places_of(task)):
            found.append(task)
    return tuple(found) if 2 * len(found) >= len(tour.tasks) else ()


def places_of(task: Task) -> tuple[str, ...]:
    """The addresses, by name, that somebody must be let in to do this."""
    place = () if task.place in ("", "order") else (task.place,)
    looked_at = (task.check.url_name,) if isinstance(task.check, Visited) else ()
    return (*place, *looked_at, *task.doing)


def _may_open(actor: Actor, url_name: str) -> bool:
    for arguments in range(3):
        try:
            return may_open(actor, reverse(url_name, args=[1] * arguments))
        except NoReverseMatch:
            continue
    return False


def limits_at_work(actor: Actor) -> dict[str, list[str]]:
    """Where this person sees only some rows: the codes of channels and warehouses, the names of teams."""
    found: dict[str, list[str]] = {}
    seeing = system_actor()
    if actor.channel_ids is not None:
        found["channel"] = [row.code for row in channels(seeing) if row.pk in actor.channel_ids]
    if actor.warehouse_ids is not None:
        every = visible_warehouses(seeing, active_only=False)
        found["warehouse"] = [row.code for row in every if row.pk in actor.warehouse_ids]
    if actor.team_ids is not None:
        found["team"] = [name for pk, name in team_names().items() if pk in actor.team_ids]
    return found


def admit(learner: Learner, *, now: datetime) -> User:
    """Their user in the practice company, one for each tour, with what they may do at work now."""
    system = system_actor(label="practice")
    role = _role(learner, system, now)
    limits = _limits(learner, system, now)
    username = f"learner-{learner.user}-{learner.tour}"
    common: dict[str, Any] = {"username": username, "roles": [role], "limits": limits, "actor": system, "now": now}
    if User.objects.filter(username=username).exists():
        return change_user(**common)
    return create_user(password=random_token(24), name=learner.name, **common)


def _role(learner: Learner, system: Actor, now: datetime) -> str:
    """A role of their own; what only the other installation's version knows is left out."""
    code = f"learner-{learner.user}"
    permissions = sorted(set(learner.permissions) & EVERYTHING)
    known = Role.objects.filter(code=code).first()
    if known is None:
        create_role(code=code, title=(learner.roles or learner.name)[:80], scopes=permissions, actor=system, now=now)
    elif known.permissions != permissions:
        set_role_permissions(code=code, scopes=permissions, actor=system, now=now)
    return code


def _limits(learner: Learner, system: Actor, now: datetime) -> Limits:
    """Rows here that stand for those at work: of the same name where there are such, otherwise as many others."""
    found: dict[str, list[int]] = {}
    if "channel" in learner.limits:
        every = {row.code: row.pk for row in channels(system, active=True)}
        found["channel"] = _standing_in(learner.limits["channel"], every)
    if "warehouse" in learner.limits:
        every = {row.code: row.pk for row in visible_warehouses(system)}
        found["warehouse"] = _standing_in(learner.limits["warehouse"], every)
    if "team" in learner.limits:
        found["team"] = [_team(name, system, now) for name in learner.limits["team"]]
    return found


def _standing_in(wanted: list[str], every: dict[str, int]) -> list[int]:
    same = [every[code] for code in wanted if code in every]
    others = (pk for pk in every.values() if pk not in same)
    return same + [pk for pk, _missing in zip(others, range(max(len(wanted), 1) - len(same)), strict=False)]


def _team(name: str, system: Actor, now: datetime) -> int:
    """The team of this name; a new one looks after some customers, or its people would see nothing."""
    for pk, known in team_names().items():
        if known == name:
            return pk
    team = save_team(name=name, actor=system, now=now)
    rows = visible_customers(system).filter(active=True, team__isnull=True).order_by("id")
    numbers = rows.values_list("number", flat=True)[:TEAM_CUSTOMERS]
    save_customers([CustomerDraft(number=number, team=name) for number in numbers], actor=system, now=now)
    return team.pk
