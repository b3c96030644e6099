"""Step 6: the answer itself, and its safe-keeping beside the request key, in the same transaction."""

from __future__ import annotations

from datetime import datetime

import msgspec
from django.utils import translation

from orderwell.domains.orders.errors import InternalFailure, PlacementUnknown
from orderwell.domains.orders.outcomes import Duplicate, Outcome, Placed, Repeated
from orderwell.domains.orders.placement.plan import Plan
from orderwell.kernel.problems import problem_document
from orderwell.platform.faults import DatabaseBusy
from orderwell.platform.idempotency import services as request_keys
from orderwell.platform.wording import sentence

_encode = msgspec.json.Encoder(decimal_format="string", enc_hook=str).encode
REFUSED_STATUS = 422
FAILED_STATUS = {InternalFailure.code: 500, DatabaseBusy.code: 503, PlacementUnknown.code: 503}


def answer(outcome: Outcome, language: str) -> tuple[int, bytes]:
    """HTTP status and JSON of an outcome: what the API sends, what a repeated request gets again.

    The sentences of a refusal are in `language`.
    """
    if isinstance(outcome, Placed):
        return 201, _encode(outcome)
    if isinstance(outcome, Repeated):
        return outcome.status, outcome.answer
    if isinstance(outcome, Duplicate):
        return 200, _encode(outcome)
    status = FAILED_STATUS.get(outcome.code, REFUSED_STATUS)
    with translation.override(language):
        return status, _encode(problem_document(status, outcome.errors, text=sentence))


def remember_answers(plans: list[Plan], *, now: datetime) -> None:
    """Store the answers of requests that carried a key and were not themselves repetitions. One statement, and another one
    where orders are refused: a refusal may quote what was sent of somebody.
    """
    rows: list[request_keys.Row] = []
    telling: list[request_keys.Row] = []
    for plan in plans:
        request, outcome = plan.submission.request, plan.outcome
        if request is None or outcome is None or isinstance(outcome, Repeated):
            continue
        if isinstance(outcome, Placed | Duplicate) or outcome.code != request_keys.KeyReused.code:
            kept = rows if isinstance(outcome, Placed | Duplicate) else telling
            kept.append((request.scope, request.key, request.fingerprint, *answer(outcome, plan.submission.language)))
    if rows or telling:
        request_keys.save_many(rows, telling=telling, now=now)
