"""Reading saved views, own columns, exports and bulk runs: everybody reads their own, and what is shared."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop as _

from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared
from orderwell.platform.views.models import BulkRun, Export, ListChoice, SavedView


@dataclass(frozen=True, slots=True)
class OwnChoice:
    """The columns a user has chosen for a list (none: the list's own), and the view it opens with."""

    columns: tuple[str, ...] = ()
    default_view: int | None = None


def holder_of(actor: Actor) -> str:
    return f"{actor.kind}:{actor.id}"


def _readable(actor: Actor) -> QuerySet[SavedView]:
    mine = Q(owner_id=actor.id) if actor.kind == "user" else Q(owner_id__isnull=True)
    return SavedView.objects.filter(mine | Q(shared=True))


def saved_views(actor: Actor, name: str) -> list[SavedView]:
    """The views of the list `name` that the actor has or that are shared with everyone, own ones first."""
    rows = _views_of_user(actor.id or 0, name) if actor.kind == "user" else _views_of_nobody(name)
    return sorted(rows, key=lambda view: view.owner_id != actor.id)


@prepared(int, str)
def _views_of_user(owner: int, name: str) -> QuerySet[SavedView]:
    return SavedView.objects.filter(Q(owner_id=owner) | Q(shared=True), list_name=name).order_by("name", "id")


@prepared(str)
def _views_of_nobody(name: str) -> QuerySet[SavedView]:
    return SavedView.objects.filter(Q(owner_id__isnull=True) | Q(shared=True), list_name=name).order_by("name", "id")


def all_views(actor: Actor) -> QuerySet[SavedView]:
    return _readable(actor)


def saved_view(actor: Actor, view_id: int, list_name: str | None = None) -> SavedView:
    """Raises NotFound when there is none, it belongs to somebody else alone, or is not of the list that is named."""
    found = _readable(actor).filter(pk=view_id).first()
    if found is None or list_name not in (None, found.list_name):
        raise NotFound(kind=_("view"), reference=str(view_id))
    return found


def may_change_view(actor: Actor, view: SavedView) -> bool:
    """Everybody their own; what another has shared, whoever may share."""
    own = view.owner_id is not None and actor.kind == "user" and view.owner_id == actor.id
    return own or actor.may(Permission.LISTS_VIEW_SHARE)


def own_choice(actor: Actor, name: str) -> OwnChoice:
    if actor.kind != "user":
        return OwnChoice()
    for row in _choice_of(actor.id or 0, name):
        return OwnChoice(tuple(row.columns), row.default_view_id)
    return OwnChoice()


@prepared(int, str)
def _choice_of(user_id: int, name: str) -> QuerySet[ListChoice]:
    return ListChoice.objects.filter(user_id=user_id, list_name=name)


def export_of(actor: Actor, export_id: int) -> Export:
    """An export that the actor asked for. Raises NotFound."""
    found = Export.objects.filter(pk=export_id, holder=holder_of(actor)).select_related("progress").first()
    if found is None:
        raise NotFound(kind=_("export"), reference=str(export_id))
    return found


def exports_of(actor: Actor) -> QuerySet[Export]:
    return Export.objects.filter(holder=holder_of(actor))


def run_of(actor: Actor, run_id: int) -> BulkRun:
    """A bulk action that the actor started. Raises NotFound."""
    found = BulkRun.objects.filter(pk=run_id, holder=holder_of(actor)).select_related("progress").first()
    if found is None:
        raise NotFound(kind=_("bulk action"), reference=str(run_id))
    return found
