"""Teams: who works together; customers and users can be limited to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from orderwell.kernel.errors import NotFound, Refusal
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.errors import TeamNameTaken
from orderwell.platform.accounts.events import AccountEvent
from orderwell.platform.accounts.models import Team, User
from orderwell.platform.accounts.services.row_scopes import holders_within
from orderwell.platform.accounts.services.users import change_user, visible_teams
from orderwell.platform.batches import find_if_taken
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.events.versions import require_version
from orderwell.platform.permissions import Permission


@find_if_taken
def save_team(
    *,
    name: str,
    team_id: int | None = None,
    members: Collection[int] | None = None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> Team:
    """Make a team, or give the team `team_id` another name. The same name again changes nothing.

    `members` are the users that belong to it from now on; None leaves them. Raises StaleVersion, NotFound, and
    AboveOwnPermissions for somebody who may do more than the actor, OutsideOwnRows.
    """
    actor.require(Permission.SYSTEM_USER_MANAGE)
    actor.require_row("team", team_id)
    name = name.strip()
    wrong = [problem.detail() for problem in text_problems(name, "/name", 80, needed=True)]
    if wrong:
        raise Refusal(wrong)
    with atomic():
        # All teams, a handful of rows: two new ones of the same name at the same time wait for each other.
        teams = {team.pk: team for team in Team.objects.select_for_update().order_by("pk")}
        if team_id is not None and team_id not in teams:
            raise NotFound(kind="team", reference=team_id)
        if team_id is not None:
            require_version(version, f"team:{team_id}", kind="team")
        if any(team.name == name and team.pk != team_id for team in teams.values()):
            raise TeamNameTaken(pointer="/name", name=name)
        team = teams[team_id] if team_id is not None else Team()
        before, team.name = team.name, name
        if before != name:
            team.save()
            event = AccountEvent.TEAM_CREATED if team_id is None else AccountEvent.TEAM_RENAMED
            subject = f"team:{team.pk}"
            record(Fact(event, subject, subject, {"name": name, "before": before}), actor=actor, now=now)
        if members is not None:
            _set_members(team, set(members), actor, now)
    return team


def _set_members(team: Team, wanted: set[int], actor: Actor, now: datetime) -> None:
    """Who comes and who goes; each is a change of that user, and told there."""
    users = holders_within(User.objects.filter(Q(pk__in=wanted) | Q(teams=team)).distinct(), actor)
    users = users.prefetch_related("teams").order_by("pk")
    known = {user.pk: user for user in users}
    for index, key in enumerate(sorted(wanted)):
        if key not in known:
            raise NotFound(kind="user", reference=key, pointer=f"/members/{index}")
    for user in known.values():
        before = {one.pk for one in user.teams.all()}
        after = before | {team.pk} if user.pk in wanted else before - {team.pk}
        if after != before:
            change_user(username=user.username, teams=sorted(after), actor=actor, now=now)


def members_of(team_id: int, *, actor: Actor) -> list[User]:
    """Who belongs to a team, by name, with roles and row filters at hand."""
    actor.require(Permission.SYSTEM_USER_MANAGE)
    found = holders_within(User.objects.filter(teams=team_id), actor)
    return sorted(found.prefetch_related("roles", "row_scopes"), key=str)


def member_counts(*, actor: Actor) -> dict[int, int]:
    actor.require(Permission.SYSTEM_USER_MANAGE)
    return Counter(User.teams.through.objects.values_list("team_id", flat=True))


def list_teams(*, actor: Actor) -> list[Team]:
    actor.require(Permission.SYSTEM_USER_MANAGE)
    return list(visible_teams(actor).order_by("name"))


def team_names() -> dict[int, str]:
    """Every team by id: what a screen offers to choose from."""
    return dict(Team.objects.order_by("name").values_list("pk", "name"))
