"""The customer's page: one order, without signing in. No script, no navigation of the staff, nothing of anybody else."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from orderwell.domains.automation.services.settle_return import announce_return
from orderwell.domains.billing.queries import credit_note_detail, invoice_detail
from orderwell.domains.cases.access import OrderAccess
from orderwell.domains.cases.errors import LinkInvalid, LookupThrottled, TooManyMessages
from orderwell.domains.cases.queries import threads_of
from orderwell.domains.cases.services.link import enter_by_link
from orderwell.domains.cases.services.lookup import look_up
from orderwell.domains.cases.services.speak import ask, rate
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, NotFound
from orderwell.platform.configuration import services as configuration
from orderwell.platform.idempotency.repeating import Answer, once
from orderwell.platform.idempotency.services import answers_for
from orderwell.platform.printing.services import print_documents
from orderwell.platform.wording import sentences
from orderwell.web.components.actions import fingerprint_of
from orderwell.web.pages import address_of
from orderwell.web.public.forms import AskForm, LookupForm, PublicForm, RateForm, ReturnForm
from orderwell.web.public.reading import reader, see_order
from orderwell.web.public.session import forget, order_view, public_page, remember
from orderwell.web.public.showing import logo_file, show_page


@public_page("GET", "HEAD", "POST")
def look_up_page(request: HttpRequest) -> HttpResponse:
    """Order number and phone number. Both wrong answers are one and the same."""
    form, status = LookupForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                access = look_up(**form.cleaned_data, address=address_of(request), now=utc_now())
            except DomainError as error:
                form.refuse(error)
                status = 429 if isinstance(error, LookupThrottled) else 422
            else:
                return remember(HttpResponseRedirect(reverse("track-order")), access)
    context = {"form": form, "is_open": configuration.get("public.lookup"), "is_over": "over" in request.GET}
    return show_page(request, "lookup", context, status=status)


@public_page("GET", "HEAD")
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """From the link to the page; the token leaves the address so that it is not copied along with it."""
    try:
        access = enter_by_link(token=token, address=address_of(request), now=utc_now())
    except LinkInvalid as error:
        context = {"sentences": sentences(error), "form": LookupForm(), "is_open": configuration.get("public.lookup")}
        return show_page(request, "lookup", context, status=404)
    return remember(HttpResponseRedirect(reverse("track-order")), access)


@public_page("POST")
def leave(request: HttpRequest) -> HttpResponse:
    return forget(HttpResponseRedirect(reverse("track")))


@order_view("GET", "HEAD")
def order_page(request: HttpRequest, access: OrderAccess) -> HttpResponse:
    return _show(request, access)


def _show(
    request: HttpRequest, access: OrderAccess, status: int = 200, refused: str = "", **bound: PublicForm
) -> HttpResponse:
    """`refused`: the place of the page where something is to be put right."""
    seen = see_order(access, utc_now())
    for case in seen.threads:
        name = f"reply_{case.pk}"
        case.reply_form = bound.pop(name, None) or _reply_form(access, case.pk)  # type: ignore[attr-defined]
    forms: dict[str, Any] = {
        "ask_form": AskForm(auto_id="ask_%s", order_id=access.order_id),
        "rate_form": RateForm(auto_id="rate_%s", order_id=access.order_id),
        "return_form": ReturnForm(terms=seen.terms, auto_id="return_%s", order_id=access.order_id),
    }
    refusal = sentences(seen.terms.refusal) if seen.terms.refusal is not None and seen.parcels else []
    shown = {"rate_form": seen.can_rate, "return_form": bool(seen.parcels) and not refusal}
    context = {
        "seen": seen,
        **forms,
        **bound,
        "return_refusal": refusal,
        "refused": refused,
        # Refused, and its own place on the page is there no longer.
        "stray": next((form for name, form in bound.items() if not shown.get(name, True)), None),
    }
    return show_page(request, "order", context, status=status)


def _reply_form(access: OrderAccess, case_id: int, data: QueryDict | None = None) -> AskForm:
    initial = {"case": case_id}
    return AskForm(data, auto_id=f"reply_{case_id}_%s", initial=initial, order_id=access.order_id)


def _take(
    request: HttpRequest,
    access: OrderAccess,
    name: str,
    form: PublicForm,
    act: Callable[[], object],
    done: str,
    anchor: str,
) -> HttpResponse:
    """Take one of the forms of the order's page: once, with errors at the field."""
    to = HttpResponseRedirect(f"{reverse('track-order')}#{anchor}")
    if form.is_trapped:
        return to
    status = 422
    if not form.is_valid() and _sent_before(request, access):
        # What could be done only once, such as sending everything back, was done by the first of two clicks.
        return to
    if form.is_valid():
        try:
            _once(request, access, form, act)
        except DomainError as error:
            form.refuse(error)
            status = 429 if isinstance(error, TooManyMessages) else 422
        else:
            messages.success(request, done)
            return to
    refused = form.stand_at_the_first_error() or {"return_form": "return", "rate_form": "rating"}.get(name, "messages")
    return _show(request, access, status, refused=refused, **{name: form})


def _sent_before(request: HttpRequest, access: OrderAccess) -> bool:
    asked = (f"track:{access.order_id}", request.POST.get("token", "")[:255])
    known = answers_for([asked]).get(asked)
    return known is not None and bytes(known.fingerprint) == fingerprint_of(request)


def _once(request: HttpRequest, access: OrderAccess, form: PublicForm, act: Callable[[], object]) -> None:
    def work() -> Answer:
        act()
        return Answer(200, b"")

    scope, key = f"track:{access.order_id}", form.cleaned_data["token"]
    once(scope=scope, key=key, fingerprint=fingerprint_of(request), now=utc_now(), act=work)


@order_view("POST")
def ask_question(request: HttpRequest, access: OrderAccess) -> HttpResponse:
    """A question of its own, or a message in a conversation, whose own form it comes back to when it is refused."""
    case = next((row.pk for row in threads_of(access.order_id) if str(row.pk) == request.POST.get("case")), None)
    name = "ask_form" if case is None else f"reply_{case}"
    if case is None:
        form = AskForm(request.POST, auto_id="ask_%s", order_id=access.order_id)
    else:
        form = _reply_form(access, case, request.POST)

    def act() -> None:
        data = form.cleaned_data
        ask(access=access, body=data["body"], case_id=data["case"], now=utc_now())

    done = _("Your message has arrived. The answer will appear here.")
    return _take(request, access, name, form, act, done, "messages")


@order_view("POST")
def start_return(request: HttpRequest, access: OrderAccess) -> HttpResponse:
    terms = see_order(access, utc_now()).terms
    form = ReturnForm(request.POST, terms=terms, auto_id="return_%s", order_id=access.order_id)

    def act() -> None:
        announce_return(access=access, units=form.units(), reason=form.cleaned_data["reason"], now=utc_now())

    done = _("Your return request has arrived. We tell you here how to send the goods back.")
    return _take(request, access, "return_form", form, act, done, "messages")


@order_view("POST")
def rate_order(request: HttpRequest, access: OrderAccess) -> HttpResponse:
    form = RateForm(request.POST, auto_id="rate_%s", order_id=access.order_id)

    def act() -> None:
        rate(access=access, score=form.cleaned_data["score"], comment=form.cleaned_data["comment"], now=utc_now())

    return _take(request, access, "rate_form", form, act, _("Thank you for your rating."), "rating")


@order_view("GET", "HEAD")
def invoice(request: HttpRequest, access: OrderAccess, invoice_id: int) -> HttpResponse:
    """An invoice of this order, to be read and printed; that of any other doesn't exist."""
    try:
        found = invoice_detail(reader(access), invoice_id)
        if found.order_id != access.order_id:
            raise NotFound(kind="invoice", reference=str(invoice_id))
    except NotFound as error:
        return show_page(request, "nothing", {"sentences": sentences(error)}, status=404)
    if "pdf" in request.GET:
        return _as_pdf(access, "invoice", found.pk, found.number)
    business = {name: configuration.get(f"business.{name}") for name in ("legal_name", "address", "tax_number")}
    context = {"invoice": found, "order_number": found.order.number, "customer_name": found.order.customer_name}
    return show_page(request, "invoice", {**context, "business": business})


@order_view("GET", "HEAD")
def credit_note(request: HttpRequest, access: OrderAccess, note_id: int) -> HttpResponse:
    """A credit note of this order as a file; that of any other doesn't exist."""
    try:
        found = credit_note_detail(reader(access), note_id)
        if found.order_id != access.order_id:
            raise NotFound(kind="credit note", reference=str(note_id))
    except NotFound as error:
        return show_page(request, "nothing", {"sentences": sentences(error)}, status=404)
    return _as_pdf(access, "credit-note", found.pk, found.number)


def _as_pdf(access: OrderAccess, kind: str, pk: int, number: str) -> HttpResponse:
    """A document as it was issued, in the language the customer reads."""
    language = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    content = print_documents(kind=kind, ids=[pk], language=language, actor=reader(access), now=utc_now())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@public_page("GET", "HEAD")
def logo(request: HttpRequest) -> HttpResponse:
    """The company's logo, from `branding/` in the data folder."""
    path = logo_file()
    if path is None:
        return HttpResponse(status=404)
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return HttpResponse(path.read_bytes(), content_type=kind, headers={"X-Content-Type-Options": "nosniff"})
