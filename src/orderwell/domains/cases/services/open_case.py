"""A case begins: opened by a colleague for a customer, or by anybody of the staff who needs help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orderwell.domains.cases.events import CaseEvent
from orderwell.domains.cases.models import Case, Message, Notice
from orderwell.domains.cases.services.files import SentFile, checked_files, keep_files
from orderwell.domains.cases.services.loading import check_text, colleague, require_sight, stream_of
from orderwell.domains.cases.services.notify import notify, notify_mentioned, people_who_may
from orderwell.domains.cases.states import CASE
from orderwell.domains.customers.models import Customer
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import visible_orders
from orderwell.kernel.errors import InvalidValue, NotFound, Refusal
from orderwell.kernel.refusals import moment_problems, text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.models import User
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.database import allocate_ids, atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.numbering.services import numbers_of_keys
from orderwell.platform.permissions import Permission


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """`body` is the first message; `direction` whether the customer said it ("in"), we did ("out"), or it is a note."""

    kind: str
    body: str
    subject: str = ""
    direction: str = "internal"
    order_id: int | None = None
    customer_id: int | None = None
    assignee: str = ""
    priority: int = Case.Priority.NORMAL
    due_at: datetime | None = None


def open_case(*, draft: CaseDraft, actor: Actor, now: datetime) -> Case:
    """Open a case about an order, a customer or neither. Raises PermissionDenied, NotFound, Refusal, and
    UnknownColleague or NotTheirsToSee for the one in charge."""
    actor.require(Permission.CASES_CASE_CHANGE)
    allowed = (Case.Kind.QUESTION, Case.Kind.COMPLAINT)
    if draft.kind not in allowed:
        raise InvalidValue(pointer="/kind", value=draft.kind[:40], expected=" / ".join(allowed))
    if draft.direction not in Message.Direction.values:
        expected = " / ".join(Message.Direction.values)
        raise InvalidValue(pointer="/direction", value=draft.direction[:40], expected=expected)
    if draft.priority not in Case.Priority.values:
        raise InvalidValue(pointer="/priority", value=draft.priority, expected="10 / 50 / 90")
    check(draft)
    with atomic():
        order, customer_id = _subject_of(draft, actor)
        assignee = colleague(draft.assignee)
        case = write_case(draft, order=order, customer_id=customer_id, assignee=assignee, actor=actor, now=now)
        if assignee is not None:
            require_sight(assignee, f"case:{case.pk}")
            notify(
                [assignee],
                kind=Notice.Kind.CASE,
                stream=f"case:{case.pk}",
                subject=f"case:{case.pk}",
                text=draft.subject or draft.body,
                actor=actor,
                now=now,
            )
    return case


def ask_colleagues(*, subject: str, body: str, files: Sequence[SentFile] = (), actor: Actor, now: datetime) -> Case:
    """A question of somebody of the staff, for the administrators. Needs no permission. Raises Refusal, NotFound."""
    if actor.kind != "user":
        raise NotFound(kind="user", reference=actor.label)
    draft = CaseDraft(
        Case.Kind.STAFF_QUESTION, body, subject=check_text(subject, "/subject", limit=240), direction="in"
    )
    check(draft)
    uploads = checked_files(files)
    with atomic():
        case = write_case(draft, actor=actor, now=now)
        keep_files(uploads, case.messages.get())
        notify(
            people_who_may(Permission.CASES_STAFF_QUESTION_ANSWER),
            kind=Notice.Kind.CASE,
            stream=f"case:{case.pk}",
            subject=f"case:{case.pk}",
            text=draft.subject,
            actor=actor,
            now=now,
        )
    return case


def check(draft: CaseDraft) -> None:
    check_text(draft.body, "/body")
    problems = list(text_problems(draft.subject, "/subject", 240))
    if draft.due_at is not None:
        problems += moment_problems(draft.due_at, "/due_at")
    if problems:
        raise Refusal([problem.detail() for problem in problems])


def _subject_of(draft: CaseDraft, actor: Actor) -> tuple[Order | None, int | None]:
    """The order, and the customer: that of the order where one is given."""
    if draft.order_id is not None:
        order = visible_orders(actor).filter(pk=draft.order_id).first()
        if order is None:
            raise NotFound(kind="order", reference=str(draft.order_id), pointer="/order_id")
        return order, order.customer_id
    if draft.customer_id is None:
        return None, None
    if not rows_within(Customer.objects.filter(pk=draft.customer_id), actor, team="team").exists():
        raise NotFound(kind="customer", reference=str(draft.customer_id), pointer="/customer_id")
    return None, draft.customer_id


def write_case(
    draft: CaseDraft,
    *,
    order: Order | None = None,
    customer_id: int | None = None,
    assignee: User | None = None,
    actor: Actor,
    now: datetime,
) -> Case:
    """The rows and the fact; inside the caller's transaction, of a draft that was checked."""
    pk = allocate_ids({Case: 1})[Case][0]
    case = Case(
        pk=pk,
        number=numbers_of_keys("cases.case_number_template", [pk], now=now)[0],
        kind=draft.kind,
        subject=draft.subject.strip(),
        state=CASE.initial,
        priority=draft.priority,
        order=order,
        customer_id=customer_id,
        assignee=assignee,
        opener_id=actor.id if actor.kind == "user" else None,
        opened_by_customer=actor.kind == "customer",
        opener_label=actor.label[:120],
        due_at=draft.due_at,
        created_at=now,
        touched_at=now,
    )
    case.save(force_insert=True)
    message = Message.objects.create(
        case=case,
        direction=draft.direction,
        body=draft.body.strip(),
        author_id=case.opener_id,
        author_label=actor.label[:120],
        created_at=now,
    )
    fact = Fact(CaseEvent.OPENED, stream_of(case), f"case:{case.pk}", {"number": case.number, "case_kind": case.kind})
    record(fact, actor=actor, now=now)
    if actor.kind != "customer":
        notify_mentioned(draft.body, stream=f"case:{case.pk}", subject=f"message:{message.pk}", actor=actor, now=now)
    return case
