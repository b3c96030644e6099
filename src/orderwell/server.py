"""What each web process of `orderwell serve` loads: the application, warm, and the background worker where it lives inside."""

from __future__ import annotations

import os
import threading
from multiprocessing.util import Finalize

from django.urls import get_resolver

from orderwell.platform.memory import rest_the_collector
from orderwell.wsgi import application

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


# So that the first request need not wait for the imports of every view.
_ = get_resolver().url_patterns
if os.environ.get("ORDERWELL_WORKER_RUNS_INSIDE") == "yes":
    _start_worker()
rest_the_collector()
