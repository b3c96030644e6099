"""Undoing payments, refunds and credit notes that were a mistake: from their toast, and where they are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderwell.domains.billing.models import Invoice
from orderwell.domains.billing.queries import credit_note_detail, due_amount, payment_detail, refund_detail
from orderwell.domains.billing.services.undo_credit import in_the_way, undo_credit_note, undo_credit_notes
from orderwell.domains.billing.services.undo_money import undo_payment, undo_refund
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import listed
from orderwell.platform.permissions import Permission
from orderwell.platform.wording import sentence
from orderwell.web.components.actions import ActionForm, perform
from orderwell.web.components.toasts import undoes
from orderwell.web.orders.list_forms import BulkForm
from orderwell.web.pages import back_to, form_page

MISTAKE = gettext_lazy("Recorded by mistake")


class UndoForm(ActionForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=240, initial=MISTAKE)
    next = forms.CharField(required=False, widget=forms.HiddenInput)
    OWN = ActionForm.OWN | {"next"}


class BulkUndoForm(BulkForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=240, initial=MISTAKE)


@undoes("payment-recorded")
def take_payment_back(actor: Actor, now: datetime, *, payment_id: int) -> str:
    undo_payment(payment_id=payment_id, reason=str(MISTAKE), actor=actor, now=now)
    return _("The payment is undone.")


@undoes("refund-recorded")
def take_refund_back(actor: Actor, now: datetime, *, refund_id: int) -> str:
    undo_refund(refund_id=refund_id, reason=str(MISTAKE), actor=actor, now=now)
    return _("The refund is undone.")


@undoes("credit-notes-issued")
def take_credit_notes_back(actor: Actor, now: datetime, *, note_ids: Sequence[int]) -> str:
    anew = undo_credit_notes(note_ids=note_ids, reason=str(MISTAKE), actor=actor, now=now)
    return _credit_note_undone(listed(invoice.number for invoice in anew[::-1]))


def _credit_note_undone(invoices: str) -> str:
    return _("The credit note is undone; %(invoice)s takes it back.") % {"invoice": invoices}


@form_page(Permission.BILLING_CREDIT_NOTE_CREATE)
def credit_note(request: HttpRequest, actor: Actor, note_id: int) -> HttpResponse:
    found = credit_note_detail(actor, note_id)

    def act(data: dict[str, Any]) -> Invoice:
        return undo_credit_note(note_id=note_id, reason=data["reason"], actor=actor, now=utc_now())

    def done(made: Invoice | None) -> str:
        return _credit_note_undone(made.number) if made else _("The credit note is undone.")

    now_due, stands = due_amount(found.order), in_the_way(found)
    shown = {
        "note": found,
        "order": found.order,
        # What it reversed is asked for either way, invoiced or not.
        "due": now_due if found.reverses else now_due + found.gross_amount,
        "why_not": sentence(stands.detail()) if stands else "",
        "of_return": found.cause.startswith("return:"),
        "over": found.undone_at is not None or stands is not None,
    }
    return _ask(request, actor, "billing/undo_credit_note.html", act, done, shown)


@form_page(Permission.BILLING_PAYMENT_CREATE)
def payment(request: HttpRequest, actor: Actor, payment_id: int) -> HttpResponse:
    found = payment_detail(actor, payment_id)

    def act(data: dict[str, Any]) -> None:
        undo_payment(payment_id=payment_id, reason=data["reason"], actor=actor, now=utc_now())

    shown = {"payment": found, "order": found.order}
    return _ask(request, actor, "billing/undo_payment.html", act, _("The payment is undone."), shown)


@form_page(Permission.BILLING_REFUND_CREATE)
def refund(request: HttpRequest, actor: Actor, refund_id: int) -> HttpResponse:
    found = refund_detail(actor, refund_id)

    def act(data: dict[str, Any]) -> None:
        undo_refund(refund_id=refund_id, reason=data["reason"], actor=actor, now=utc_now())

    shown = {"refund": found, "payment": found.payment, "order": found.payment.order}
    return _ask(request, actor, "billing/undo_refund.html", act, _("The refund is undone."), shown)


def _ask(
    request: HttpRequest,
    actor: Actor,
    template: str,
    act: Callable[[dict[str, Any]], object],
    done: str | Callable[[Any], str],
    shown: dict[str, Any],
) -> HttpResponse:
    form = UndoForm(request.POST or None, initial={"next": request.GET.get("next", "")})
    to = _place(request, shown["order"].pk)
    return perform(request, actor, form, template=template, act=act, done=done, to=to, context=shown)


def _place(request: HttpRequest, order_id: int) -> str:
    """The page the dialog was opened from: the order's, or an invoice's."""
    given = request.POST.get("next") or request.GET.get("next")
    return back_to(request) if given else reverse("order-detail", args=[order_id])
