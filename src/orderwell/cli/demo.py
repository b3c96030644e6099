"""orderwell demo: a company to look at, and as many orders as wanted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orderwell.cli.frame import Answer, Progress, command, group

BUSY = "The demo company is being loaded here by another program. Wait until that has ended, then run this again."
group("demo", "A demo company to look at and to try things on.")


@command("demo load")
def load(
    orders: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many orders there shall be.")] = 3_000,
    every: Annotated[
        float, typer.Option(min=0.5, max=600, help="Seconds between two lines of progress where no terminal is.")
    ] = 10.0,
) -> Answer:
    """Fill an empty installation with a believable company; again, or with a larger number, add what is missing."""
    from django.conf import settings

    from orderwell.demo.load import load_demo
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.file_lock import file_lock
    from orderwell.platform.installation import InUse
    from orderwell.platform.memory import rest_the_collector

    rest_the_collector()
    bars: dict[tuple[str, int], Progress] = {}

    def told(what: str, done: int, of: int) -> None:
        bar = bars.setdefault((what, of), Progress("Demo company", of, unit=what, every=every))
        bar.advance(done - bar.done)
        if done == of:
            bar.finish()

    with file_lock(Path(settings.HOME) / "demo.lock", taken=InUse(BUSY)):
        loaded = load_demo(orders=orders, now=utc_now(), told=told)
    data: dict[str, object] = {
        "orders": loaded.orders,
        "placed": loaded.placed,
        "seconds": round(loaded.seconds, 1),
        "rate": round(loaded.rate, 1),
    }
    text = f"{loaded.orders:,} orders, {loaded.placed:,} of them new, in {loaded.seconds:.1f} s ({loaded.rate:,.0f}/s)."
    if loaded.password:
        data["administrator"] = {"username": loaded.administrator, "password": loaded.password}
        text += f"\nSign in as {loaded.administrator} with the one-time password {loaded.password}"
    if loaded.staff_password:
        data["staff"] = {"usernames": sorted(loaded.staff), "password": loaded.staff_password}
        text += f"\nOr as one of the staff ({', '.join(sorted(loaded.staff))}) with {loaded.staff_password}"
    return Answer(data, text)
