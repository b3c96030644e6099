"""`make run`: bring the database up to date, fill an empty one with the demo company, then become the server.

Runs in the environment that bootstrap.py made. What is already there costs one look.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import NoReturn


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def migrate() -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("Bringing the database up to date ...")
        call_command("migrate", verbosity=0, interactive=False)


def is_empty() -> bool:
    from orderwell.domains.orders.models import Order

    return not Order.objects.exists()


def orderwell(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "orderwell", *arguments]


def serve(host: str, port: int) -> NoReturn:
    """Become the server: it takes the place of this process, so that signals and memory are its own."""
    command = orderwell("serve", "--host", host, "--port", str(port))
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606 - our own command, no shell wanted


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--demo", choices=("yes", "no"), default="yes", help="fill an empty database")
    options = parser.parse_args()

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderwell.settings")
    import django
    from django.db import connection

    django.setup()
    migrate()
    empty = options.demo == "yes" and is_empty()
    connection.close()
    if empty:
        result = subprocess.run(orderwell("demo", "load"), check=False)
        if result.returncode != 0:
            say("The demo company could not be loaded; what it said is above.")
            return result.returncode
    serve(options.host, options.port)


if __name__ == "__main__":
    sys.exit(main())
