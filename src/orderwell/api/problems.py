"""Refusals as problem+json (RFC 9457): the only place where error codes meet HTTP statuses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from orderwell.domains.orders.placement.answers import FAILED_STATUS
from orderwell.kernel.errors import DomainError, ErrorDetail
from orderwell.kernel.problems import problem_document
from orderwell.platform.events.recording import json_safe
from orderwell.platform.wording import sentence

CONTENT_TYPE = "application/problem+json"

# Everything else is 422: the request was understood, and what it asks for is refused.
DEFAULT_STATUS = 422
STATUS: dict[str, int] = {
    "malformed_request": 400,
    "malformed_json": 400,
    "invalid_idempotency_key": 400,
    "invalid_precondition": 400,
    "unknown_cursor": 400,
    "unknown_parameter": 400,
    "not_authenticated": 401,
    "invalid_api_key": 401,
    "api_key_revoked": 401,
    "api_key_expired": 401,
    "sign_in_failed": 401,
    "permission_denied": 403,
    "exceeds_own_permissions": 403,
    "exceeds_own_rows": 403,
    "outside_own_rows": 403,
    "displacing_denied": 403,
    "credit_note_needed": 403,
    "hidden_orders": 403,
    "not_found": 404,
    "no_such_resource": 404,
    "unknown_document_kind": 404,
    "method_not_allowed": 405,
    "row_conflict": 409,
    "stock_changed": 409,
    "import_busy": 409,
    "import_finished": 409,
    "difference_changed": 409,
    "already_undone": 409,
    "changed_again": 409,
    "undo_too_late": 409,
    "return_undone": 409,
    "return_settled": 409,
    "returned_goods_gone": 409,
    "stale_version": 412,
    "body_too_large": 413,
    "unsupported_media_type": 415,
    "precondition_required": 428,
    "sign_in_throttled": 429,
    "lookup_throttled": 429,
    "too_many_messages": 429,
    "internal_error": 500,
    "intake_busy": 503,
    # An answer that is kept under its request key is written there, so what it may be stands there.
    **FAILED_STATUS,
}


def status_of(errors: Sequence[ErrorDetail]) -> int:
    """The status that all errors share, or the general one."""
    found = {STATUS.get(error.code, DEFAULT_STATUS) for error in errors}
    return found.pop() if len(found) == 1 else DEFAULT_STATUS


def language_of(request: HttpRequest) -> str:
    """English unless the caller asks for another language that we speak."""
    return language_named(request.META.get("HTTP_ACCEPT_LANGUAGE"))


@lru_cache(maxsize=256)
def language_named(accepted: str | None) -> str:
    """The first language of an `Accept-Language` header that we speak, else English."""
    for code, _quality in parse_accept_lang_header(accepted or ""):
        with suppress(LookupError):
            return translation.get_supported_language_variant(code)
    return "en"


def show_errors(errors: Sequence[ErrorDetail], *, at: str) -> list[dict[str, Any]]:
    """Errors inside an answer that is itself no refusal: those of the row at the pointer `at`."""
    placed = [error.at(at) for error in errors]
    return json_safe(problem_document(DEFAULT_STATUS, placed, text=sentence)["errors"]) if placed else []


def refuse(error: DomainError, request: HttpRequest) -> HttpResponse:
    """The answer to a refused request."""
    status = status_of(error.details)
    with translation.override(language_of(request)):
        document = problem_document(status, error.details, text=sentence)
    body = json.dumps(json_safe(document), ensure_ascii=False, default=str).encode("utf-8", "replace")
    response = HttpResponse(body, content_type=CONTENT_TYPE, status=status)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="orderwell"'
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = "1"
    return response
