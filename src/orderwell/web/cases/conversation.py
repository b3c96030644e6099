"""A case with its conversation: answer, note, change, close, and from request to return."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.automation.crediting import awaiting_credit
from orderwell.domains.automation.services.settle_return import settle_return
from orderwell.domains.billing.queries import credit_notes_of
from orderwell.domains.cases.models import Case, MessageFile
from orderwell.domains.cases.queries import case_detail, tasks_of
from orderwell.domains.cases.services.converse import needed_for, write_message
from orderwell.domains.cases.services.files import SentFile
from orderwell.domains.cases.services.loading import last_changed_by
from orderwell.domains.cases.services.manage import CaseChange, change_case, close_case, reopen_case
from orderwell.domains.cases.services.notify import mark_stream_read, people_who_may
from orderwell.domains.fulfilment.queries import return_named
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits
from orderwell.kernel.clock import business_day, utc_now
from orderwell.kernel.errors import DomainError, NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.cases.forms import ChangeForm, MessageForm, SettleForm
from orderwell.web.cases.mentioning import with_told
from orderwell.web.components.actions import ActionForm, perform, perform_once
from orderwell.web.components.forms import end_of_day
from orderwell.web.components.serving import served
from orderwell.web.orders.forms import Countable
from orderwell.web.pages import action, form_page, go, page
from orderwell.web.templatetags.orderwell import line_name


def page_of(case_id: int) -> str:
    return reverse("case-detail", args=[case_id])


@page()
def case_page(request: HttpRequest, actor: Actor, case_id: int) -> HttpResponse:
    """Open to whoever may see the case: colleagues see their own questions without any role."""
    case = case_detail(actor, case_id)
    mark_stream_read(stream=f"case:{case_id}", actor=actor, now=utc_now())
    return show(request, actor, case, MessageForm(initial={"seen": _newest(case)}))


def _newest(case: Case) -> int:
    return max((message.pk for message in case.messages.all()), default=0)


def sent_files(file: UploadedFile[Any] | None) -> list[SentFile]:
    """What a field for one file brought along."""
    if file is None:
        return []
    return [SentFile(file.name or "", file.read(), file.content_type or "application/octet-stream")]


def show(request: HttpRequest, actor: Actor, case: Case, form: MessageForm) -> HttpResponse:
    is_asker = case.kind == Case.Kind.STAFF_QUESTION and (actor.kind, actor.id) == ("user", case.opener_id)
    context = {
        "case": case,
        "form": form,
        "is_asker": is_asker,
        "reaches": _reaches(case),
        "may_work": actor.may(needed_for(case)),
        "may_write": is_asker or actor.may(needed_for(case)),
        "may_settle": case.kind == Case.Kind.RETURN_REQUEST
        and not case.outcome
        and actor.may(needed_for(case))
        and actor.may(Permission.FULFILMENT_RETURN_CREATE),
        "tasks": tasks_of(f"case:{case.pk}") if actor.may(Permission.CASES_CASE_VIEW) else [],
        **_outcome(case, actor),
        "now": utc_now(),
    }
    return render(request, "cases/detail.html", context, status=422 if form.errors else 200)


def _reaches(case: Case) -> bool:
    """Customers read answers on the page of their order; colleagues in the case itself."""
    return case.order_id is not None or case.kind == Case.Kind.STAFF_QUESTION


def _outcome(case: Case, actor: Actor) -> dict[str, Any]:
    """The return that a request led to, and what became of its money."""
    kind, _colon, key = case.outcome.partition(":")
    found = return_named(actor, int(key)) if kind == "return" and key.isdecimal() else None
    if found is None:
        return {}
    return {
        "came_back": found,
        "awaits_credit": bool(awaiting_credit([found])),
        "credit_notes": credit_notes_of(actor, case.outcome),
    }


@action()
def write(request: HttpRequest, actor: Actor, case_id: int) -> HttpResponse:
    case = case_detail(actor, case_id)
    form = MessageForm(request.POST, request.FILES)
    if form.is_valid():
        sent = sent_files(form.cleaned_data["file"])
        internal = request.POST.get("as") == "internal"

        def act(data: dict[str, Any]) -> None:
            said = {"body": data["body"], "files": sent, "seen": data["seen"]}
            write_message(case_id=case_id, **said, internal=internal, actor=actor, now=utc_now())

        try:
            perform_once(request, actor, form, act)
        except DomainError as error:
            form.refuse(error)
            # What the refusal speaks of stands above it, and counts as read from here on.
            case = case_detail(actor, case_id)
            form.put("seen", _newest(case))
        else:
            done = _("Note added.") if internal else _("Answer sent.") if _reaches(case) else _("Answer noted.")
            messages.success(request, with_told(done, form.cleaned_data["body"], stream=f"case:{case_id}", actor=actor))
            return go(request, page_of(case_id))
    return show(request, actor, case, form)


@form_page()
def change(request: HttpRequest, actor: Actor, case_id: int) -> HttpResponse:
    case = case_detail(actor, case_id)
    actor.require(needed_for(case))
    zone = ZoneInfo(settings.TIME_ZONE)
    stored = {
        "subject": case.subject,
        "assignee": case.assignee.username if case.assignee is not None else "",
        "priority": case.priority,
        "due_on": business_day(case.due_at, zone) if case.due_at else None,
    }

    # Whoever is in charge already stays among the choices.
    people = people_who_may(Permission.CASES_CASE_VIEW if case.kind != Case.Kind.STAFF_QUESTION else needed_for(case))
    people += [case.assignee] if case.assignee is not None and case.assignee not in people else []

    def act(data: dict[str, Any]) -> None:
        due_on = data.pop("due_on")
        wanted = CaseChange(**data, due_at=end_of_day(due_on))
        change_case(case_id=case_id, change=wanted, version=case.version, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        ChangeForm(
            request.POST or None,
            stored=stored,
            version=case.version,
            changed_by=last_changed_by(case) if request.method == "POST" else "",
            people=people,
        ),
        template="cases/change.html",
        act=act,
        done=_("Case %(number)s was changed.") % {"number": case.number},
        to=page_of(case_id),
        context={"case": case},
    )


@form_page()
def close(request: HttpRequest, actor: Actor, case_id: int) -> HttpResponse:
    case = case_detail(actor, case_id)
    actor.require(needed_for(case))
    return perform(
        request,
        actor,
        ActionForm(request.POST or None),
        template="cases/close.html",
        act=lambda data: close_case(case_id=case_id, actor=actor, now=utc_now()),
        done=_("Case %(number)s is closed.") % {"number": case.number},
        to=page_of(case_id),
        context={"case": case},
    )


@action()
def reopen(request: HttpRequest, actor: Actor, case_id: int) -> HttpResponse:
    case = case_detail(actor, case_id)
    if case.state == "closed":
        reopen_case(case_id=case_id, actor=actor, now=utc_now())
        messages.success(request, _("Case %(number)s is open again.") % {"number": case.number})
    return go(request, page_of(case_id))


@form_page(Permission.FULFILMENT_RETURN_CREATE)
def settle(request: HttpRequest, actor: Actor, case_id: int) -> HttpResponse:
    case = case_detail(actor, case_id)
    actor.require(needed_for(case))
    lines = [
        Countable(
            row.order_line_id,
            line_name(row.order_line),
            row.order_line.sku,
            row.order_line.quantity_shipped - row.order_line.quantity_returned,
            min(row.quantity, row.order_line.quantity_shipped - row.order_line.quantity_returned),
        )
        for row in case.requested.all()
    ]
    form = SettleForm(
        request.POST or None,
        lines=lines,
        may_credit=actor.may(Permission.BILLING_CREDIT_NOTE_CREATE),
        may_refund=actor.may(Permission.BILLING_REFUND_CREATE),
        initial={"reason": _("Return request %(number)s") % {"number": case.number}},
    )

    def act(data: dict[str, Any]) -> None:
        settle_return(
            case_id=case_id,
            lines=[ReturnedUnits(pk, quantity, data["disposition"]) for pk, quantity in form.counted().items()],
            reason=data["reason"],
            answer=data["answer"],
            credit=bool(data.get("credit")),
            refund=bool(data.get("refund")),
            actor=actor,
            now=utc_now(),
        )

    return perform(
        request,
        actor,
        form,
        template="cases/settle.html",
        act=act,
        done=_("The return is recorded."),
        to=page_of(case_id),
        context={"case": case},
    )


@page()
def attachment(request: HttpRequest, actor: Actor, case_id: int, file_id: int) -> HttpResponse:
    case_detail(actor, case_id)
    found = MessageFile.objects.filter(pk=file_id, message__case_id=case_id).first()
    if found is None:
        raise NotFound(kind="file", reference=str(file_id))
    return served(found)
