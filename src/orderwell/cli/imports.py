"""orderwell import: files become orders, returns and stock corrections, with a verdict for every line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orderwell.cli.frame import Answer, Progress, command, group, operator, say, table

if TYPE_CHECKING:
    from orderwell.domains.integrations.models import ImportBatch

group("import", "Bring in files of orders: CSV, XLSX or JSON Lines, also packed with gzip.")

_SHOWN_ROWS = 1_000


@command("import orders")
def import_orders(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The file to bring in.")],
    preset: Annotated[str, typer.Option(help="Layout of the file: order-lines or online-retail.")] = "order-lines",
    mode: Annotated[
        str, typer.Option(help="history: orders that already happened. live: orders to be filled from stock.")
    ] = "history",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell every verdict, and change nothing.")] = False,
    mapping: Annotated[str, typer.Option(help="A saved mapping of columns (preset order-lines).")] = "",
    channel: Annotated[str, typer.Option(help="Channel of orders whose lines do not name one.")] = "",
) -> Answer:
    """Bring in a file of orders.

    The same command again after a crash goes on where it stopped; after success it changes nothing.
    """
    from orderwell.domains.integrations.services.create import create_batch, unfinished_batch
    from orderwell.kernel.clock import utc_now

    actor = operator().via("import")
    batch = unfinished_batch(path=file, preset=preset, mode=mode, dry_run=dry_run)
    if batch is None:
        batch = create_batch(
            path=file,
            file_name=file.name,
            preset=preset,
            mode=mode,
            dry_run=dry_run,
            mapping={"options": {"channel": channel}} if channel and not mapping else None,
            mapping_name=mapping,
            actor=actor,
            now=utc_now(),
        )
    else:
        say(f"Import {batch.pk} of this file did not end; it goes on after {batch.lines_read:,} lines.")
    return _run(batch.pk)


@command("import resume")
def resume_import(batch: Annotated[int, typer.Argument(help="Number of the import.")]) -> Answer:
    """Go on with an import that was interrupted or failed."""
    return _run(batch)


def _run(batch_id: int) -> Answer:
    from orderwell.domains.integrations.queries import result
    from orderwell.domains.integrations.reconciliation import reconciliation_text
    from orderwell.domains.integrations.services.run import run_batch

    bar = Progress("Importing", unit="lines")

    def advance(batch: ImportBatch) -> None:
        bar.total = batch.lines
        bar.advance(batch.lines_read - bar.done)

    batch = run_batch(batch_id=batch_id, actor=operator().via("import"), progress=advance)
    bar.finish()
    return Answer(result(batch), reconciliation_text(batch), ok=batch.refused == 0)


@command("import list")
def list_imports(limit: Annotated[int, typer.Option(min=1, help="How many, newest first.")] = 50) -> Answer:
    """The imports so far."""
    from orderwell.domains.integrations.queries import import_list

    rows = [_summary(batch) for batch in import_list(operator(), limit=limit).rows]
    columns = ["id", "file", "preset", "mode", "state", "lines", "done", "duplicate", "refused", "created_at"]
    return Answer({"imports": rows}, table(rows, columns) if rows else "No imports yet.")


@command("import show")
def show_import(batch: Annotated[int, typer.Argument(help="Number of the import.")]) -> Answer:
    """One import: its state, counters and reconciliation."""
    from orderwell.domains.integrations.queries import import_detail, result
    from orderwell.domains.integrations.reconciliation import reconciliation, reconciliation_text

    found = import_detail(operator(), batch)
    data = {**_summary(found), **result(found), "error": found.error, "reconciliation": reconciliation(found)}
    return Answer(data, f"Import {found.pk} of {found.file_name}: {found.state}\n{reconciliation_text(found)}")


@command("import rows")
def list_rows(
    batch: Annotated[int, typer.Argument(help="Number of the import.")],
    refused: Annotated[bool, typer.Option("--refused", help="Only the lines that were refused.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many lines at most.")] = _SHOWN_ROWS,
) -> Answer:
    """The verdict of every line, and for refused lines the cell and the reason."""
    from orderwell.domains.integrations.queries import explain, import_rows

    rows: list[dict[str, Any]] = []
    cursor = None
    while len(rows) < limit:
        page = import_rows(operator(), batch, verdict="refused" if refused else "", cursor=cursor, limit=500)
        rows += [
            {
                "row": row.row_number,
                "verdict": row.verdict,
                "target": row.target,
                "column": row.column,
                "code": row.code,
                "message": explain(row),
            }
            for row in page.rows
        ]
        cursor = page.next_cursor
        if cursor is None:
            break
    rows = rows[:limit]
    columns = ["row", "verdict", "target", "column", "code", "message"]
    return Answer({"rows": rows}, table(rows, columns) if rows else "No such lines.")


@command("import undo")
def undo_import(batch: Annotated[int, typer.Argument(help="Number of the import.")]) -> Answer:
    """Take back what an import made. What something else has come to depend on is kept, and said."""
    from orderwell.domains.integrations.services.undo import undo_batch

    bar = Progress("Taking back", unit="documents")

    def advance(done: int, total: int) -> None:
        bar.total = total
        bar.advance(done - bar.done)

    undone = undo_batch(batch_id=batch, actor=operator().via("import"), progress=advance)
    bar.finish()
    kept = [{"document": item.document, "code": item.code, "message": item.message} for item in undone.kept]
    data = {"batch": batch, "undone": undone.undone, "kept": kept}
    text = f"{undone.undone} documents taken back, {len(kept)} kept."
    if kept:
        text += "\n" + table(kept, ["document", "code", "message"])
    return Answer(data, text, ok=not kept)


def _summary(batch: ImportBatch) -> dict[str, Any]:
    return {
        "id": batch.pk,
        "file": batch.file_name,
        "preset": batch.preset,
        "mode": batch.mode,
        "dry_run": batch.dry_run,
        "state": batch.state,
        "lines": batch.lines,
        "done": batch.done,
        "duplicate": batch.duplicate,
        "refused": batch.refused,
        "created_at": batch.created_at,
        "actor": batch.actor_label,
    }
