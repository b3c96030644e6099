"""orderwell serve: Granian, a small parent process and one or more web processes with many threads.

The parent loads the application and makes the web processes as copies of itself, so that they share what was loaded. It
never touches the database: what must be known of it before the start is asked in a child process that ends again and is
a copy as well, so that nothing is loaded twice.
"""

from __future__ import annotations

import gc
import importlib
import json
import multiprocessing
import os
import socket
import time
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from orderwell.cli.frame import Answer, command, fault_in_words, load_django, say, set_up_new_database
from orderwell.kernel.errors import InstallationFault

# Waiting requests that a web process holds beyond its threads. Enough for every open connection of a small company;
# more of them wait in the operating system's queue.
BACKLOG = 2048
STOP_SECONDS = 30
# How the web processes, which the server starts, are told.
INSIDE = "ORDERWELL_WORKER_RUNS_INSIDE"
THREADS = "ORDERWELL_THREADS_CHOSEN"
ALONE = "ORDERWELL_ONE_WEB_PROCESS"


class NotReady(InstallationFault):
    """What the child process found; `code` is the one of its fault."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(frozen=True)
class Plan:
    """What the settings and the database say about how to serve."""

    vendor: str
    workers: int
    threads: int
    inside: bool
    certificate: str
    key: str


@command("serve", django=False)
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for every one.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=0, max=64, help="Web processes; 0: 1 on SQLite, 2 on PostgreSQL.")] = 0,
    threads: Annotated[
        int, typer.Option(min=0, max=512, help="Threads of each; 0: 64 on SQLite, 32 on PostgreSQL.")
    ] = 0,
    worker: Annotated[
        str, typer.Option(help="Background worker: inside the web process, outside, or auto (inside on SQLite).")
    ] = "",
) -> Answer:
    """Serve the screen and the API until SIGTERM or Ctrl+C. An empty database is set up first; with migrations
    pending it refuses."""
    _require_free(host, port)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderwell.settings")
    if multiprocessing.get_start_method() == "fork":
        _load()
    plan = _plan(workers, threads, worker)
    scheme = "https" if plan.certificate else "http"
    shown = f"[{host}]" if ":" in host else host
    say(f"Orderwell: {scheme}://{shown}:{port}  ({plan.workers} x {plan.threads} threads, {plan.vendor})")
    if not plan.inside:
        say("Background work needs `orderwell worker` beside this process.")
    started = time.monotonic()
    _run(plan, host, port)
    return Answer(
        {"address": f"{scheme}://{shown}:{port}", "seconds": round(time.monotonic() - started, 1)}, "Stopped."
    )


class PortTaken(InstallationFault):
    code = "port_taken"


class UnknownHost(InstallationFault):
    code = "unknown_host"


def _require_free(host: str, port: int) -> None:
    """The server's processes would share a port with a server that runs already, and requests go to either."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError):
        raise UnknownHost(f"No address has the name {host}. Give --host an address of this machine.") from None
    try:
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise PortTaken(
            f"Cannot listen on {host}:{port} ({error.strerror or error}). Is another server running there? "
            "Stop it, or choose another --port."
        ) from None


def _run(plan: Plan, host: str, port: int) -> None:
    from granian.constants import Interfaces
    from granian.log import LOGGING_CONFIG
    from granian.server import Server

    log: dict[str, Any] = deepcopy(LOGGING_CONFIG)
    for handler in log["handlers"].values():  # standard output is for the answer
        handler["stream"] = "ext://sys.stderr"
    os.environ[INSIDE] = "yes" if plan.inside else "no"
    os.environ["ORDERWELL_LISTENS_ON"] = host  # the practice company is started from a web process
    os.environ[THREADS] = str(plan.threads)
    os.environ[ALONE] = "yes" if plan.workers == 1 else "no"
    Server(
        "orderwell.server:application",
        address=host,
        port=port,
        interface=Interfaces.RSGI,
        workers=plan.workers,
        backlog=BACKLOG,
        backpressure=BACKLOG,
        log_dictconfig=log,
        websockets=False,
        ssl_cert=Path(plan.certificate) if plan.certificate else None,
        ssl_key=Path(plan.key) if plan.key else None,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    ).serve()


def _load() -> None:
    """Nothing that is loaded goes away again, so the collector would only look through it: a tenth of the time."""
    gc.disable()
    try:
        importlib.import_module("orderwell.server")
    except SystemExit as exit_:
        raise NotReady("bad_environment", str(exit_.code)) from None
    finally:
        gc.enable()


def _plan(workers: int, threads: int, worker: str) -> Plan:
    """Ask a child process, whose connection ends with it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with os.fdopen(writer, "w", encoding="utf-8") as pipe:
            json.dump(_look(workers, threads, worker), pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    found: dict[str, Any] = json.loads(text) if text else {"error": "The start failed; see above.", "code": "not_ready"}
    if "error" in found:
        raise NotReady(found["code"], found["error"])
    return Plan(**found)


def _look(workers: int, threads: int, worker: str) -> dict[str, Any]:
    """Runs in the child: is everything ready, and how is it to be served?"""
    try:
        load_django()
        from django.conf import settings
        from django.db import connection

        from orderwell.platform.installation import require_ready

        set_up_new_database()
        require_ready()
        vendor = connection.vendor
        connection.close()
        small = vendor == "sqlite"
        worker = worker or settings.WORKER
        if bool(settings.TLS_CERT) != bool(settings.TLS_KEY):
            return {"code": "bad_environment", "error": "ORDERWELL_TLS_CERT and ORDERWELL_TLS_KEY belong together."}
        if worker not in ("auto", "inside", "outside"):
            return {"code": "wrong_usage", "error": f"--worker is {worker!r}; it must be auto, inside or outside."}
        return {
            "vendor": vendor,
            "workers": workers or settings.WEB_PROCESSES or (1 if small else 2),
            "threads": threads or settings.WEB_THREADS or (64 if small else 32),
            "inside": worker == "inside" or (worker == "auto" and small),
            "certificate": settings.TLS_CERT,
            "key": settings.TLS_KEY,
        }
    except InstallationFault as fault:
        return {"code": fault.code, "error": str(fault)}
    except SystemExit as exit_:
        return {"code": "bad_environment", "error": str(exit_.code)}
    except Exception as error:  # noqa: BLE001  the parent says it and ends
        code, message = fault_in_words(error)
        if message:
            return {"code": code, "error": message}
        return {"code": "internal_error", "error": f"{type(error).__name__}: {error}"}
