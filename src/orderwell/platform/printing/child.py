"""The process that runs Typst: child.py FOLDER FONTS OUTPUT SECONDS BYTES. Imports nothing of the product.

Writes out-001.pdf, or out-001.png and so on, into FOLDER. A template that is wrong is told as JSON on standard output.
"""

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

IMPORTS = 1  # lines that stand before the template's own


def limit(seconds: int, memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: the parent's clock alone bounds the run
        return
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def tell(error: Exception) -> None:
    """The line in the template, when the mistake is there, and what Typst says about it."""
    text = getattr(error, "diagnostic", "") or ""
    place = re.search(r"template\.typ:(\d+)", text)
    message = getattr(error, "message", None) or str(error)
    hints = getattr(error, "hints", None) or []
    if message == "unresolved import" and not place:  # of ours, which asks the template for its `document`
        message = "it must define #let document(doc, given) = ..."
    reason = ". ".join([message, *hints])
    json.dump({"line": int(place[1]) - IMPORTS if place else 1, "reason": reason}, sys.stdout)


def main() -> int:
    folder, fonts, output = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    import typst

    limit(int(sys.argv[4]), int(sys.argv[5]))
    try:
        made: Any = typst.compile(
            str(folder / "main.typ"),
            root=str(folder),
            font_paths=fonts.split(os.pathsep),
            ignore_system_fonts=True,
            format="png" if output == "png" else "pdf",
            ppi=110.0,
            package_path=str(folder),
            package_cache_path=str(folder),
        )
    except Exception as error:  # noqa: BLE001  Typst's own, or out of memory
        tell(error)
        return 1
    pages = made if isinstance(made, list) else [made]  # a PNG for each page, when there are several
    for number, page in enumerate(pages, 1):
        (folder / f"out-{number:03}.{output}").write_bytes(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
