"""Files that people attached, sent so that nothing in them can act in the reader's name."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse

# Shown by the browser itself; anything else is downloaded.
SAFE_TO_SHOW = {"image/png", "image/jpeg", "image/webp", "image/gif", "application/pdf", "text/plain"}


def served(found: Any) -> HttpResponse:
    """`found` has `file`, `name` and `content_type`."""
    response: Any = FileResponse(
        found.file.open("rb"), as_attachment=found.content_type not in SAFE_TO_SHOW, filename=found.name
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if found.content_type in SAFE_TO_SHOW:
        response["Content-Type"] = found.content_type
    return response  # type: ignore[no-any-return]
