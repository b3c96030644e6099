"""orderwell apikey, user."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from orderwell.cli.frame import Answer, command, group, operator, say, table

group("apikey", "Keys with which other programs call the API.")
group("user", "People who sign in.")


@command("apikey create")
def create_key(
    name: Annotated[str, typer.Option(help="What the key is for, as the audit trail will show it.")],
    scope: Annotated[list[str], typer.Option(help="*, orders:*, or orders:order:view; may be given several times.")],
    expires_in_days: Annotated[int | None, typer.Option(min=1, max=3650, help="Days until the key ends.")] = None,
    channel: Annotated[
        list[str] | None, typer.Option(help="Only rows of this channel, by code or id; several allowed.")
    ] = None,
    warehouse: Annotated[
        list[str] | None, typer.Option(help="Only rows of this warehouse, by code or id; several allowed.")
    ] = None,
    team: Annotated[
        list[str] | None, typer.Option(help="Only rows of this team, by name or id; several allowed.")
    ] = None,
) -> Answer:
    """Make a key. Its secret is shown this once."""
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.services import api_keys
    from orderwell.platform.accounts.services.row_scopes import row_ids

    now = utc_now()
    limited = {"channel": channel, "warehouse": warehouse, "team": team}
    key, raw = api_keys.create_key(
        name=name,
        scopes=scope,
        limits={kind: row_ids(kind, names) for kind, names in limited.items() if names},
        expires_at=now + timedelta(days=expires_in_days) if expires_in_days else None,
        actor=operator(),
        now=now,
    )
    return Answer({"id": key.pk, "key": raw}, raw)


@command("apikey list")
def list_keys() -> Answer:
    """All keys, without their secrets."""
    from orderwell.platform.accounts.services import api_keys

    columns = ["id", "name", "prefix", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at"]
    rows = [_fields(key, columns) for key in api_keys.list_keys(actor=operator())]
    return Answer({"keys": rows}, table(rows, columns))


@command("apikey revoke")
def revoke_key(key_id: Annotated[int, typer.Argument(metavar="ID")]) -> Answer:
    """End a key at once."""
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.services import api_keys

    key = api_keys.revoke_key(key_id=key_id, actor=operator(), now=utc_now())
    return Answer({"id": key.pk, "revoked_at": key.revoked_at}, f"{key.name} is revoked.")


@command("user create")
def create_user(
    username: str,
    name: Annotated[str, typer.Option(help="The person's name.")] = "",
    role: Annotated[list[str] | None, typer.Option(help="A role's code; may be given several times.")] = None,
    language: Annotated[str, typer.Option(help="zh-hans or en.")] = "",
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin.")] = False,
) -> Answer:
    """Make a user. Without --password-stdin a password is made up, shown once, and must be changed at first sign-in."""
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.services import users

    password = _password(password_stdin)
    user = users.create_user(
        username=username,
        password=password,
        name=name,
        roles=role or [],
        language=language,
        must_change_password=not password_stdin,
        actor=operator(),
        now=utc_now(),
    )
    return _password_answer({"id": user.pk, "username": user.username}, password, shown=not password_stdin)


@command("user set-password")
def set_password(
    username: str,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin.")] = False,
) -> Answer:
    """Set a password; without --password-stdin one is made up, shown once, and must be changed at next sign-in."""
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.services import users

    password = _password(password_stdin)
    user = users.set_password(
        username=username,
        password=password,
        must_change_password=not password_stdin,
        actor=operator(),
        now=utc_now(),
    )
    return _password_answer({"id": user.pk, "username": user.username}, password, shown=not password_stdin)


@command("user list")
def list_users() -> Answer:
    """All users with their roles."""
    from orderwell.platform.accounts.models import User

    rows = [
        {
            "username": user.username,
            "name": user.name,
            "is_active": user.is_active,
            "roles": sorted(role.code for role in user.roles.all()),
            "last_login": user.last_login,
        }
        for user in User.objects.prefetch_related("roles").order_by("username")
    ]
    return Answer({"users": rows}, table(rows, ["username", "name", "is_active", "roles", "last_login"]))


def _password(from_stdin: bool) -> str:
    from orderwell.kernel.identifiers import random_token

    if not from_stdin:
        return random_token(16)
    if sys.stdin.isatty():
        say("Password:")
    return sys.stdin.readline().rstrip("\r\n")


def _password_answer(data: dict[str, Any], password: str, *, shown: bool) -> Answer:
    if not shown:
        return Answer(data, f"The password of {data['username']} is set.")
    return Answer({**data, "password": password}, f"{data['username']}: {password}")


def _fields(row: object, names: list[str]) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in names}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}
