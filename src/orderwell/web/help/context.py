"""What every page shows of the help beside the layout: the badge of news, and whether this is the practice company."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from orderwell import __version__
from orderwell.web.help.news import pending


def helping(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    known = getattr(request, "actor", None) is not None
    return {"sandbox": settings.SANDBOX, "version": __version__, "news": known and pending(request)}
