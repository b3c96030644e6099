"""What the web processes of `orderwell serve` run: loaded once before they are made, so that they share its memory.

The application speaks RSGI: orders are taken in on the event loop itself, everything else is Django's, in threads.
"""

from __future__ import annotations

import os
import threading
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import get_resolver

from orderwell.platform.cores import go_anywhere, keep_together
from orderwell.platform.memory import rest_the_collector
from orderwell.server.bridge import Bridge
from orderwell.wsgi import application as django

if TYPE_CHECKING:
    import asyncio

__all__ = ["application"]

STOP_SECONDS = 20.0


class Application:
    """https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md"""

    _bridge: Bridge

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Called in each web process before its first request: threads don't survive the making of a process."""
        threads = int(os.environ.get("ORDERWELL_THREADS_CHOSEN", "32"))
        if os.environ.get("ORDERWELL_ONE_WEB_PROCESS") == "yes":
            keep_together()
        self._bridge = Bridge(django, threads=threads, largest=settings.MAX_BODY)
        if os.environ.get("ORDERWELL_WORKER_RUNS_INSIDE") == "yes":
            _start_worker()

    async def __rsgi__(self, scope: Any, outlet: Any) -> None:
        actor = caller_of(scope)
        if actor is None:
            await self._bridge.serve(scope, outlet)
        else:
            outlet.response_bytes(*await place_order(scope, actor, await outlet()))


def _start_worker() -> None:
    from orderwell.platform.jobs.worker import Worker

    worker = Worker(kind="web")

    def run() -> None:
        go_anywhere()
        worker.run()

    thread = threading.Thread(target=run, name="orderwell-worker", daemon=True)
    thread.start()

    def stop() -> None:
        worker.stop()
        thread.join(STOP_SECONDS)

    # The server's processes are multiprocessing's, which leave without calling what atexit knows.
    Finalize(None, stop, exitpriority=100)


from orderwell.api.orders.event_loop import caller_of, place_order  # noqa: E402  needs the apps that `django` has loaded

application = Application()
# So that the first request need not wait for the imports of every view.
_ = get_resolver().url_patterns
rest_the_collector()
