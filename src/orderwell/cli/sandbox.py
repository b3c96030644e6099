"""orderwell sandbox: the practice company, for guided tours."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from orderwell.cli.frame import Answer, command, group, say

group("sandbox", "The practice company: an installation of its own for guided tours.")


def _home() -> Path:
    from orderwell.platform.sandbox.place import home_of

    return home_of(Path(os.environ.get("ORDERWELL_HOME") or "~/.orderwell").expanduser().resolve())


@command("sandbox serve", django=False)
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0: any free one.")] = 0,
    starter: Annotated[int, typer.Option(min=0, help="End when this process is gone.")] = 0,
    orders: Annotated[int, typer.Option(min=50, max=5000, help="Orders of the practice company.")] = 400,
) -> Answer:
    """Prepare the practice company, once, and serve it until SIGTERM or until nobody used it for two hours."""
    from orderwell.platform.sandbox.supervise import Supervisor

    supervisor = Supervisor(_home(), host, port, starter, orders, told=say)
    supervisor.run()
    return Answer({"port": supervisor.port}, "Stopped.")


@command("sandbox reset", django=False)
def reset() -> Answer:
    """Bring the practice company back to its first state; one that runs does so at once."""
    from orderwell.platform.sandbox.place import ask_for_reset, read_state

    home = _home()
    ask_for_reset(home)
    return Answer({"phase": read_state(home)["phase"]}, "The practice company will be reset.")
