"""From a customer's request to the return itself: goods, money and the answer to the customer, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from orderwell.domains.automation.returns import return_terms
from orderwell.domains.automation.services.take_back import take_back
from orderwell.domains.cases.access import OrderAccess
from orderwell.domains.cases.errors import CaseWithoutOrder
from orderwell.domains.cases.models import Case
from orderwell.domains.cases.services.loading import lock_case
from orderwell.domains.cases.services.manage import lock_return_request, settle_return_request
from orderwell.domains.cases.services.speak import request_return
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.orders.services.loading import lock_order, lock_orders
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.permissions import Permission


def announce_return(*, access: OrderAccess, units: Mapping[int, Decimal], reason: str, now: datetime) -> Case:
    """A customer's request, if it is not too late for one. Raises what `request_return` raises, and ReturnTooLate."""
    with atomic():
        order = lock_orders([access.order_id]).get(access.order_id)
        if order is None:
            raise NotFound(kind="order", reference=str(access.order_id))
        terms = return_terms(order, now)
        if terms.refusal is not None:
            raise terms.refusal
        return request_return(access=access, units=units, reason=reason, now=now)


def settle_return(
    *,
    case_id: int,
    lines: Sequence[ReturnedUnits],
    reason: str,
    answer: str = "",
    credit: bool = False,
    refund: bool = False,
    actor: Actor,
    now: datetime,
) -> Return:
    """The requested goods, or some of them, came back: restocked or scrapped, credited and refunded where wanted.

    Raises NotFound, CaseWithoutOrder, NotAReturnRequest, and what `record_return` and `take_back` raise; then nothing of it happened.
    """
    actor.require(Permission.FULFILMENT_RETURN_CREATE)
    with atomic():
        # Orders before everything else: the order of locks of the whole program.
        order_id = Case.objects.filter(pk=case_id).values_list("order_id", flat=True).first()
        if order_id is None:
            raise CaseWithoutOrder(number=lock_case(case_id, actor=actor).number)
        lock_order(order_id, actor=actor, permission=Permission.FULFILMENT_RETURN_CREATE)
        case = lock_return_request(case_id, actor=actor)
        if credit or refund:
            back = take_back(order_id=order_id, lines=lines, reason=reason, refund=refund, actor=actor, now=now)
            document = back.document
        else:
            document = record_return(order_id=order_id, lines=lines, reason=reason, actor=actor, now=now)
        settle_return_request(
            case, outcome=f"return:{document.pk}", document=document.number, answer=answer, actor=actor, now=now
        )
    return document
