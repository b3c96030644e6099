"""Several documents as one PDF, shown by the browser; many of them by a worker, with a page that says how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.printing import services
from orderwell.platform.printing.kinds import kind_of
from orderwell.platform.printing.looks import LANGUAGES
from orderwell.platform.printing.models import PrintRun
from orderwell.platform.printing.runs import ask_to_print, file_of, takes_long
from orderwell.web.components.listing import one_of


def pdf_of(request: HttpRequest, actor: Actor, kind: str, ids: Sequence[int]) -> HttpResponse:
    """The documents in the order of `ids`, or the way to them. Raises what `print_documents` raises."""
    language = one_of(request.GET.get("language", ""), LANGUAGES)
    if takes_long(kind, ids):
        run = ask_to_print(
            kind=kind,
            ids=ids,
            language=language,
            title=_("Print: %(kind)s") % {"kind": _(kind_of(kind).title)},
            result=reverse("print-run-file", args=[0]).replace("/0/", "/{id}/"),
            actor=actor,
            now=utc_now(),
        )
        return HttpResponseRedirect(reverse("print-run", args=[run.pk]))
    content = services.print_documents(kind=kind, ids=ids, language=language, actor=actor, now=utc_now())
    response = HttpResponse(content, content_type="application/pdf")
    return _shown(response, f"{kind}-{ids[0]}.pdf")


def pdf_of_run(run: PrintRun) -> HttpResponse:
    """The file that a worker made. Raises PrintNotReady."""
    response = FileResponse(file_of(run).open("rb"), content_type="application/pdf")
    # A streaming response is not an HttpResponse by its type, but every page takes both.
    return _shown(cast(HttpResponse, response), f"{run.kind}-{run.ids[0]}.pdf")


def _shown(response: HttpResponse, name: str) -> HttpResponse:
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
