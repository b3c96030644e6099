"""The description of the API, made from the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

import orderwell
from orderwell.cli.frame import Answer, command

FILE = Path(orderwell.__file__).resolve().parents[2] / "openapi.json"


@command("openapi", new=False)
def openapi(
    check: Annotated[bool, typer.Option("--check", help="Fail when openapi.json differs from the code.")] = False,
    write: Annotated[bool, typer.Option("--write", help="Write openapi.json of the source tree anew.")] = False,
) -> Answer:
    """Print the OpenAPI description of the API."""
    from orderwell.api.openapi import as_text

    text = as_text()
    if write:
        FILE.write_text(text, encoding="utf-8")
        return Answer({"file": str(FILE), "bytes": len(text)}, f"{FILE} is written.")
    if check:
        same = FILE.exists() and FILE.read_text(encoding="utf-8") == text
        message = "openapi.json is in step." if same else "openapi.json differs from the code: run make openapi."
        return Answer({"in_step": same}, message, ok=same)
    return Answer(json.loads(text), text)
