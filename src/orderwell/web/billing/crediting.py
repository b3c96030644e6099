"""Credit notes, from the page of a return and from that of an invoice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderwell.domains.automation.services.credit_invoice import Credited, CreditPreview, preview_credit
from orderwell.domains.automation.services.credit_invoice import credit_invoice as credit_and_refund
from orderwell.domains.automation.services.no_credit import settle_without, undo_settlement, units_without_bill
from orderwell.domains.automation.services.take_back import TakenBack, settle_return
from orderwell.domains.billing.models import CreditNote, Invoice, Refund
from orderwell.domains.billing.queries import invoice_detail
from orderwell.domains.fulfilment.models import Return, ReturnLine
from orderwell.domains.fulfilment.queries import return_detail
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.billing.undoing import MISTAKE
from orderwell.web.components.actions import ActionForm, perform
from orderwell.web.components.toasts import Undo, undo, undoes
from orderwell.web.components.units import units_text
from orderwell.web.orders.actions import page_of
from orderwell.web.orders.forms import Countable, CountForm, ReasonForm
from orderwell.web.pages import form_page
from orderwell.web.templatetags.orderwell import line_name, money_text

P = Permission


class ReturnCreditForm(ActionForm):
    refund = forms.BooleanField(label=gettext_lazy("Give back what is then paid too much"), required=False)

    def __init__(self, *args: Any, may_refund: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_refund:
            del self.fields["refund"]


class InvoiceCreditForm(CountForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=240)
    reverses = forms.BooleanField(
        label=gettext_lazy("These units were invoiced by mistake: they can be invoiced anew"), required=False
    )
    refund = forms.BooleanField(label=gettext_lazy("Give back what is then paid too much"), required=False)

    def __init__(self, *args: Any, may_refund: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_refund:
            del self.fields["refund"]


@form_page(P.BILLING_CREDIT_NOTE_CREATE)
def credit_return(request: HttpRequest, actor: Actor, return_id: int) -> HttpResponse:
    found = return_detail(actor, return_id)
    paid = bool(found.order and found.order.paid_amount)
    # Whoever comes from the refund wants to give the money back with it.
    wish = {"refund": request.GET.get("refund") == "1"}
    form = ReturnCreditForm(request.POST or None, initial=wish, may_refund=paid and actor.may(P.BILLING_REFUND_CREATE))

    def act(data: dict[str, Any]) -> TakenBack:
        return settle_return(return_id=return_id, refund=bool(data.get("refund")), actor=actor, now=utc_now())

    def done(made: TakenBack | None) -> str:
        if made is not None and not made.credit_notes:
            return _("All of return %(number)s had been credited before.") % {"number": found.number}
        return _("The credit note for return %(number)s is issued.") % {"number": found.number}

    return perform(
        request,
        actor,
        form,
        template="billing/credit_return.html",
        act=act,
        done=done,
        to=page_of(found.order_id) if found.order_id else reverse("return-detail", args=[return_id]),
        context={"found": found, "lines": list(found.lines.all())},
        undo=lambda made: _undo_of(made.credit_notes, made.refunds),
    )


def _undo_of(notes: Sequence[CreditNote], refunds: Sequence[Refund]) -> Undo | None:
    """Money that was given back is undone first, where it is shown."""
    return undo("credit-notes-issued", note_ids=[note.pk for note in notes]) if notes and not refunds else None


@form_page(P.BILLING_CREDIT_NOTE_CREATE)
def settle(request: HttpRequest, actor: Actor, return_id: int) -> HttpResponse:
    found = return_detail(actor, return_id)
    return perform(
        request,
        actor,
        ReasonForm(request.POST or None),
        template="billing/settle_return.html",
        act=lambda data: settle_without(return_id=return_id, reason=data["reason"], actor=actor, now=utc_now()),
        done=_("Return %(number)s needs no credit note.") % {"number": found.number},
        to=reverse("return-detail", args=[return_id]),
        context={
            "found": found,
            "unbilled": _to_unbill(found),
            # Its form is not shown then; one that came from an older page comes back with why it was refused.
            "over": bool(found.settled_without) and request.method != "POST",
        },
        undo=lambda made: undo("return-settled", return_id=return_id),
    )


def _to_unbill(found: Return) -> str:
    named = {line.order_line_id: _unit_of(line) for line in found.lines.all()}
    return units_text((named.get(line, ""), units) for line, units in units_without_bill(found).items())


@undoes("return-settled")
def reopen(actor: Actor, now: datetime, *, return_id: int) -> str:
    found = undo_settlement(return_id=return_id, reason=str(MISTAKE), actor=actor, now=now)
    return _("Return %(number)s waits for its credit note again.") % {"number": found.number}


@form_page(P.BILLING_CREDIT_NOTE_CREATE)
def undo_settle(request: HttpRequest, actor: Actor, return_id: int) -> HttpResponse:
    found = return_detail(actor, return_id)
    return perform(
        request,
        actor,
        ReasonForm(request.POST or None, initial={"reason": MISTAKE}),
        template="billing/undo_settle_return.html",
        act=lambda data: undo_settlement(return_id=return_id, reason=data["reason"], actor=actor, now=utc_now()),
        done=_("Return %(number)s waits for its credit note again.") % {"number": found.number},
        to=reverse("return-detail", args=[return_id]),
        context={"found": found, "unbilled": total_unbilled(found), "over": not found.settled_without},
    )


def total_unbilled(found: Return) -> str:
    return units_text((_unit_of(line), line.quantity_unbilled) for line in found.lines.all())


def _unit_of(line: ReturnLine) -> str:
    return line.variant.unit if line.variant else ""


@form_page(P.BILLING_CREDIT_NOTE_CREATE)
def credit_invoice(request: HttpRequest, actor: Actor, invoice_id: int) -> HttpResponse:
    """Asked with `sums`, it tells what that which is typed comes to, and nothing else."""
    found = invoice_detail(actor, invoice_id)
    lines = [
        Countable(row.pk, line_name(row.order_line), row.order_line.sku, left, left)
        for row in found.lines.all()
        if (left := row.quantity - row.quantity_credited)
    ]
    may_refund = actor.may(P.BILLING_REFUND_CREATE) and bool(found.order.paid_amount)
    typed = request.GET if "sums" in request.GET else request.POST or None
    form = InvoiceCreditForm(typed, lines=lines, may_refund=may_refund)

    def act(data: dict[str, Any]) -> Credited:
        return credit_and_refund(
            invoice_id=invoice_id,
            quantities=form.counted(),
            reason=data["reason"],
            reverses=data["reverses"],
            refund=bool(data.get("refund")),
            actor=actor,
            now=utc_now(),
        )

    context = {"invoice": found, **_sums(found, form)}
    if "sums" in request.GET:
        return render(request, "billing/credit_sums.html", {**context, "form": form, "swapped": True})
    return perform(
        request,
        actor,
        form,
        template="billing/credit_invoice.html",
        act=act,
        done=_("The credit note is issued."),
        to=reverse("invoice-detail", args=[invoice_id]),
        context=context,
        undo=lambda made: _undo_of([made.credit_note], made.refunds),
    )


def _sums(invoice: Invoice, form: InvoiceCreditForm) -> dict[str, Any]:
    """What crediting that which is typed comes to, and what the order then owes; nothing of it is written."""
    units = form.as_typed()
    chosen = form.cleaned_data if form.is_bound else {}
    preview: CreditPreview = preview_credit(
        invoice, units, reverses=bool(chosen.get("reverses")), refund=bool(chosen.get("refund"))
    )
    worth = {pk: money_text(part.gross, invoice.currency) for pk, part in preview.lines.items()}
    return {"preview": preview, "worth": worth}
