"""Documents as PDF, and the screen on which an administrator says how they look."""

from __future__ import annotations

import base64
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.catalog.choices import channel_names, visible_channels
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import listed
from orderwell.platform.jobs.progress import shown
from orderwell.platform.permissions import Permission
from orderwell.platform.printing import queries, services
from orderwell.platform.printing.kinds import DocumentKind, kind_of, kinds
from orderwell.platform.printing.looks import LANGUAGES
from orderwell.platform.printing.models import PrintTemplate
from orderwell.platform.printing.setting import built_in
from orderwell.platform.wording import sentences
from orderwell.web.components.listing import one_of
from orderwell.web.components.refusals import address_of_form
from orderwell.web.components.toasts import tell
from orderwell.web.pages import action, form_page, go, page
from orderwell.web.printing.forms import LogoForm, TemplateForm, stored_look
from orderwell.web.printing.pdf import pdf_of, pdf_of_run
from orderwell.web.printing.samples import newest, sample_of
from orderwell.web.templatetags.orderwell import localname

_DIGITS = 18  # of any id
CHANGE = Permission.SYSTEM_TEMPLATE_CHANGE


@page()
def document(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    """One PDF of the documents named in `ids`: several with commas between them, or the parameter several times."""
    _some_kind(actor)
    given = ",".join(request.GET.getlist("ids"))
    numbers = [text for text in given.split(",") if text.isascii() and text.isdecimal()]
    if not numbers or max(map(len, numbers)) > _DIGITS:
        raise NotFound(kind="document", reference=given[:40] or kind)
    return pdf_of(request, actor, kind, list(dict.fromkeys(map(int, numbers))))


@page()
def run(request: HttpRequest, actor: Actor, print_run_id: int) -> HttpResponse:
    """How far a large print has come, and the way to its file."""
    _some_kind(actor)
    found = queries.run_of(actor, print_run_id)
    state = found.progress and shown(found.progress, now=utc_now())
    context = {"run": found, "title": kind_of(found.kind).title, "count": len(found.ids), "progress": state}
    return render(request, "printing/run.html", context)


@page()
def run_file(request: HttpRequest, actor: Actor, print_run_id: int) -> HttpResponse:
    _some_kind(actor)
    return pdf_of_run(queries.run_of(actor, print_run_id))


def _some_kind(actor: Actor) -> None:
    """Who may see no documents has nothing here."""
    if not any(actor.may(known.permission) for known in kinds()):
        actor.require(Permission.ORDERS_ORDER_VIEW)


@page(CHANGE)
def templates(request: HttpRequest, actor: Actor) -> HttpResponse:
    own: dict[str, list[tuple[PrintTemplate, str]]] = {}
    for row in queries.templates(actor=actor):
        own.setdefault(row.kind, []).append((row, _meant_for(row)))
    context = {
        "kinds": [{"kind": kind, "own": own.get(kind.code, [])} for kind in kinds()],
        "has_logo": queries.has_logo(),
        "logo_form": LogoForm(),
    }
    return render(request, "printing/templates.html", context)


def _meant_for(row: PrintTemplate) -> str:
    """The channel and the language that a template is for, in words."""
    channel = next((localname(found) for found in channel_names().values() if found.code == row.channel), row.channel)
    language = dict(settings.LANGUAGES).get(row.language, row.language)
    return listed([channel or _("Every channel"), language or _("Every language")])


@action(CHANGE)
def logo(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Take in the picture, or remove it."""
    sent = request.FILES.get("logo")
    try:
        if sent is not None or request.POST.get("remove"):
            services.save_logo(content=sent.read() if sent else b"", actor=actor, now=utc_now())
            messages.success(request, _("The logo is saved.") if sent else _("The logo is removed."))
        else:
            messages.warning(request, _("Choose a picture first."))
    except DomainError as error:
        for text in sentences(error):
            messages.error(request, text)
    return go(request, reverse("print-templates"))


@form_page(CHANGE)
def template(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    found = kind_of(kind)
    channel, language = _narrowed(request, actor)
    row = queries.template_of(kind=kind, channel=channel, language=language, actor=actor)
    used = queries.used_template(kind=kind, channel=channel, language=language, actor=actor)
    form = _form(request, found, row, used)
    if request.method == "POST":
        if form.is_valid() and _save(request, actor, form, found, channel, language):
            return HttpResponseRedirect(address_of_form(request))
        form.renew()
    context = {
        "kind": found,
        "form": form,
        "row": row,
        "used": used,
        "used_for": _meant_for(used) if used else "",
        "versions": queries.versions_of(row) if row else [],
        "channels": visible_channels(actor),
        "channel": channel,
        "template_language": language,
        "built_in": built_in(found),
        "sample": sample_of(found, actor, channel),
    }
    return render(request, "printing/template.html", context, status=422 if form.errors else 200)


def _form(
    request: HttpRequest, kind: DocumentKind, row: PrintTemplate | None, used: PrintTemplate | None
) -> TemplateForm:
    """Over the look that such documents have now; one that is not of exactly this channel and language has the version 0."""
    options, markup = (used.options, used.markup) if used else ({}, "")
    return TemplateForm(
        kind,
        request.POST or None,
        stored=stored_look(kind, options, markup),
        version=row.version if row else 0,
        changed_by=row.updated_by if row else "",
    )


def _narrowed(request: HttpRequest, actor: Actor) -> tuple[str, str]:
    codes = [channel.code for channel in visible_channels(actor)]
    return one_of(request.GET.get("channel", ""), ["", *codes]), one_of(request.GET.get("language", ""), LANGUAGES)


def _save(
    request: HttpRequest, actor: Actor, form: TemplateForm, kind: DocumentKind, channel: str, language: str
) -> bool:
    try:
        services.save_template(
            kind=kind.code,
            channel=channel,
            language=language,
            options=form.options(),
            markup=form.cleaned_data["markup"],
            version=form.current,
            actor=actor,
            now=utc_now(),
            sample=sample_of(kind, actor, channel),
        )
    except DomainError as error:
        form.refuse(error)
        return False
    for text in form.said:
        tell(request, text, level="info")
    messages.success(request, _("The template is saved. Documents printed from now on look like this."))
    return True


@form_page(CHANGE)
def preview_pages(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    """The pages of a real document with what stands in the form, not saved."""
    found = kind_of(kind)
    channel, language = _narrowed(request, actor)
    asked = {"kind": kind, "channel": channel, "language": language}
    form = _form(request, found, queries.template_of(**asked, actor=actor), queries.used_template(**asked, actor=actor))
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        own = newest(found, actor, channel)
        sample = own if own is not None or not channel else newest(found, actor)
        context["is_blank"] = sample is None
        context["is_other"] = own is None and sample is not None
        try:
            pages = services.preview(
                kind=kind,
                document_id=sample,
                options=form.options(),
                markup=form.cleaned_data["markup"],
                language=language,
                actor=actor,
            )
            context["pages"] = [base64.b64encode(content).decode() for content in pages[:5]]
            context["more"] = max(len(pages) - 5, 0)
        except DomainError as error:
            context["problems"] = sentences(error)
    elif form.errors:
        context["problems"] = [text for texts in form.errors.values() for text in texts]
    return render(request, "printing/preview.html", context)


@action(CHANGE)
def restore(request: HttpRequest, actor: Actor, template_id: int, version: int) -> HttpResponse:
    row = services.restore_version(template_id=template_id, version=version, actor=actor, now=utc_now())
    messages.success(request, _("Version %(version)s is the newest again.") % {"version": version})
    return go(request, f"{reverse('print-template', args=[row.kind])}?channel={row.channel}&language={row.language}")


@action(CHANGE)
def reset(request: HttpRequest, actor: Actor, template_id: int) -> HttpResponse:
    row = queries.template_detail(template_id=template_id, actor=actor)
    services.reset_template(template_id=template_id, actor=actor, now=utc_now())
    messages.success(request, _("The built-in template is used again."))
    return go(request, reverse("print-template", args=[row.kind]))
