"""Users, roles and API keys."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from pydantic import Field

from orderwell.api.bodies import ApiRequest
from orderwell.api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, page, shown
from orderwell.api.preconditions import seen_version
from orderwell.api.routing import Routes
from orderwell.api.shapes import Code, Id, Input, Moment, Shape, ShortText
from orderwell.api.versions import Versioned, with_version, with_versions
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.models import ApiKey, Role, Team, User
from orderwell.platform.accounts.queries import users
from orderwell.platform.accounts.services.api_keys import create_key, revoke_key
from orderwell.platform.accounts.services.roles import create_role, set_role_permissions
from orderwell.platform.accounts.services.row_scopes import holders_within
from orderwell.platform.accounts.services.teams import list_teams, save_team
from orderwell.platform.accounts.services.users import CHANGES, change_user, create_user, find_user, set_password
from orderwell.platform.paging import keyset_page
from orderwell.platform.permissions import Permission

routes = Routes("accounts")
USERS, KEYS = Permission.SYSTEM_USER_MANAGE, Permission.SYSTEM_API_KEY_MANAGE


class Limits(Input):
    """Row filters: ids, at least one of a kind. A kind that is left out is as limited as whoever gives it."""

    channel: list[Id] | None = None
    warehouse: list[Id] | None = None
    team: list[Id] | None = None

    def given(self) -> dict[str, list[int]]:
        return {kind: ids for kind, ids in self.model_dump().items() if ids is not None}


class LimitsShape(Shape):
    channel: list[int] | None = None
    warehouse: list[int] | None = None
    team: list[int] | None = None


class TeamShape(Versioned):
    id: int
    name: str


class TeamName(Input):
    name: str = Field(min_length=1, max_length=80)


class NewRole(Input):
    code: Code
    title: str = Field(min_length=1, max_length=80)
    scopes: list[str] = Field(default=[], max_length=200)


class UserShape(Versioned):
    id: int
    username: str
    name: str
    is_active: bool
    language: str
    roles: list[str]
    teams: list[str]
    limits: LimitsShape
    created_at: Moment


class NewUser(Input):
    username: str = Field(min_length=1, max_length=80)
    password: str = Field(min_length=1, max_length=200)
    name: ShortText = ""
    roles: list[Code] = Field(default=[], max_length=50)
    limits: Limits = Limits()
    language: Literal["", "zh-hans", "en"] = ""
    must_change_password: bool = True


class UserChange(Input):
    roles: list[Code] | None = Field(default=None, max_length=50)
    limits: Limits | None = None
    is_active: bool | None = None
    name: ShortText | None = None
    language: Literal["", "zh-hans", "en"] | None = None
    teams: list[Id] | None = Field(default=None, max_length=100)


class NewPassword(Input):
    password: str = Field(min_length=1, max_length=200)
    must_change_password: bool = True


class RoleShape(Versioned):
    code: str
    title: str
    permissions: list[str]
    built_in: bool


class RolePermissions(Input):
    scopes: list[str] = Field(max_length=200, description="Permissions, or groups of them such as orders:*")


class KeyShape(Shape):
    id: int
    name: str
    prefix: str
    scopes: list[str]
    limits: LimitsShape
    created_at: Moment
    created_by: str
    expires_at: Moment | None
    revoked_at: Moment | None
    last_used_at: Moment | None


class NewKey(Input):
    name: str = Field(min_length=1, max_length=80)
    scopes: list[str] = Field(min_length=1, max_length=200)
    limits: Limits = Limits()
    expires_at: Moment | None = None


class MadeKey(KeyShape):
    key: str = Field(description="The secret itself. It is shown this once and kept nowhere.")


def _limits(holder: User | ApiKey) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in holder.row_scopes.all():
        found.setdefault(row.kind, []).append(row.object_id)
    return found


def _user(user: User) -> dict[str, Any]:
    return {
        **{name: getattr(user, name) for name in ("id", "username", "name", "is_active", "language", "created_at")},
        "version": getattr(user, "version"),  # noqa: B009 - put there by with_versions
        "roles": sorted(role.code for role in user.roles.all()),
        "teams": sorted(team.name for team in user.teams.all()),
        "limits": _limits(user),
    }


def _of_user(user: User) -> str:
    return f"user:{user.pk}"


def _one_user(user: User) -> dict[str, Any]:
    return _user(with_version(user, _of_user, names=CHANGES))


def _role(row: Role) -> str:
    return f"role:{row.pk}"


def _key(key: ApiKey) -> dict[str, Any]:
    plain = ("id", "name", "prefix", "scopes", "created_at", "created_by", "expires_at", "revoked_at", "last_used_at")
    return {**{name: getattr(key, name) for name in plain}, "limits": _limits(key)}


@routes.read("/users", permission=USERS, response=Page[UserShape])
def list_users(
    request: ApiRequest, response: HttpResponse, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> dict[str, Any]:
    found = keyset_page(users(request.actor), order=("id",), cursor=cursor, limit=limit)
    with_versions(found.rows, _of_user, names=CHANGES)
    return shown(found, show=_user, request=request, response=response)


@routes.read("/users/{username}", permission=USERS, response=UserShape)
def get_user(request: ApiRequest, username: str) -> dict[str, Any]:
    return _one_user(find_user(username, actor=request.actor))


@routes.write("POST", "/users", permission=USERS, response=UserShape, status=201)
def add_user(request: ApiRequest, body: NewUser) -> dict[str, Any]:
    given = {**body.model_dump(), "limits": body.limits.given()}
    return _one_user(create_user(**given, actor=request.actor, now=utc_now()))


@routes.write("PATCH", "/users/{username}", permission=USERS, response=UserShape, guarded=True)
def edit_user(request: ApiRequest, username: str, body: UserChange) -> dict[str, Any]:
    """Name, language, roles, teams, row filters, and whether the user may sign in. What is left out stays."""
    limits = body.limits.given() if body.limits is not None else None
    user = change_user(
        username=username,
        roles=body.roles,
        limits=limits,
        is_active=body.is_active,
        name=body.name,
        language=body.language,
        teams=body.teams,
        version=seen_version(request),
        actor=request.actor,
        now=utc_now(),
    )
    return _one_user(user)


@routes.write("POST", "/users/{username}/password", permission=USERS, response=UserShape)
def set_user_password(request: ApiRequest, username: str, body: NewPassword) -> dict[str, Any]:
    return _one_user(set_password(username=username, **body.model_dump(), actor=request.actor, now=utc_now()))


@routes.read("/roles", permission=USERS, response=list[RoleShape])
def list_roles(request: HttpRequest) -> list[Role]:
    return with_versions(Role.objects.order_by("code"), _role)


@routes.write("POST", "/roles", permission=USERS, response=RoleShape, status=201)
def add_role(request: ApiRequest, body: NewRole) -> Role:
    """A role of the company's own. Nobody can give it more than they may do themselves."""
    return with_version(create_role(**body.model_dump(), actor=request.actor, now=utc_now()), _role)


@routes.write("PUT", "/roles/{code}/permissions", permission=USERS, response=RoleShape, guarded=True)
def replace_role_permissions(request: ApiRequest, code: str, body: RolePermissions) -> Role:
    version = seen_version(request)
    row = set_role_permissions(code=code, scopes=body.scopes, version=version, actor=request.actor, now=utc_now())
    return with_version(row, _role)


def _team(row: Team) -> str:
    return f"team:{row.pk}"


@routes.read("/teams", permission=USERS, response=list[TeamShape])
def all_teams(request: ApiRequest) -> list[Team]:
    return with_versions(list_teams(actor=request.actor), _team)


@routes.write("POST", "/teams", permission=USERS, response=TeamShape, status=201)
def add_team(request: ApiRequest, body: TeamName) -> Team:
    return with_version(save_team(name=body.name, actor=request.actor, now=utc_now()), _team)


@routes.write("PATCH", "/teams/{team_id}", permission=USERS, response=TeamShape, guarded=True)
def rename_team(request: ApiRequest, team_id: Id, body: TeamName) -> Team:
    version = seen_version(request)
    saved = save_team(name=body.name, team_id=team_id, version=version, actor=request.actor, now=utc_now())
    return with_version(saved, _team)


@routes.read("/api-keys", permission=KEYS, response=Page[KeyShape])
def list_api_keys(
    request: ApiRequest, response: HttpResponse, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> dict[str, Any]:
    rows = holders_within(ApiKey.objects.prefetch_related("row_scopes"), request.actor)
    return page(rows, order=("id",), cursor=cursor, limit=limit, show=_key, request=request, response=response)


@routes.write("POST", "/api-keys", permission=KEYS, response=MadeKey, status=201)
def add_api_key(request: ApiRequest, body: NewKey) -> dict[str, Any]:
    """Nobody can give a key more than they may do themselves, on rows that they see themselves."""
    key, secret = create_key(
        name=body.name,
        scopes=body.scopes,
        limits=body.limits.given(),
        expires_at=body.expires_at,
        actor=request.actor,
        now=utc_now(),
    )
    return {**_key(key), "key": secret}


@routes.write("POST", "/api-keys/{key_id}/revoke", permission=KEYS, response=KeyShape)
def revoke_api_key(request: ApiRequest, key_id: Id) -> dict[str, Any]:
    return _key(revoke_key(key_id=key_id, actor=request.actor, now=utc_now()))
