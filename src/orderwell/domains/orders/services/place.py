"""Placing orders: the only way an order comes into being, from the screen, the API, a file, a channel or a plugin.

Every call is a batch; one order is a batch of one. It costs a fixed handful of SQL statements whether it gets 1 draft or
500, and every draft gets its own outcome: placed, duplicate (the first answer again) or refused.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import DatabaseError, OperationalError, connection

from orderwell.domains.inventory.errors import StockChanged
from orderwell.domains.orders import errors
from orderwell.domains.orders.drafts import OrderDraft, Submission
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.outcomes import Outcome, Placed, Refused
from orderwell.domains.orders.placement.answers import remember_answers
from orderwell.domains.orders.placement.known import answer_known_orders, answer_repeated_requests
from orderwell.domains.orders.placement.plan import Plan, alive
from orderwell.domains.orders.placement.price import price
from orderwell.domains.orders.placement.reserve import reserve_in_arrival_order
from orderwell.domains.orders.placement.resolve import resolve
from orderwell.domains.orders.placement.write import write
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.faults import DatabaseBusy
from orderwell.platform.permissions import Permission
from orderwell.platform.unchanged import Unchanged, unchanged

log = logging.getLogger(__name__)
ATTEMPTS = 3
# Between two questions to a database that went away; a restart takes a moment.
RETURN_SECONDS = 1.0


def place_orders(drafts: Sequence[OrderDraft], *, actor: Actor, now: datetime) -> list[Outcome]:
    """Place a batch of orders for one actor; the outcomes are in the order of the drafts.

    Raises PermissionDenied before anything is looked at. Everything wrong with a draft is its own `Refused`.
    """
    actor.require(Permission.ORDERS_ORDER_PLACE)
    return place_submissions([Submission(draft, actor) for draft in drafts], now=now)


def place_submissions(submissions: Sequence[Submission], *, now: datetime) -> list[Outcome]:
    """Place a batch whose drafts may come from different actors and carry request keys.

    When the batch as a whole fails - a draft nobody anticipated, a row that another process wrote meanwhile - each draft
    is tried again alone, so that one never fails its neighbours.
    """
    try:
        return _place_together(submissions, now)
    except (DatabaseError, StockChanged):
        log.info("a batch of %d orders failed and is retried one by one", len(submissions), exc_info=True)
    except Exception:
        log.exception("a batch of %d orders failed unexpectedly and is retried one by one", len(submissions))
    return [_place_alone(submission, now) for submission in submissions]


def _place_alone(submission: Submission, now: datetime) -> Outcome:
    refused: Exception | None = None
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _place_together([submission], now)[0]
        except (DatabaseError, StockChanged) as error:
            refused = error
            log.warning("placing one order failed, attempt %d of %d", attempt, ATTEMPTS, exc_info=True)
        except Exception:
            log.exception("placing one order failed unexpectedly")
            break
    if isinstance(refused, OperationalError):  # a full disk, a lock that stays: nothing is wrong with the order
        return Refused((DatabaseBusy(refused).detail(),))
    reference = secrets.token_hex(4)
    log.error("order refused with internal_failure, reference %s", reference)
    return Refused((errors.InternalFailure(reference=reference).detail(),))


def _place_together(submissions: Sequence[Submission], now: datetime) -> list[Outcome]:
    """All in one transaction. A failure is raised, unless it was only the answer to COMMIT that got lost: placed again,
    orders without a name of their own would be there twice."""
    outcomes: list[Outcome] = []
    try:
        with unchanged() as known:
            outcomes = _place(submissions, now, known)
    except DatabaseError:
        there = _are_there(outcomes)
        if there is False:
            raise
        log.warning("the answer to COMMIT of %d orders was lost; there: %s", len(outcomes), there, exc_info=True)
        if there is None:
            unknown = Refused((errors.PlacementUnknown().detail(),))
            outcomes = [unknown if isinstance(outcome, Placed) else outcome for outcome in outcomes]
    return outcomes


def _are_there(outcomes: Sequence[Outcome]) -> bool | None:
    """Looked at on a connection that works; one order stands for the transaction. None: nobody answers."""
    first = next((outcome for outcome in outcomes if isinstance(outcome, Placed)), None)
    if first is None:
        return False
    for _attempt in range(ATTEMPTS):
        try:
            connection.close_if_unusable_or_obsolete()
            return Order.objects.filter(pk=first.order_id, number=first.number, placed_at=first.placed_at).exists()
        except DatabaseError:
            time.sleep(RETURN_SECONDS)
    return None


def _place(submissions: Sequence[Submission], now: datetime, known: Unchanged | None) -> list[Outcome]:
    plans = [Plan(submission) for submission in submissions]
    for round_of_plans in _rounds(plans):
        answer_repeated_requests(round_of_plans)
        answer_known_orders(alive(round_of_plans))
        resolve(alive(round_of_plans), now=now, known=known)
        for plan in alive(round_of_plans):
            price(plan)
        reserve_in_arrival_order(alive(round_of_plans), known=known)
        write(alive(round_of_plans), now=now)
        remember_answers(round_of_plans, now=now)
    return [plan.outcome for plan in plans if plan.outcome is not None]


def _rounds(plans: list[Plan]) -> Iterator[list[Plan]]:
    """Drafts that repeat each other within a batch go into successive rounds, so that the later finds the earlier."""
    waiting = plans
    while waiting:
        seen: set[tuple[str, str]] = set()
        this_round: list[Plan] = []
        later: list[Plan] = []
        for plan in waiting:
            names = _names(plan)
            (later if names & seen else this_round).append(plan)
            seen |= names
        yield this_round
        waiting = later


def _names(plan: Plan) -> set[tuple[str, str]]:
    """What must be unique: the request key, the channel's external id, the quote."""
    names = set()
    if plan.submission.request is not None:
        names.add((f"key:{plan.submission.request.scope}", plan.submission.request.key))
    if plan.draft.external_id is not None:
        names.add((f"external:{plan.draft.channel}", plan.draft.external_id))
    if plan.quote_id is not None:
        names.add(("quote", str(plan.quote_id)))
    return names
