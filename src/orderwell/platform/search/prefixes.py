"""Prefix conditions that both databases answer from an index."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet

# Letters of a number that say enough to look for it, and how many of those found are looked at.
SAYING, LOOKED_AT = 3, 60
# Behind every text that begins with another stands that one with this character.
LAST = "\U0010ffff"


def keys_begun(rows: QuerySet[Any], text: str) -> list[int]:
    """Keys of the rows whose number begins with `text`, the highest first; none for a text that says too little."""
    if len(text) < SAYING:
        return []
    found = rows.filter(prefix("number", text.upper())).order_by("-number")
    return list(found.values_list("pk", flat=True)[:LOOKED_AT])


def prefix(field: str, text: str) -> Q:
    """`field` begins with `text`, case as given.

    PostgreSQL uses the pattern index that Django makes beside every unique or indexed text column; SQLite cannot use an
    index for LIKE with an escape, but compares text byte by byte, so a range says the same.
    """
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": text})
    return Q(**{f"{field}__gte": text}) & Q(**{f"{field}__lt": text + LAST})
