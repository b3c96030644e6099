"""One action on many rows: the dialog before it, the verdict of each row after it, retry and undo."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, NotFound
from orderwell.kernel.identifiers import random_token
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import named
from orderwell.platform.jobs.progress import shown
from orderwell.platform.views.errors import NothingChosen, TooManyRows
from orderwell.platform.views.models import BulkRun
from orderwell.platform.views.queries import run_of
from orderwell.platform.views.services.bulk import MOST_ROWS, errors_of, start_run, tally, undo_run
from orderwell.platform.wording import sentence
from orderwell.web.components.actions import ActionForm
from orderwell.web.lists.exporting import _some_list
from orderwell.web.lists.keeping import looking_at
from orderwell.web.lists.registry import spec_for
from orderwell.web.lists.source import SpecSource
from orderwell.web.lists.state import Looking
from orderwell.web.pages import action as post_only
from orderwell.web.pages import dialog, form_page, page

# Refused rows that a result names; the others are counted.
SHOWN = 200
# Refusals that nothing one could put right takes back: a cancelled order stays cancelled, what left has left.
FOR_GOOD = {"order_state_forbids", "no_longer_reserved"}


@form_page()
def act(request: HttpRequest, actor: Actor, name: str, key: str) -> HttpResponse:
    """`id` in the address names the rows; `all=1` means every row that matches its filters: those that did when they were
    counted in the dialog.
    """
    looking = looking_at(request, actor, name)
    found = looking.spec.action(key)
    if found is None:
        raise NotFound(kind=_("action"), reference=key[:40])
    actor.require(found.permission)
    make = found.form or ActionForm
    start = {"initial": found.start(looking.filters), **({"actor": actor} if found.form else {})}
    form: Any = make(request.POST or None, **start)
    ids, too_many = _counted(request), False
    if not ids:
        ids, too_many = chosen_rows(request, actor, looking, MOST_ROWS)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        token = data.pop("token", "") or random_token(24)
        try:
            if too_many:
                raise TooManyRows(most=MOST_ROWS)
            run = start_run(
                list_name=name,
                action=key,
                ids=ids,
                data=data,
                token=token,
                title=named(looking.spec.title, found.title),
                result=_run_address(),
                actor=actor,
                now=utc_now(),
            )
        except (NothingChosen, TooManyRows) as error:
            form.refuse(error)
        else:
            return _result(request, actor, run)
    # Nothing to do it to: then the dialog says what to do, and asks for nothing.
    form.nothing_left = not ids and not too_many
    context = {
        "spec": looking.spec,
        "action": found,
        "danger": found.danger,
        "form": form,
        "count": len(ids),
        "counted": ",".join(map(str, ids)) if "all" in request.GET and not too_many else "",
        "gone": _gone(request, actor, looking, ids),
        "too_many": too_many,
        "most": MOST_ROWS,
        "fields": [] if form.nothing_left else [field for field in form if field.name != "token"],
    }
    return dialog(request, "lists/act.html", context, status=422 if form.errors else 200)


def _gone(request: HttpRequest, actor: Actor, looking: Looking, ids: list[int]) -> int:
    """How many of the rows have left the list since somebody saw them there."""
    if "all" in request.GET and request.method != "POST":
        return 0  # counted just now
    return len(ids) - SpecSource(looking.spec).still_matching(actor, looking.filters, utc_now(), ids)


def _counted(request: HttpRequest) -> list[int]:
    """The rows that the dialog has counted as all that match. Counted anew, one that was held or shipped meanwhile would be
    left out without a word, and one that nobody was told of would be among them.
    """
    given = request.POST.get("rows", "") if "all" in request.GET else ""
    keys = [int(pk) for pk in given.split(",") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    return list(dict.fromkeys(keys))[:MOST_ROWS]


def chosen_rows(request: HttpRequest, actor: Actor, looking: Looking, most: int) -> tuple[list[int], bool]:
    """Keys of the rows that an address names, and whether all that match are more than `most`."""
    if request.GET.get("all"):
        ids = SpecSource(looking.spec).matching_ids(actor, looking.filters, utc_now(), most)
        return ids[:most], len(ids) > most
    chosen = [int(pk) for pk in request.GET.getlist("id") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    return list(dict.fromkeys(chosen))[:MOST_ROWS], False


@page()
def run(request: HttpRequest, actor: Actor, run_id: int) -> HttpResponse:
    _some_list(actor)
    return _result(request, actor, run_of(actor, run_id))


@post_only()
def retry(request: HttpRequest, actor: Actor, run_id: int) -> HttpResponse:
    """Do it again for the rows that were refused, with the same values."""
    _some_list(actor)
    before = run_of(actor, run_id)
    refused = [item["id"] for item in before.verdicts if item["outcome"] == "refused"]
    again = start_run(
        list_name=before.list_name,
        action=before.action,
        ids=refused,
        data=before.data,
        token=request.POST.get("token", "")[:64] or random_token(24),
        title=_title(actor, before),
        result=_run_address(),
        actor=actor,
        now=utc_now(),
    )
    return _result(request, actor, again)


@post_only()
def undo(request: HttpRequest, actor: Actor, run_id: int) -> HttpResponse:
    """Take back what was done, row by row."""
    _some_list(actor)
    before = run_of(actor, run_id)
    try:
        taken_back = undo_run(
            run=before,
            token=request.POST.get("token", "")[:64] or random_token(24),
            title=_title(actor, before),
            result=_run_address(),
            actor=actor,
            now=utc_now(),
        )
    except DomainError as error:
        return _result(request, actor, before, problem=sentence(error.detail()), status=422)
    return _result(request, actor, taken_back)


def _result(request: HttpRequest, actor: Actor, run: BulkRun, *, problem: str = "", status: int = 200) -> HttpResponse:
    spec = spec_for(actor, run.list_name)
    found = spec.action(run.action)
    counts = tally(run)
    refused = [item for item in run.verdicts if item["outcome"] == "refused"]
    reversible = found is not None and found.undo is not None and run.undoes_id is None
    context: dict[str, Any] = {
        "spec": spec,
        "action": found,
        "run": run,
        "counts": counts,
        "asked": len(run.ids),
        "problem": problem,
        "refused": [
            {"reference": item["reference"], "why": " ".join(sentence(error) for error in errors_of(item))}
            for item in refused[:SHOWN]
        ],
        "more_refused": max(len(refused) - SHOWN, 0),
        "can_retry": any(_may_help(item) for item in refused) and run.undoes_id is None and run.finished_at is not None,
        "can_undo": reversible and run.finished_at is not None and run.undone_at is None and counts["done"] > 0,
        "progress": shown(run.progress, now=utc_now()) if run.progress else None,
        "retry_token": f"retry-{run.pk}",
        "undo_token": f"undo-{run.pk}",
        "run_address": reverse("list-run", args=[run.pk]),
        "title": _title(actor, run),
    }
    return dialog(request, "lists/run.html", context, status=status)


def _may_help(verdict: dict[str, Any]) -> bool:
    """Whether trying again can end otherwise: not where what the row has become forbids it for good."""
    return any(error.code not in FOR_GOOD for error in errors_of(verdict))


def _title(actor: Actor, run: BulkRun) -> str:
    spec = spec_for(actor, run.list_name)
    found = spec.action(run.action)
    title = found.title if found else run.action
    if run.undoes_id is not None:
        return _("%(action)s: undone") % {"action": title}
    return named(spec.title, title)


def _run_address() -> str:
    return reverse("list-run", args=[0]).replace("/0/", "/{id}/")
