"""The document that tells a program what is wrong: RFC 9457 with a stable code and one entry per error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from orderwell.kernel.errors import ErrorDetail


def problem_document(
    status: int, errors: Sequence[ErrorDetail], *, text: Callable[[ErrorDetail], str] = ErrorDetail.text
) -> dict[str, Any]:
    """`code` is that of the errors when they agree, else ``invalid_input``; `text` may translate the sentences."""
    agreed = len({error.code for error in errors}) == 1
    code = errors[0].code if agreed else "invalid_input"
    return {
        "type": f"urn:orderwell:error:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "code": code,
        "detail": text(errors[0]),
        "errors": [
            {"code": error.code, "pointer": error.pointer, "detail": text(error), "data": dict(error.data)}
            for error in errors
        ],
    }
