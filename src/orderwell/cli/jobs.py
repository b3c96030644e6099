"""orderwell worker, schedules."""

from __future__ import annotations

import signal
import time
from types import FrameType

from orderwell.cli.frame import Answer, command, group, say, table

group("schedules", "What runs at fixed times.")


@command("worker", new=False)
def worker() -> Answer:
    """Deliver events, run jobs and schedules until SIGTERM or Ctrl+C; what is being done is finished first."""
    from orderwell.platform.installation import require_ready
    from orderwell.platform.jobs.worker import Worker

    require_ready()
    running = Worker()

    def stop(number: int, frame: FrameType | None) -> None:
        say(f"{signal.Signals(number).name}: finishing what is being done.")
        running.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    started = time.monotonic()
    say(f"Worker {running.name} runs.")
    running.run()
    return Answer({"worker": running.name, "seconds": round(time.monotonic() - started, 1)}, "Stopped.")


@command("schedules list")
def list_schedules() -> Answer:
    """What runs at fixed times: when next, how it went last."""
    from orderwell.platform.jobs.models import Schedule

    columns = ["name", "every_seconds", "at", "enabled", "next_run_at", "last_run_at", "last_seconds", "last_error"]
    rows = list(Schedule.objects.order_by("name").values(*columns))
    return Answer({"schedules": rows}, table(rows, columns[:-1]))
