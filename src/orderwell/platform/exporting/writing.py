"""The choice of the writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from orderwell.platform.exporting.base import Chunks, Column

# Format -> content type.
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


def content_type(name: str) -> str:
    return FORMATS[name]


def write(
    name: str,
    path: Path,
    columns: Sequence[Column],
    chunks: Chunks,
    *,
    zone: ZoneInfo,
    options: Mapping[str, Any] | None = None,
    sheet: str = "",
) -> None:
    """Write all `chunks` to `path`. `zone` is the one whose clock times show; Parquet keeps moments as they are."""
    # Each writer is loaded when it is needed: one of them is a compiled library of some megabytes.
    if name == "csv":
        from orderwell.platform.exporting.csv_file import csv_bytes

        with path.open("wb") as file:
            file.writelines(csv_bytes(columns, chunks, zone=zone, bom=bool((options or {}).get("bom", True))))
    elif name == "xlsx":
        from orderwell.platform.exporting.xlsx_file import write_xlsx

        write_xlsx(path, columns, chunks, zone=zone, sheet=sheet)
    else:
        from orderwell.platform.exporting.parquet_file import write_parquet

        write_parquet(path, columns, chunks)
