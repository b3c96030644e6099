"""`make run`: bring the database up to date, fill an empty one with the demo company, then become the server.

Runs in the environment that bootstrap.py made. What is already there costs one look.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ADMINISTRATOR = "admin"
ROOT = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("ORDERWELL_HOME") or ROOT / "var")
STAMP = HOME / "prepared"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def prepare() -> tuple[str | None, bool]:
    """Database, keys, roles and schedules as this version needs them; the first password, and whether there is no order."""
    import django

    django.setup()
    from django.db import connection

    from orderwell.domains.orders.models import Order
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.installation import first_administrator, pending_migrations, set_up

    if pending_migrations():
        say("Bringing the database up to date ...")
    set_up(now=utc_now())
    password = first_administrator(username=ADMINISTRATOR, now=utc_now())
    empty = not Order.objects.exists()
    connection.close()
    return password, empty


def fingerprint() -> str:
    """Changes whenever a file of the program does."""
    files = sorted((ROOT / "src/orderwell").rglob("*.py"))
    facts = ((str(path), stat.st_size, stat.st_mtime_ns) for path in files for stat in (path.stat(),))
    return hashlib.sha256(repr(list(facts)).encode()).hexdigest()


def is_prepared() -> bool:
    """The same program has prepared this very database, so that asking again would cost a second for nothing.

    Only where the database is a file beside the stamp; the server itself looks again and refuses what isn't ready.
    """
    database = HOME / "orderwell.sqlite3"
    same = STAMP.is_file() and STAMP.read_text() == fingerprint()
    return same and database.is_file() and not os.environ.get("DATABASE_URL")


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
    os.environ["ORDERWELL_HOME"] = str(HOME)
    if not is_prepared():
        password, empty = prepare()
        sign_in = f"Sign in as {ADMINISTRATOR} with the one-time password {password}"
        if password:
            say(sign_in)
        if empty and options.demo == "yes":
            result = subprocess.run(orderwell("demo", "load"), check=False)
            if result.returncode != 0:
                say("The demo company could not be loaded; what it said is above.")
                return result.returncode
            if password:
                say(sign_in)  # once more, below the progress of the loading
        STAMP.write_text(fingerprint())
    serve(options.host, options.port)


if __name__ == "__main__":
    sys.exit(main())
