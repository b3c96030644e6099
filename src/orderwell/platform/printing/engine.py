"""Typst sets documents; a child process with limits runs it, so that no template can harm or hold up the server.

A template sees its data, the layouts that come with the product and the logo, nothing else: its folder is made for the
run, packages can't be fetched, and time and memory are bounded. See docs/adr for why Typst.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from orderwell.platform.printing.coverage import font_folders
from orderwell.platform.printing.errors import TemplateBroken, TemplateTooSlow
from orderwell.platform.printing.reasons import said

HERE = Path(__file__).resolve().parent
LAYOUTS = HERE / "layouts"
SECONDS = 60
MEMORY_BYTES = 3 << 30
Output = Literal["pdf", "png"]

# `document` is the template's; each document starts on a page of its own and counts its pages from one.
MAIN = """#import "house.typ": *
#import "template.typ": document
#let given = json("data.json")
#show: house.with(given)
#for (index, doc) in given.documents.enumerate() {
  if index > 0 { pagebreak(weak: true) }
  counter(page).update(1)
  sheet(doc, given, document(doc, given), index)
}
"""


def typeset(template: str, data: Mapping[str, Any], *, logo: bytes = b"", output: Output = "pdf") -> list[bytes]:
    """Set `data["documents"]` by `template`: one PDF for all of them, or a PNG for each page.

    Raises TemplateBroken with the line of the template, TemplateTooSlow.
    """
    with tempfile.TemporaryDirectory(prefix="orderwell-print-") as name:
        folder = Path(name)
        for layout in LAYOUTS.glob("*.typ"):
            shutil.copyfile(layout, folder / layout.name)
        (folder / "template.typ").write_text('#import "house.typ": *\n' + template, encoding="utf-8")
        (folder / "main.typ").write_text(MAIN, encoding="utf-8")
        (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        if logo:
            (folder / logo_name(logo)).write_bytes(logo)
        _run(folder, output)
        return [path.read_bytes() for path in _pages(folder)]


def _pages(folder: Path) -> Sequence[Path]:
    return sorted(folder.glob("out*"), key=lambda path: (len(path.name), path.name))


def _run(folder: Path, output: Output) -> None:
    # No way out of the machine: a package that a template asks for is refused at once.
    environment = {
        **os.environ,
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "",
    }
    fonts = os.pathsep.join(str(place) for place in font_folders())
    command = [sys.executable, "-I", str(HERE / "child.py"), str(folder), fonts, output]
    try:
        done = subprocess.run(  # noqa: S603  our own file, and a folder of our own
            [*command, str(SECONDS), str(MEMORY_BYTES)],
            env=environment,
            capture_output=True,
            timeout=SECONDS + 5,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TemplateTooSlow(seconds=SECONDS) from None
    if done.returncode == 0:
        return
    try:
        told = json.loads(done.stdout)
    except ValueError:
        raise TemplateTooSlow(seconds=SECONDS) from None
    # Where the folder of this run lies is nobody's business.
    reason = told["reason"].replace(f"{folder}{os.sep}", "")
    raise TemplateBroken(line=told["line"], reason=said(reason[:500]), pointer="/markup")


def logo_name(logo: bytes) -> str:
    """The name under which a template finds the picture: Typst goes by the ending."""
    if logo.startswith(b"\x89PNG\r\n\x1a\n"):
        return "logo.png"
    if logo.startswith(b"\xff\xd8\xff"):
        return "logo.jpg"
    return "logo.svg"
