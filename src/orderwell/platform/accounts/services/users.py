"""Users: who may sign in."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from orderwell.kernel.errors import DomainError, InvalidValue, NotFound, refuse_together
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.errors import UsernameTaken, WeakPassword
from orderwell.platform.accounts.events import AccountEvent
from orderwell.platform.accounts.models import Team, User
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.accounts.services.roles import (
    find_roles,
    require_not_above,
    require_own,
    somebody_still_manages_users,
)
from orderwell.platform.accounts.services.row_scopes import Limits, holders_within, limits_to_give, set_limits
from orderwell.platform.batches import find_if_taken
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.events.versions import Version, require_version, version_of
from orderwell.platform.permissions import Permission

MOST_NAME = 120
# What changes a user; signing in is told on the same timeline.
CHANGES = (AccountEvent.USER_CREATED, AccountEvent.USER_CHANGED)


@find_if_taken
def create_user(
    *,
    username: str,
    password: str,
    name: str = "",
    roles: Sequence[str] = (),
    limits: Limits | None = None,
    language: str = "",
    must_change_password: bool = False,
    actor: Actor,
    now: datetime,
) -> User:
    """A person who may sign in and do what the roles allow, on the rows that `limits` leaves: never more than the actor's."""
    actor.require(Permission.SYSTEM_USER_MANAGE)
    refuse_together(sign_in_problems(username=username, password=password, name=name))
    username = clean_username(username)
    hashed = make_password(password)  # slow on purpose, so before the transaction
    with atomic():
        wanted = find_roles(roles)
        require_own(actor, {permission for role in wanted for permission in role.permissions})
        given = limits_to_give(limits or {}, actor=actor)
        if User.objects.filter(username=username).exists():
            raise UsernameTaken(username=username, pointer="/username")
        user = User.objects.create(
            username=username,
            name=name.strip(),
            password=hashed,
            language=language,
            must_change_password=must_change_password,
            created_at=now,
        )
        user.roles.set(wanted)
        set_limits(user, given)
        _record(AccountEvent.USER_CREATED, user, actor, now, roles=list(roles))
    return user


def change_user(
    *,
    username: str,
    roles: Sequence[str] | None = None,
    limits: Limits | None = None,
    is_active: bool | None = None,
    name: str | None = None,
    language: str | None = None,
    teams: Sequence[int] | None = None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> User:
    """Change name, language, roles, teams, row filters or whether the user may sign in; what is None stays.

    `version` is that of `user_version`; raises StaleVersion when it is not the current one.
    """
    actor.require(Permission.SYSTEM_USER_MANAGE)
    with atomic(), somebody_still_manages_users():
        user = find_user(username, actor=actor, lock=True)
        require_not_above(actor, user)
        require_version(version, f"user:{user.pk}", kind="user", names=CHANGES)
        changes: dict[str, object] = _change_texts(user, name=name, language=language)
        if teams is not None:
            changes |= _change_teams(user, teams, actor)
        if roles is not None:
            wanted = find_roles(roles)
            require_own(actor, {permission for role in wanted for permission in role.permissions})
            before = sorted(user.roles.values_list("code", flat=True))
            if before != sorted(roles):
                changes["roles"] = {"before": before, "after": sorted(roles)}
                user.roles.set(wanted)
        if limits is not None and _differ(user, given := limits_to_give(limits, actor=actor)):
            set_limits(user, given)
            changes["limits"] = {kind: sorted(ids) for kind, ids in given.items()}
        if is_active is not None and is_active != user.is_active:
            changes["is_active"] = {"before": user.is_active, "after": is_active}
            user.is_active = is_active
            user.save(update_fields=["is_active"])
        if changes:
            _record(AccountEvent.USER_CHANGED, user, actor, now, changes=changes)
    return user


def _differ(user: User, limits: Limits) -> bool:
    given = {(kind, key) for kind, ids in limits.items() for key in ids}
    return given != set(user.row_scopes.values_list("kind", "object_id"))


def _change_texts(user: User, **given: str | None) -> dict[str, object]:
    changes: dict[str, object] = {}
    refuse_together(text_problems(given.get("name") or "", "/name", MOST_NAME))
    for column, value in given.items():
        before = getattr(user, column)
        if value is not None and value.strip() != before:
            changes[column] = {"before": before, "after": value.strip()}
            setattr(user, column, value.strip())
    if changes:
        user.save(update_fields=list(changes))
    return changes


def _change_teams(user: User, teams: Sequence[int], actor: Actor) -> dict[str, object]:
    """Teams that the actor doesn't see stay as they are."""
    known = dict(visible_teams(actor).filter(pk__in=teams).values_list("pk", "name"))
    for index, key in enumerate(teams):
        if key not in known:
            raise NotFound(kind="team", reference=key, pointer=f"/teams/{index}")
    before = sorted(user.teams.values_list("name", flat=True))
    hidden = user.teams.exclude(pk__in=visible_teams(actor)) if actor.team_ids is not None else Team.objects.none()
    known |= dict(hidden.values_list("pk", "name"))
    user.teams.set(known)
    after = sorted(known.values())
    return {"teams": {"before": before, "after": after}} if before != after else {}


def set_password(
    *, username: str, password: str, must_change_password: bool = False, actor: Actor, now: datetime
) -> User:
    """Set somebody's password; users may set their own without the permission to manage users."""
    user = find_user(username, actor=actor)
    if (actor.kind, actor.id) != ("user", user.pk):
        actor.require(Permission.SYSTEM_USER_MANAGE)
        require_not_above(actor, user)
    _check_password(password, user)
    user.password = make_password(password)
    user.must_change_password = must_change_password
    with atomic():
        user.save(update_fields=["password", "must_change_password"])
        _record(AccountEvent.PASSWORD_SET, user, actor, now)
    return user


def visible_teams(actor: Actor) -> QuerySet[Team]:
    return rows_within(Team.objects.all(), actor, pk="team")


def user_version(user_id: int) -> Version:
    return version_of(f"user:{user_id}", names=CHANGES)


def find_user(username: str, *, actor: Actor, lock: bool = False) -> User:
    """Raises NotFound, also for one who sees rows that the actor doesn't see."""
    rows = User.objects.select_for_update() if lock else User.objects.all()
    user = holders_within(rows, actor).filter(username=username.strip().lower()).first()
    if user is None:
        raise NotFound(kind=_("user"), reference=username, pointer="/username")
    return user


def clean_username(username: str) -> str:
    """User names differ in more than case, and are typed without spaces."""
    cleaned = unicodedata.normalize("NFKC", username).strip().lower()
    if not cleaned or len(cleaned) > 80 or not cleaned.isprintable() or " " in cleaned:
        raise InvalidValue(value=username, expected=_("1 to 80 characters without spaces"), pointer="/username")
    return cleaned


def sign_in_problems(*, username: str | None, password: str | None, name: str = "") -> Iterator[DomainError]:
    """What is wrong with the two things that a new user signs in with; None is not looked at."""
    cleaned = ""
    if username is not None:
        try:
            cleaned = clean_username(username)
        except DomainError as error:
            yield error
        if cleaned and User.objects.filter(username=cleaned).exists():
            yield UsernameTaken(username=cleaned, pointer="/username")
    yield from text_problems(name, "/name", MOST_NAME)
    if password is not None:
        try:
            _check_password(password, User(username=cleaned, name=name))
        except DomainError as error:
            yield error


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(reasons=" ".join(error.messages), pointer="/password") from None


def _record(event: AccountEvent, user: User, actor: Actor, now: datetime, **data: object) -> None:
    subject = f"user:{user.pk}"
    record(Fact(event, subject, subject, {"username": user.username, **data}), actor=actor, now=now)
