"""Prefix conditions that both databases answer from an index."""

from __future__ import annotations

from django.db import connection
from django.db.models import Q


def prefix(field: str, text: str) -> Q:
    """`field` begins with `text`, case as given.

    PostgreSQL uses the pattern index that Django makes beside every unique or indexed text column; SQLite cannot use an
    index for LIKE with an escape, but compares text byte by byte, so a range says the same.
    """
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": text})
    return Q(**{f"{field}__gte": text}) & Q(**{f"{field}__lt": text + "\U0010ffff"})
