"""orderwell diagnostics: what to send along when asking for support."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orderwell.cli.frame import Answer, command, operator


@command("diagnostics", new=False)
def diagnostics(
    output: Annotated[str, typer.Option(help="Where to write the bundle; it must not exist yet.")] = "",
    verify: Annotated[
        bool | None,
        typer.Option("--verify/--no-verify", help="Recompute the balances; by default when that doesn't take long."),
    ] = None,
) -> Answer:
    """Write a zip of versions, findings and counts for support: no personal data, no secrets, no free text."""
    from orderwell.kernel.clock import utc_now
    from orderwell.kernel.errors import InstallationFault
    from orderwell.platform.diagnostics.collecting import collect

    now = utc_now()
    bundle = collect(actor=operator(), now=now, verify=verify)
    path = Path(output or f"orderwell-diagnostics-{now:%Y%m%d-%H%M%S}.zip")
    try:
        with path.open("xb") as file:
            file.write(bundle.as_zip())
    except OSError as error:
        raise InstallationFault(f"Cannot write {path}: {error.strerror or error}.") from None
    manifest = bundle.manifest()
    lines = [f"{entry['bytes']:>8}  {entry['file']:<18} {entry['what']}" for entry in manifest["files"]]
    return Answer({"file": str(path), **manifest}, f"{path}\n" + "\n".join(lines) + f"\n{manifest['rule']}")
