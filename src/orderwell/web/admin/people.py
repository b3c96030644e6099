"""Users, roles and teams."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from orderwell.domains.catalog.choices import channel_names
from orderwell.domains.inventory.choices import every_warehouse
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.models import ApiKey, Role, User
from orderwell.platform.accounts.queries import people, role_list, user_detail
from orderwell.platform.accounts.services.roles import create_role, set_role_permissions
from orderwell.platform.accounts.services.teams import list_teams, member_counts, members_of, save_team, team_names
from orderwell.platform.accounts.services.users import change_user, create_user, set_password, user_version
from orderwell.platform.database import snapshot
from orderwell.platform.events.versions import NEW, Version, version_of
from orderwell.platform.formats import listed
from orderwell.platform.permissions import Permission
from orderwell.platform.permissions.words import grouped, title_of
from orderwell.web.admin.forms import (
    NewRoleForm,
    PasswordResetForm,
    RoleForm,
    TeamForm,
    UserForm,
)
from orderwell.web.admin.sections import Column, Row, Table, sections, show_table
from orderwell.web.components.actions import perform
from orderwell.web.components.merging import over
from orderwell.web.pages import form_page, page
from orderwell.web.templatetags.orderwell import localname

USERS = Permission.SYSTEM_USER_MANAGE


def role_title(role: Role) -> str:
    """The product's roles have translated names; the company's own are called what it called them."""
    return _(role.title) if role.built_in else role.title


def limit_choices(actor: Actor) -> dict[str, list[tuple[Any, Any]]]:
    """What the actor can limit others to: the rows that it sees itself."""
    every = {
        "channel": [(channel.pk, localname(channel)) for channel in channel_names().values()],
        "warehouse": [(warehouse.pk, localname(warehouse)) for warehouse in every_warehouse()],
        "team": list(team_names().items()),
    }
    own = {kind: getattr(actor, f"{kind}_ids") for kind in every}
    return {kind: [row for row in rows if own[kind] is None or row[0] in own[kind]] for kind, rows in every.items()}


def limits_text(holder: User | ApiKey, known: dict[str, list[tuple[Any, Any]]]) -> str:
    names = {(kind, key): name for kind, found in known.items() for key, name in found}
    shown = [str(names.get((row.kind, row.object_id), row.object_id)) for row in holder.row_scopes.all()]
    return listed(shown) or _("All")


def _user_form(request: HttpRequest, actor: Actor, user: User | None, seen: Version) -> UserForm:
    stored: dict[str, Any] = {}
    limits = limit_choices(actor)
    if user is not None:
        stored = {"name": user.name, "language": user.language, "is_active": user.is_active}
        stored["roles"] = [role.code for role in user.roles.all()]
        stored["teams"] = [team.pk for team in user.teams.all()]
        for kind in limits:
            stored[f"limit_{kind}"] = [row.object_id for row in user.row_scopes.all() if row.kind == kind]
    return UserForm(
        request.POST or None,
        **over(stored, seen),
        new=user is None,
        roles=[(role.code, role_title(role)) for role in role_list(actor)],
        teams=limits["team"],
        limits=limits,
    )


@sensitive_post_parameters("password")
@form_page(USERS)
def new_user(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = _user_form(request, actor, None, Version(NEW))

    def act(data: dict[str, Any]) -> None:
        now = utc_now()
        user = create_user(
            username=data["username"],
            password=data["password"],
            name=data["name"],
            roles=data["roles"],
            limits=form.limits(),
            language=data["language"],
            must_change_password=data["must_change_password"],
            actor=actor,
            now=now,
        )
        if data["teams"]:
            change_user(username=user.username, teams=[int(key) for key in data["teams"]], actor=actor, now=now)

    return perform(
        request,
        actor,
        form,
        template="admin/user.html",
        act=act,
        done=_("The user can sign in now."),
        to=reverse("admin-users"),
        context={"form_title": _("New user"), "person": None},
    )


@form_page(USERS)
def change_one_user(request: HttpRequest, actor: Actor, user_id: int) -> HttpResponse:
    with snapshot():
        user, seen = user_detail(actor, user_id), user_version(user_id)
    form = _user_form(request, actor, user, seen)

    def act(data: dict[str, Any]) -> None:
        change_user(
            username=user.username,
            roles=data["roles"],
            limits=form.limits(),
            is_active=data["is_active"],
            name=data["name"],
            language=data["language"],
            teams=[int(key) for key in data["teams"]],
            version=seen.number,
            actor=actor,
            now=utc_now(),
        )

    return perform(
        request,
        actor,
        form,
        template="admin/user.html",
        act=act,
        done=_("Saved."),
        to=reverse("admin-users"),
        context={"form_title": str(user), "person": user},
    )


@sensitive_post_parameters("password")
@form_page(USERS)
def reset_password(request: HttpRequest, actor: Actor, user_id: int) -> HttpResponse:
    user = user_detail(actor, user_id)

    def act(data: dict[str, Any]) -> None:
        set_password(username=user.username, **data, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        PasswordResetForm(request.POST or None),
        template="admin/form.html",
        act=act,
        done=_("The new password holds from now on."),
        to=reverse("admin-user", args=[user.pk]),
        context={"form_title": _("New password for %(name)s") % {"name": user}},
    )


@page(USERS)
def roles(request: HttpRequest, actor: Actor) -> HttpResponse:
    found = role_list(actor)
    for role in found:
        role.shown = role_title(role)  # type: ignore[attr-defined]
    groups = [
        {
            "title": title,
            "lines": [
                {"name": name, "title": title_of(name), "has": [name in role.permissions for role in found]}
                for name in names
            ],
        }
        for _scope, title, names in grouped()
    ]
    here = next(s for group in sections(actor) for s in group["sections"] if s.name == "admin-roles")
    context = {"groups": sections(actor), "here": here, "roles": found, "permissions": groups}
    return render(request, "admin/roles.html", context)


@form_page(USERS)
def new_role(request: HttpRequest, actor: Actor) -> HttpResponse:
    known = {role.code: role for role in role_list(actor)}
    form = NewRoleForm(request.POST or None, roles=[(code, role_title(role)) for code, role in known.items()])

    def act(data: dict[str, Any]) -> None:
        like = known.get(data["like"])
        scopes = like.permissions if like else []
        create_role(code=data["code"], title=data["title"], scopes=scopes, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        form,
        template="admin/form.html",
        act=act,
        done=_("The role is there; click its name to choose what it may do."),
        to=reverse("admin-roles"),
        context={"form_title": _("New role")},
    )


@form_page(USERS)
def one_role(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    with snapshot():
        role = next((role for role in role_list(actor) if role.code == code), None)
        if role is None:
            raise NotFound(kind="role", reference=code[:40])
        seen = version_of(f"role:{role.pk}")
    form = RoleForm(request.POST or None, chosen=role.permissions, version=seen.number, changed_by=seen.changed_by)
    fixed = role.code == "administrator"
    if fixed:
        for name in [name for name in form.fields if name not in form.OWN]:
            form.fields[name].disabled = True
    return perform(
        request,
        actor,
        form,
        template="admin/role.html",
        act=lambda data: set_role_permissions(
            code=code, scopes=form.chosen(), version=seen.number, actor=actor, now=utc_now()
        ),
        done=_("Saved. It holds from the next page on."),
        to=reverse("admin-roles"),
        context={"role_title": role_title(role), "fixed": fixed},
    )


@page(USERS)
def teams(request: HttpRequest, actor: Actor) -> HttpResponse:
    counts = member_counts(actor=actor)
    rows = [
        Row((team.name, counts.get(team.pk, 0)), reverse("admin-team", args=[team.pk]))
        for team in list_teams(actor=actor)
    ]
    table = Table(
        (Column(_("Name")), Column(_("Members"), "num")),
        rows,
        reverse("admin-team-new"),
        _("New team"),
        empty_title=_("No teams yet"),
        empty_text=_("Give customers to teams when people should see only their own."),
    )
    return show_table(request, actor, "admin-teams", table)


def _team(request: HttpRequest, actor: Actor, team_id: int | None) -> HttpResponse:
    name, seen, members = "", Version(NEW), []
    if team_id is not None:
        with snapshot():
            name, seen = dict(limit_choices(actor)["team"]).get(team_id, ""), version_of(f"team:{team_id}")
            members = members_of(team_id, actor=actor)
        if not name:
            raise NotFound(kind="team", reference=team_id)
    stored: dict[str, Any] = {"name": name, "members": [user.pk for user in members]} if name else {}
    offered = {user.pk: user for user in (*people(), *members)}
    form = TeamForm(
        request.POST or None,
        **over(stored, seen),
        people=[(pk, str(user)) for pk, user in sorted(offered.items(), key=lambda item: str(item[1]))],
    )

    def act(data: dict[str, Any]) -> None:
        chosen = [int(key) for key in data["members"]]
        save_team(name=data["name"], team_id=team_id, members=chosen, version=seen.number, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        form,
        template="admin/team.html",
        act=act,
        done=_("Saved."),
        to=reverse("admin-teams"),
        context={"form_title": name or _("New team"), "team": team_id, "members": _shown_members(members, actor)},
    )


def _shown_members(members: list[User], actor: Actor) -> list[dict[str, Any]]:
    """Each with their roles and, as far as something is limited, the rows that they see."""
    known = limit_choices(actor) if members else {}
    return [
        {
            "user": user,
            "roles": [role_title(role) for role in user.roles.all()],
            "rows": limits_text(user, known),
        }
        for user in members
    ]


@form_page(USERS)
def new_team(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _team(request, actor, None)


@form_page(USERS)
def one_team(request: HttpRequest, actor: Actor, team_id: int) -> HttpResponse:
    return _team(request, actor, team_id)
