"""Exports of every order of an installation, in each format: rows, seconds, size, and memory while it is written.

python -m orderwell.testing.benchmarks.exports [csv xlsx parquet]
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FORMATS = ("csv", "xlsx", "parquet")


def main(formats: Sequence[str]) -> None:
    import django

    django.setup()
    for name in formats or FORMATS:
        sys.stdout.write(json.dumps(_exported(name)) + "\n")
        sys.stdout.flush()


def _exported(file_format: str) -> dict[str, Any]:
    """`memory_mb` is the peak of this process after a hundredth of the rows and at the end: it must not grow with them."""
    from django.conf import settings

    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.actor import system_actor
    from orderwell.platform.exporting import write
    from orderwell.platform.views.sources import source_of

    source, actor, seen = source_of("orders"), system_actor(label="bench"), {"rows": 0, "early": 0.0}
    keys = source.default_keys(actor)

    def counted(chunks: Any) -> Iterator[Any]:
        for chunk in chunks:
            seen["rows"] += len(chunk)
            if not seen["early"] and seen["rows"] >= 20_000:
                seen["early"] = _peak()
            yield chunk

    with tempfile.TemporaryDirectory(prefix="orderwell-export-") as folder:
        path = Path(folder) / f"orders.{file_format}"
        start, processor = time.perf_counter(), time.process_time()
        chunks = counted(source.export_chunks(actor, keys, {}, "", utc_now()))
        zone = ZoneInfo(settings.TIME_ZONE)
        write(file_format, path, source.export_columns(actor, keys), chunks, zone=zone, options={}, sheet="Orders")
        return {
            "format": file_format,
            "rows": seen["rows"],
            "seconds": round(time.perf_counter() - start, 1),
            "processor_seconds": round(time.process_time() - processor, 1),
            "megabytes": round(path.stat().st_size / 1e6, 1),
            "memory_mb": [round(seen["early"]), round(_peak())],
        }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1:])
