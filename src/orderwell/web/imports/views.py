"""Files of orders: hand in, look at the verdicts, run, follow, undo."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.catalog.choices import visible_channels
from orderwell.domains.integrations.models import ImportBatch
from orderwell.domains.integrations.queries import (
    explain,
    first_rows,
    import_detail,
    import_rows,
    is_under_way,
    mappings,
    missing_meanings,
    progress,
    refused_rows,
    result,
    sums_by_currency,
    was_rehearsed,
    why_stopped,
)
from orderwell.domains.integrations.reconciliation import other_time_zone, reconciliation
from orderwell.domains.integrations.services.change_mapping import change_mapping
from orderwell.domains.integrations.services.create import create_batch
from orderwell.domains.integrations.services.mappings import save_mapping
from orderwell.domains.integrations.services.start import start_import, start_undo
from orderwell.domains.integrations.storing import present_file
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.exporting.csv_file import harmless
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import ActionForm, perform
from orderwell.web.components.charts import csv_answer
from orderwell.web.components.listing import ROWS, cursor, listing, one_of
from orderwell.web.components.numbers import numbers_of
from orderwell.web.components.words import choices
from orderwell.web.imports.forms import FIELD_TITLES, MappingForm, UploadForm
from orderwell.web.pages import form_page, page

P = Permission.ORDERS_ORDER_IMPORT
ORDER_LINES = "order-lines"
_NUMBER = re.compile(r"[-+]?[0-9.,]+")


@form_page(P)
def new_import(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        channels=visible_channels(actor, active_only=True),
        mappings=mappings(actor),
    )
    if request.method == "POST" and form.is_valid():
        try:
            batch = _keep(form.cleaned_data, actor)
        except DomainError as error:
            form.refuse(error)
        else:
            # With a saved mapping that fits there is nothing left to say of the columns.
            known = batch.preset != ORDER_LINES or (form.cleaned_data["saved"] and not missing_meanings(batch))
            return HttpResponseRedirect(reverse("import-detail" if known else "import-mapping", args=[batch.pk]))
    return render(request, "imports/new.html", {"form": form}, status=422 if form.errors else 200)


def _keep(data: dict[str, Any], actor: Actor) -> ImportBatch:
    file: UploadedFile[bytes] = data["file"]
    with tempfile.TemporaryDirectory(prefix="orderwell-import-") as folder:
        path = Path(folder) / "upload"
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        options = {"options": {"channel": data["channel"]}} if data["channel"] and not data["saved"] else None
        return create_batch(
            path=path,
            file_name=file.name or "upload",
            preset=data["preset"],
            mode=data["mode"],
            dry_run=data["dry_run"],
            mapping=options if data["preset"] == ORDER_LINES else None,
            mapping_name=data["saved"] if data["preset"] == ORDER_LINES else "",
            incomplete=True,
            actor=actor.via("import", actor.address),
            now=utc_now(),
        )


def _start(batch: ImportBatch, actor: Actor) -> None:
    start_import(
        batch_id=batch.pk,
        actor=actor.via("import", actor.address),
        now=utc_now(),
        title=_("Import: %(file)s") % {"file": batch.file_name},
        result=reverse("import-detail", args=[batch.pk]),
    )


@page(P)
def import_page(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    batch = import_detail(actor, batch_id)
    verdict = one_of(request.GET.get("verdict", ""), ("done", "duplicate", "refused"))
    rows = import_rows(actor, batch_id, verdict=verdict, cursor=cursor(request), limit=ROWS)
    numbers = numbers_of(actor, [row.target for row in rows.rows])
    shown = [{"row": row, "why": explain(row), "number": numbers.get(row.target, "")} for row in rows.rows]
    going = is_under_way(batch)
    context = {
        "batch": batch,
        "stopped": why_stopped(batch),
        "missing": missing_meanings(batch) if batch.state == "waiting" else [],
        "result": result(batch),
        "currencies": sums_by_currency(batch),
        "progress": progress(batch, now=utc_now()),
        "sums": reconciliation(batch) if batch.finished_at else None,
        "other_zone": other_time_zone(batch),
        "going": going,
        "listing": listing(request, rows),
        "rows": shown,
        "verdicts": choices("verdict"),
        "verdict": verdict,
        "can_map": batch.preset == ORDER_LINES and not going and (batch.state == "waiting" or was_rehearsed(batch)),
    }
    return render(request, "imports/detail.html", context)


@page(P)
def import_progress(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    """The bar alone, asked for every second while a batch runs; when it ends, the whole page is loaded anew."""
    batch = import_detail(actor, batch_id)
    if not is_under_way(batch):
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    context = {"batch": batch, "progress": progress(batch, now=utc_now())}
    return render(request, "imports/progress.html", context)


@form_page(P)
def mapping(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    """What the columns mean, with the first rows to see it by; and what is missing before the file can be run."""
    batch = import_detail(actor, batch_id)
    header = list(batch.source.get("header", []))
    options = batch.mapping.get("options", {})
    form = MappingForm(
        request.POST or None,
        header=header,
        columns=batch.mapping.get("columns", {}),
        history=batch.mode == ImportBatch.Mode.HISTORY,
        channels=visible_channels(actor, active_only=True),
        initial={name: options.get(name, "") for name in ("channel", "day_order")},
    )
    if request.method == "POST" and form.is_valid():
        chosen = {name: form.cleaned_data[name] for name in ("channel", "day_order")}
        try:
            now_meant = change_mapping(
                batch_id=batch_id,
                columns=form.columns(),
                options=chosen,
                actor=actor.via("import", actor.address),
                now=utc_now(),
            )
            if name := form.cleaned_data["name"].strip():
                save_mapping(name=name, columns=form.columns(), options={**options, **chosen}, actor=actor)
        except DomainError as error:
            form.refuse(error)
        else:
            return HttpResponseRedirect(reverse("import-detail", args=[now_meant.pk]))
    context = {
        "form": form,
        "batch": batch,
        "header": header,
        "sample": first_rows(batch),
        "missing": [FIELD_TITLES[field] for field in missing_meanings(batch)],
    }
    return render(request, "imports/mapping.html", context, status=422 if form.errors else 200)


@page(P)
def refused(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    """The refused rows as a file with the columns it had, and behind them where and why: to be mended and brought again."""
    batch = import_detail(actor, batch_id)
    header = list(batch.source.get("header", []))
    heads = [(title, "whole") for title in header]
    heads += [(_("Row"), "whole"), (_("Cell"), "text"), (_("What is wrong"), "text")]
    rows = []
    for row, cells in refused_rows(actor, batch_id):
        filled = [*cells, *[""] * len(header)][: len(header)]
        rows.append([*map(_cell, filled), row.row_number, row.column, explain(row)])
    return csv_answer(f"refused-{batch.pk}", heads, rows)


def _cell(text: str) -> str:
    """A number stays one, also below zero; nothing else may act as a formula."""
    return text if _NUMBER.fullmatch(text.strip()) else harmless(text)


@form_page(P)
def run(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    batch = import_detail(actor, batch_id)

    def act(data: dict[str, Any]) -> None:
        _start(batch, actor)

    return perform(
        request,
        actor,
        ActionForm(request.POST or None),
        template="imports/run.html",
        act=act,
        done=_("The import is under way. You can leave this page."),
        to=reverse("import-detail", args=[batch_id]),
        context={"batch": batch},
    )


@form_page(P)
def for_real(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    """After a dry run: the same file with the same mapping, this time with effect."""
    batch = import_detail(actor, batch_id)
    if request.method == "POST":
        fresh = create_batch(
            path=present_file(batch),
            file_name=batch.file_name,
            preset=batch.preset,
            mode=batch.mode,
            mapping=batch.mapping or None,
            actor=actor.via("import", actor.address),
            now=utc_now(),
        )
        _start(fresh, actor)
        messages.success(request, _("The import is under way. You can leave this page."))
        return HttpResponseRedirect(reverse("import-detail", args=[fresh.pk]))
    return HttpResponseRedirect(reverse("import-detail", args=[batch_id]))


@form_page(P)
def undo(request: HttpRequest, actor: Actor, batch_id: int) -> HttpResponse:
    batch = import_detail(actor, batch_id)

    def act(data: dict[str, Any]) -> None:
        start_undo(batch_id=batch_id, actor=actor.via("import", actor.address))

    return perform(
        request,
        actor,
        ActionForm(request.POST or None),
        template="imports/undo.html",
        act=act,
        done=_("What the import made is being taken back."),
        to=reverse("import-detail", args=[batch_id]),
        context={"batch": batch, "danger": True},
    )
