"""What is printed of ticked rows: one file of all their pick lists, labels or invoices."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.printing.errors import NothingToPrint, TooManyDocuments
from orderwell.platform.printing.kinds import kind_of
from orderwell.platform.printing.services import MOST_AT_ONCE
from orderwell.web.lists.bulk import chosen_rows
from orderwell.web.lists.keeping import looking_at
from orderwell.web.pages import page
from orderwell.web.printing.pdf import pdf_of


@page()
def print_rows(request: HttpRequest, actor: Actor, name: str, kind: str) -> HttpResponse:
    """`id` in the address names the rows; `all=1` means every row that matches its filters."""
    looking = looking_at(request, actor, name)
    found = kind_of(kind)
    papers = next((item for item in looking.spec.papers if item.source == found.source), None)
    if papers is None:
        raise NotFound(kind="document", reference=kind[:40])
    actor.require(found.permission)
    ids, too_many = chosen_rows(request, actor, looking, MOST_AT_ONCE)
    if too_many:
        raise TooManyDocuments(count=f"{MOST_AT_ONCE}+", limit=MOST_AT_ONCE)
    documents = papers.of(actor, ids) if papers.of is not None else ids
    if not documents:
        raise NothingToPrint
    return pdf_of(request, actor, kind, documents)
