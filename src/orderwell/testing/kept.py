"""Rows that outlive a test and not its file: what every test of a file begins with is made once, not once for each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction


@contextmanager
def kept_rows(blocker: Any) -> Iterator[None]:
    """What is written inside stays until the end of it and is never committed; each test works in a savepoint of its own.

    `blocker` is pytest-django's `django_db_blocker`; for fixtures of a wider scope than a test. What such a fixture gives
    out must not be changed by who gets it: the rows come back after a test, an object in memory does not.
    """
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
