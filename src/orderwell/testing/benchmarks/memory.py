"""What the idle program takes: all processes of `orderwell serve` on SQLite, as `make run` starts it."""

from __future__ import annotations

import http.client
import time

from orderwell.testing.benchmarks.results import Effort, Result
from orderwell.testing.installation import Installation

LIMIT = 200.0
SETTLE_SECONDS = 8.0
MIB = 1024 * 1024
# What a morning's first visitor opens; a server that was never asked has not loaded half of itself.
PAGES = ("/sign-in/", "/api/v1/orders", "/static/web/charts.js", "/sign-in/")


def idle_memory(installation: Installation, effort: Effort) -> list[Result]:
    """Proportional memory of the whole process tree after some requests and some seconds of rest."""
    del effort
    with installation.serving() as server:
        for _ in range(10):
            for page in PAGES:
                connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
                connection.request("GET", page)
                connection.getresponse().read()
                connection.close()
        time.sleep(SETTLE_SECONDS)
        used = server.memory() / MIB
        detail = f"{len(server.processes())} processes"
    return [Result("idle_memory", "sqlite", used, "MiB", LIMIT, detail)]
