"""Saving, changing and removing views, and what one user chooses about a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_noop as _

from orderwell.kernel.errors import StaleVersion, refuse_together
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.batches import find_if_taken
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission
from orderwell.platform.views.errors import ViewNameMissing, ViewNameTaken
from orderwell.platform.views.events import ViewEvent
from orderwell.platform.views.models import ListChoice, SavedView
from orderwell.platform.views.queries import may_change_view, saved_view


@find_if_taken
def save_view(
    *,
    list_name: str,
    name: str,
    columns: Sequence[str],
    filters: Mapping[str, str],
    sort: str,
    shared: bool,
    actor: Actor,
    now: datetime,
    view_id: int | None = None,
    version: int | None = None,
) -> SavedView:
    """Save a view, or change the one with `view_id`. Whoever shares needs the permission for it, and so does whoever
    changes what is shared by another. Raises ViewNameMissing, ViewNameTaken, NotFound, StaleVersion."""
    name = name.strip()
    if not name:
        raise ViewNameMissing(pointer="/name")
    refuse_together(text_problems(name[:80], "/name", 80))
    with atomic():
        view = _changeable(actor, view_id, list_name, version) if view_id is not None else _fresh(list_name, actor, now)
        shared = shared or view.owner_id is None
        if shared and not view.shared:
            actor.require(Permission.LISTS_VIEW_SHARE)
        others = SavedView.objects.filter(list_name=view.list_name, owner_id=view.owner_id, name=name).exclude(
            pk=view.pk
        )
        if others.exists():
            raise ViewNameTaken(pointer="/name", name=name)
        view.name, view.shared, view.sort = name[:80], shared, sort
        view.columns, view.filters, view.updated_at = list(columns), dict(filters), now
        view.version += 1
        view.save()
        _tell(ViewEvent.SAVED, view, actor, now)
    return view


def remove_view(*, view_id: int, list_name: str | None = None, actor: Actor, now: datetime) -> None:
    """Remove a view, of the list `list_name` where one is named. Raises NotFound, PermissionDenied."""
    with atomic():
        view = _changeable(actor, view_id, list_name)
        _tell(ViewEvent.REMOVED, view, actor, now)
        view.delete()


def choose_columns(*, list_name: str, columns: Sequence[str], actor: Actor) -> None:
    """Keep the columns of a list for this user; none go back to the list's own. Nobody else is affected: no event."""
    if actor.kind == "user" and actor.id is not None:
        ListChoice.objects.update_or_create(user_id=actor.id, list_name=list_name, defaults={"columns": list(columns)})


def choose_default(*, list_name: str, view_id: int | None, actor: Actor) -> None:
    """Open the list with this view from now on, or with all of it. Raises NotFound."""
    if actor.kind == "user" and actor.id is not None:
        if view_id is not None:
            saved_view(actor, view_id, list_name)
        ListChoice.objects.update_or_create(
            user_id=actor.id, list_name=list_name, defaults={"default_view_id": view_id}
        )


def _fresh(list_name: str, actor: Actor, now: datetime) -> SavedView:
    owner = actor.id if actor.kind == "user" else None
    return SavedView(list_name=list_name, owner_id=owner, created_at=now, version=0)


def _changeable(actor: Actor, view_id: int, list_name: str | None, version: int | None = None) -> SavedView:
    view = saved_view(actor, view_id, list_name)
    if not may_change_view(actor, view):
        actor.require(Permission.LISTS_VIEW_SHARE)
    if version is not None and version != view.version:
        raise StaleVersion(kind=_("view"), current=view.version, given=version)
    return view


def _tell(event: ViewEvent, view: SavedView, actor: Actor, now: datetime) -> None:
    subject = f"view:{view.pk}"
    record(
        Fact(event, subject, subject, {"name": view.name, "list": view.list_name, "shared": view.shared}),
        actor=actor,
        now=now,
    )
