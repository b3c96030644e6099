"""What a customer does on their page: ask, announce a return, rate. The proof of access takes the place of a permission."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Sum

from orderwell.domains.cases.access import OrderAccess
from orderwell.domains.cases.errors import (
    AlreadyRated,
    MoreThanCanComeBack,
    NotDelivered,
    NothingToSendBack,
    TooManyMessages,
)
from orderwell.domains.cases.events import CaseEvent
from orderwell.domains.cases.models import Case, Message, Notice, Rating, RequestedUnits
from orderwell.domains.cases.queries import FOR_CUSTOMERS
from orderwell.domains.cases.services.converse import add_message
from orderwell.domains.cases.services.loading import check_text
from orderwell.domains.cases.services.notify import notify
from orderwell.domains.cases.services.open_case import CaseDraft, write_case
from orderwell.domains.catalog.naming import read_name
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.services.loading import lock_orders
from orderwell.kernel.errors import DomainError, ErrorDetail, InvalidValue, Named, NotFound, Refusal
from orderwell.kernel.quantities import plain
from orderwell.kernel.refusals import quantity_problems, text_problems
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record

MOST_TEXT = 2000
# Per order; more than anybody types by hand, few enough to read.
MOST_MESSAGES, WINDOW = 10, timedelta(hours=1)
ZERO = Decimal(0)
_DELIVERED = (Order.FulfilmentState.DELIVERED, Order.FulfilmentState.RETURNED)


def ask(*, access: OrderAccess, body: str, case_id: int | None = None, now: datetime) -> Case:
    """Write in the conversation `case_id` of this order, or begin one. Raises Refusal, TooManyMessages, NotFound."""
    text = check_text(body, "/body", limit=MOST_TEXT)
    with atomic():
        order = _lock(access)
        _check_rate(order, now)
        if case_id is None:
            draft = CaseDraft(Case.Kind.QUESTION, text, direction="in")
            return write_case(draft, order=order, customer_id=order.customer_id, actor=access.actor, now=now)
        rows = Case.objects.select_for_update(of=("self",)).filter(kind__in=FOR_CUSTOMERS)
        case = rows.filter(pk=case_id, order_id=order.pk).first()
        if case is None or not case.messages.exclude(direction=Message.Direction.INTERNAL).exists():
            raise NotFound(kind="conversation", reference=str(case_id))
        message = add_message(case, direction=Message.Direction.IN, text=text, actor=access.actor, now=now)
        if case.assignee is not None:
            notify(
                [case.assignee],
                kind=Notice.Kind.MESSAGE,
                stream=f"case:{case.pk}",
                subject=f"message:{message.pk}",
                text=text,
                actor=access.actor,
                now=now,
            )
    return case


def returnable_units(order: Order) -> dict[int, Decimal]:
    """{line id: units} that were shipped, did not come back and are in no request that still waits."""
    lines = order.lines.filter(kind=OrderLine.Kind.GOODS, quantity_shipped__gt=0)
    shipped = {line.pk: line.quantity_shipped - line.quantity_returned for line in lines}
    waiting = (
        RequestedUnits.objects.filter(order_line_id__in=list(shipped), case__outcome="")
        .order_by()
        .values_list("order_line_id")
        .annotate(total=Sum("quantity"))
    )
    asked = dict(waiting.values_list("order_line_id", "total"))
    return {pk: left for pk, units in shipped.items() if (left := units - asked.get(pk, ZERO)) > 0}


def request_return(*, access: OrderAccess, units: Mapping[int, Decimal], reason: str, now: datetime) -> Case:
    """A request to send back some units. The order is locked, so that two at once never ask for more than was shipped.

    Raises NothingToSendBack, TooManyMessages, or Refusal with an entry for each unusable line.
    """
    text = check_text(reason, "/reason", limit=MOST_TEXT)
    with atomic():
        order = _lock(access)
        _check_rate(order, now)
        left = returnable_units(order)
        if not left or not units:
            raise NothingToSendBack
        _check_units(order, units, left)
        draft = CaseDraft(Case.Kind.RETURN_REQUEST, text, direction="in")
        case = write_case(draft, order=order, customer_id=order.customer_id, actor=access.actor, now=now)
        RequestedUnits.objects.bulk_create(
            RequestedUnits(case=case, order_line_id=pk, quantity=quantity) for pk, quantity in sorted(units.items())
        )
    return case


def rate(*, access: OrderAccess, score: int, comment: str = "", now: datetime) -> Rating:
    """One to five, once, after delivery. Raises NotDelivered, AlreadyRated, Refusal."""
    problems: list[DomainError] = list(text_problems(comment, "/comment", MOST_TEXT, lines=True))
    if isinstance(score, bool) or score not in range(1, 6):
        problems.append(InvalidValue(pointer="/score", value=score, expected="1 / 2 / 3 / 4 / 5"))
    if problems:
        raise Refusal([problem.detail() for problem in problems])
    with atomic():
        order = _lock(access)
        if order.fulfilment_state not in _DELIVERED:
            raise NotDelivered
        if Rating.objects.filter(order=order).exists():
            raise AlreadyRated
        values = {"score": score, "comment": comment.strip(), "created_at": now}
        rating = Rating.objects.create(order=order, customer_id=order.customer_id, **values)
        fact = Fact(CaseEvent.RATED, f"order:{order.pk}", f"rating:{rating.pk}", {"score": score})
        record(fact, actor=access.actor, now=now)
    return rating


def _lock(access: OrderAccess) -> Order:
    order = lock_orders([access.order_id]).get(access.order_id)
    if order is None or order.placed_at is None:
        raise NotFound(kind="order", reference=str(access.order_id))
    return order


def _check_rate(order: Order, now: datetime) -> None:
    recent = Message.objects.filter(
        case__order_id=order.pk, direction=Message.Direction.IN, author=None, created_at__gt=now - WINDOW
    )
    if recent.count() >= MOST_MESSAGES:
        raise TooManyMessages(minutes=int(WINDOW.total_seconds() // 60))


def _named(line: OrderLine) -> Named:
    """As the page calls it: kept in the customer's language, read in that of whoever looks at it."""
    zh, en = (read_name(line.name, line.variant, chinese=chinese) for chinese in (True, False))
    return Named(line.name, name_zh=zh, name_en=en)


def _check_units(order: Order, units: Mapping[int, Decimal], left: Mapping[int, Decimal]) -> None:
    lines = {line.pk: line for line in order.lines.filter(pk__in=list(units)).select_related("variant")}
    problems: list[ErrorDetail] = []
    for pk, quantity in units.items():
        line = lines.get(pk)
        if line is None:
            # Another order's line: whoever sends it learns nothing about it.
            problems.append(NotFound(kind="line", reference=str(pk), pointer=f"/lines/{pk}").detail())
            continue
        pointer = f"/lines/{pk}/quantity"
        places = line.variant.quantity_places if line.variant is not None else 0
        wrong = [problem.detail() for problem in quantity_problems(quantity, pointer, sku=line.sku, places=places)]
        if not wrong and quantity > left.get(pk, ZERO):
            wrong = [
                MoreThanCanComeBack(
                    pointer=pointer, name=_named(line), left=plain(left.get(pk, ZERO)), value=plain(quantity)
                ).detail()
            ]
        problems += wrong
    if problems:
        raise Refusal(problems)
