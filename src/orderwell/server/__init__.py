"""What each web process of `orderwell serve` loads: the application, warm, and the background worker where it lives inside.

The application speaks RSGI: orders are taken in on the event loop itself, everything else is Django's, in threads.
"""

from __future__ import annotations

import os
import threading
from multiprocessing.util import Finalize
from typing import Any

from django.urls import get_resolver

from orderwell.platform.memory import rest_the_collector
from orderwell.server.bridge import Bridge
from orderwell.wsgi import application as django

__all__ = ["application"]

STOP_SECONDS = 20.0


def _start_worker() -> None:
    from orderwell.platform.jobs.worker import Worker

    worker = Worker(kind="web")
    thread = threading.Thread(target=worker.run, name="orderwell-worker", daemon=True)
    thread.start()

    def stop() -> None:
        worker.stop()
        thread.join(STOP_SECONDS)

    # The server's processes are multiprocessing's, which leave without calling what atexit knows.
    Finalize(None, stop, exitpriority=100)


async def application(scope: Any, outlet: Any) -> None:
    actor = caller_of(scope)
    if actor is None:
        await _bridge.serve(scope, outlet)
    else:
        outlet.response_bytes(*await place_order(scope, actor, await outlet()))


from orderwell.api.orders.event_loop import caller_of, place_order  # noqa: E402  needs the apps that `django` has loaded

_bridge = Bridge(django, threads=int(os.environ.get("ORDERWELL_THREADS_CHOSEN", "32")))
# So that the first request need not wait for the imports of every view.
_ = get_resolver().url_patterns
if os.environ.get("ORDERWELL_WORKER_RUNS_INSIDE") == "yes":
    _start_worker()
rest_the_collector()
