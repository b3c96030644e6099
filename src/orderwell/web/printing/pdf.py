"""Several documents as one PDF, shown by the browser."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.printing import services
from orderwell.platform.printing.looks import LANGUAGES
from orderwell.web.components.listing import one_of


def pdf_of(request: HttpRequest, actor: Actor, kind: str, ids: Sequence[int]) -> HttpResponse:
    """The documents in the order of `ids`. Raises what `print_documents` raises."""
    language = one_of(request.GET.get("language", ""), LANGUAGES)
    content = services.print_documents(kind=kind, ids=ids, language=language, actor=actor, now=utc_now())
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{kind}-{ids[0]}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
