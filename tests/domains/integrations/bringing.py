"""Files and runs for the tests of imports."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from orderwell.domains.integrations.models import ImportBatch, ImportRow
from orderwell.domains.integrations.services.create import create_batch
from orderwell.domains.integrations.services.run import run_batch
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor, system_actor

HEADER = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
UK = "United Kingdom"
# Every kind of line that the real file has, small enough to be reckoned by hand.
INVOICES: list[tuple[Any, ...]] = [
    ("536365", "85123A", "WHITE HEART", 6, "2010-12-01 08:26:00", "2.55", "17850.0", UK),
    ("536365", "85123A", "WHITE HEART", 6, "2010-12-01 08:26:00", "2.55", "17850.0", UK),  # repeated: a line of its own
    ("536365", "POST", "POSTAGE", 1, "2010-12-01 08:26:00", "18.0", "17850.0", UK),
    ("536366", "22633", "HAND WARMER", 2, "2010-12-01 08:28:00", "1.85", "", "EIRE"),
    ("536366", "22633", "HAND WARMER", 1, "2010-12-01 08:29:00", "1.85", "", "EIRE"),  # another time, same invoice
    ("536367", "71053", "", -4, "2010-12-01 09:00:00", "0.0", "", UK),  # written off without a note
    ("536368", "85123A", "damaged", -2, "2010-12-01 09:01:00", "0.0", "", UK),
    ("536369", "22633", "found", 3, "2010-12-01 09:02:00", "0.0", "", UK),
    ("536370", "22633", "HAND WARMER", 5, "2010-12-01 09:03:00", "0.0", "17850.0", UK),  # given away
    ("536371", "PADS", "PADS TO MATCH", 1, "2010-12-01 09:04:00", "0.001", "17850.0", UK),
    ("C536379", "85123A", "WHITE HEART", -5, "2010-12-02 10:00:00", "2.55", "17850.0", UK),
    ("C536380", "D", "Discount", -1, "2010-12-02 10:01:00", "27.5", "17850.0", UK),
    ("C536381", "22633", "HAND WARMER", -9, "2010-12-02 10:02:00", "1.85", "", "Unspecified"),
    ("A563186", "B", "Adjust bad debt", 1, "2011-08-12 14:51:00", "-11062.06", "", UK),
]


def importer() -> Actor:
    return system_actor(source="import", label="importer")


def write_csv(path: Path, rows: Sequence[Sequence[Any]], header: Sequence[str] = HEADER) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


def prepare(path: Path, *, preset: str = "online-retail", mode: str = "history", **more: Any) -> ImportBatch:
    return create_batch(
        path=path, file_name=path.name, preset=preset, mode=mode, actor=importer(), now=utc_now(), **more
    )


def bring_in(path: Path, *, actor: Actor | None = None, **how: Any) -> ImportBatch:
    batch = run_batch(batch_id=prepare(path, **how).pk, actor=actor or importer())
    batch.refresh_from_db()
    return batch


def verdicts(batch: ImportBatch) -> list[tuple[int, str, str, str]]:
    """(row, verdict, column, code) of every line."""
    rows = ImportRow.objects.filter(batch=batch).order_by("row_number")
    return [(row.row_number, row.verdict, row.column, row.code) for row in rows]


def refused(batch: ImportBatch) -> list[tuple[int, str, str]]:
    return [(number, column, code) for number, verdict, column, code in verdicts(batch) if verdict == "refused"]
