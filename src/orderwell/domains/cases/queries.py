"""Reading cases, tasks and notices, already filtered for the actor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from orderwell.domains.cases.models import Case, Message, MessageFile, Notice, RequestedUnits, Task
from orderwell.domains.customers.models import Customer
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import visible_orders
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.models import User
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.paging import Page, capped_count, keyset_page
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared
from orderwell.platform.search import keys_begun, prefix

OPEN_STATES = ("open", "waiting_for_customer", "waiting_for_us")
# Tasks of one document that are looked at, the newest first.
MOST_TASKS = 50
UNANSWERED = ("open", "waiting_for_us")
FOR_CUSTOMERS = (Case.Kind.QUESTION, Case.Kind.RETURN_REQUEST, Case.Kind.COMPLAINT)


@dataclass(frozen=True)
class CaseFilters:
    """What the inbox is narrowed to. `box` is "mine", "unassigned" or "" for all; `state` may be "any_open"."""

    box: str = ""
    kind: str = ""
    state: str = ""
    order_id: int | None = None
    customer_id: int | None = None
    text: str = ""


def visible_cases(actor: Actor) -> QuerySet[Case]:
    """Cases of the orders and customers the actor may know of; of colleagues' questions their own, or all to answer."""
    rows = Case.objects.all()
    may_see = Q(kind=Case.Kind.STAFF_QUESTION, opener_id=actor.id) if actor.kind == "user" else Q(pk__isnull=True)
    if actor.may(Permission.CASES_STAFF_QUESTION_ANSWER):
        may_see |= Q(kind=Case.Kind.STAFF_QUESTION)
    if actor.may(Permission.CASES_CASE_VIEW):
        of_customers = ~Q(kind=Case.Kind.STAFF_QUESTION)
        if actor.channel_ids is not None or actor.team_ids is not None:
            known = Exists(visible_orders(actor).filter(pk=OuterRef("order_id")))
            of_customers &= Q(order__isnull=True) | Q(known)
        if actor.team_ids is not None:
            of_customers &= (
                Q(order__isnull=False) | Q(customer__isnull=True) | Q(customer__team_id__in=list(actor.team_ids))
            )
        may_see |= of_customers
    return rows.filter(may_see)


def case_list(
    actor: Actor, filters: CaseFilters | None = None, *, cursor: str | None = None, limit: int = 50
) -> Page[Case]:
    """Last touched first. Raises UnknownCursor; whoever may see no case gets an empty page."""
    rows = matching(actor, filters or CaseFilters()).select_related("order", "customer", "assignee")
    return keyset_page(rows, order=("-touched_at", "-id"), cursor=cursor, limit=limit)


def find_cases(actor: Actor, text: str, *, limit: int) -> list[Case]:
    """By the beginning of the number, as the search box looks for them."""
    ids = keys_begun(Case.objects.all(), text)
    if not ids:
        return []
    rows = visible_cases(actor).filter(pk__in=ids).select_related("order", "customer")
    return list(rows.order_by("-pk")[:limit])


def waiting_for_us(actor: Actor, *, limit: int) -> list[Case]:
    """New cases and those a customer answered last, the longest untouched first."""
    rows = visible_cases(actor).filter(state__in=UNANSWERED).select_related("order", "customer")
    return list(rows.order_by("touched_at", "id")[:limit])


def matching(actor: Actor, filters: CaseFilters) -> QuerySet[Case]:
    rows = visible_cases(actor)
    if filters.box == "mine":
        rows = rows.filter(assignee_id=actor.id if actor.kind == "user" else None)
    elif filters.box == "unassigned":
        rows = rows.filter(assignee=None)
    if filters.state == "any_open":
        rows = rows.filter(state__in=OPEN_STATES)
    elif filters.state:
        rows = rows.filter(state=filters.state)
    equal = {"kind": filters.kind, "order_id": filters.order_id, "customer_id": filters.customer_id}
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    return rows.filter(_names(filters.text.strip())) if filters.text.strip() else rows


def _names(text: str) -> Q:
    orders = Order.objects.filter(prefix("number", text.upper())).values("pk")
    customers = Customer.objects.filter(prefix("name", text) | prefix("number", text)).values("pk")
    return (
        prefix("number", text.upper()) | Q(order_id__in=orders) | Q(customer_id__in=customers) | prefix("subject", text)
    )


def inbox_counts(actor: Actor, *, cap: int = 1000) -> dict[str, int]:
    """Open cases of each box, counted up to `cap`."""
    open_ones = CaseFilters(state="any_open")
    boxes = {"mine": CaseFilters("mine", state="any_open"), "unassigned": CaseFilters("unassigned", state="any_open")}
    return {name: capped_count(matching(actor, found), cap) for name, found in {**boxes, "all": open_ones}.items()}


def case_detail(actor: Actor, case_id: int) -> Case:
    """A case with its conversation. Raises NotFound."""
    messages = Prefetch("messages", Message.objects.order_by("pk").select_related("author").prefetch_related("files"))
    found = (
        visible_cases(actor)
        .select_related("order", "customer", "assignee", "opener")
        .prefetch_related(messages, Prefetch("requested", RequestedUnits.objects.select_related("order_line__variant")))
        .filter(pk=case_id)
        .first()
    )
    if found is None:
        raise NotFound(kind="case", reference=str(case_id))
    return found


def files_of_customer(actor: Actor, customer_id: int, *, limit: int = 100) -> list[MessageFile]:
    """Files of the conversations with one customer that the actor may see, the newest first."""
    cases = visible_cases(actor).filter(customer_id=customer_id).exclude(kind=Case.Kind.STAFF_QUESTION).values("pk")
    rows = MessageFile.objects.filter(message__case__in=cases).select_related("message__case")
    return list(rows.order_by("-pk")[:limit])


def threads_of(order_id: int) -> list[Case]:
    """What a customer has written about an order and was answered: never an internal note, nor a case that is one only."""
    spoken = Message.objects.exclude(direction=Message.Direction.INTERNAL).order_by("pk")
    return list(
        Case.objects.filter(Exists(spoken.filter(case_id=OuterRef("pk"))), order_id=order_id, kind__in=FOR_CUSTOMERS)
        .prefetch_related(Prefetch("messages", spoken), "requested__order_line__variant")
        .order_by("-touched_at", "-pk")
    )


@dataclass(frozen=True, slots=True)
class Panel:
    """What the page of an order or a customer shows of conversations and tasks."""

    stream: str
    cases: list[Case]
    tasks: list[Task]


def order_panel(actor: Actor, order_id: int) -> Panel:
    """For an order the caller has already looked up."""
    return _panel(actor, f"order:{order_id}", _of_order, order_id)


def customer_panel(actor: Actor, customer_id: int) -> Panel:
    """For a customer the caller has already looked up: all their cases, those about orders as well."""
    return _panel(actor, f"customer:{customer_id}", _of_customer, customer_id)


def _panel(actor: Actor, stream: str, cases: Callable[[Actor, int], list[Case]], key: int) -> Panel:
    if not actor.may(Permission.CASES_CASE_VIEW):
        return Panel(stream, [], [])
    return Panel(stream, cases(actor, key), tasks_of(stream))


@prepared(Actor, int)
def _of_order(actor: Actor, order_id: int) -> QuerySet[Case]:
    return _last_touched(visible_cases(actor).filter(order_id=order_id))


@prepared(Actor, int)
def _of_customer(actor: Actor, customer_id: int) -> QuerySet[Case]:
    return _last_touched(visible_cases(actor).filter(customer_id=customer_id))


def _last_touched(cases: QuerySet[Case]) -> QuerySet[Case]:
    rows = cases.exclude(kind=Case.Kind.STAFF_QUESTION).select_related("assignee", "order")
    return rows.order_by("-touched_at", "-pk")[:20]


def tasks_of(stream: str, *, limit: int = MOST_TASKS) -> list[Task]:
    """Tasks of a document the caller has already looked up: open ones by date, then those last done."""
    rows = _newest_tasks(stream)[:limit]
    still_open = sorted(
        (task for task in rows if task.done_at is None),
        key=lambda task: (task.due_at is None, task.due_at or task.created_at),
    )
    return still_open + [task for task in rows if task.done_at is not None]


@prepared(str)
def _newest_tasks(stream: str) -> QuerySet[Task]:
    return Task.objects.filter(stream=stream).select_related("assignee").order_by("-pk")[:MOST_TASKS]


def task_list(
    actor: Actor,
    *,
    assignee: str = "",
    stream: str = "",
    done: bool | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Task]:
    """Tasks about documents the actor may know of, newest first. Raises PermissionDenied, UnknownCursor."""
    actor.require(Permission.CASES_CASE_VIEW)
    rows = Task.objects.select_related("assignee")
    if stream:
        find_document(actor, stream)
        rows = rows.filter(stream=stream)
    elif actor.channel_ids is not None or actor.team_ids is not None:
        # Rows of several tables can't be filtered by one join; whoever sees only a part gets their own tasks.
        rows = rows.filter(assignee_id=actor.id if actor.kind == "user" else None)
    if assignee:
        rows = rows.filter(assignee__username=assignee.lower())
    if done is not None:
        rows = rows.filter(done_at__isnull=not done)
    return keyset_page(rows, order=("-id",), cursor=cursor, limit=limit)


def open_tasks_of(actor: Actor, *, limit: int = 100) -> list[Task]:
    """What the actor is to do, the most urgent first."""
    if actor.kind != "user":
        return []
    rows = Task.objects.filter(assignee_id=actor.id, done_at=None).order_by("-pk")[:limit]
    return sorted(rows, key=lambda task: (task.due_at is None, task.due_at or task.created_at))


def titles_of(streams: set[str]) -> dict[str, str]:
    """What documents are called, with one query for each kind: {"order:12": "SO00000012"}."""
    found: dict[str, str] = {}
    models: dict[str, Any] = {"order": Order, "customer": Customer, "case": Case}
    for kind, model in models.items():
        keys = [int(key) for name, _, key in (stream.partition(":") for stream in streams) if name == kind]
        if keys:
            title = "name" if kind == "customer" else "number"
            rows = model.objects.filter(pk__in=keys).values_list("pk", title)
            found.update({f"{kind}:{pk}": text for pk, text in rows})
    return found


def notice_list(actor: Actor, *, unread: bool = False, cursor: str | None = None, limit: int = 50) -> Page[Notice]:
    """What the actor was told, newest first."""
    if actor.kind != "user" or actor.id is None:
        return Page([], None)
    rows = Notice.objects.filter(user_id=actor.id)
    if unread:
        rows = rows.filter(read_at=None)
    return keyset_page(rows, order=("-created_at", "-id"), cursor=cursor, limit=limit)


def unread_count(actor: Actor, *, cap: int = 99) -> int:
    """How many notices the actor has not read, or `cap` + 1."""
    if actor.kind != "user" or actor.id is None:
        return 0
    return capped_count(Notice.objects.filter(user_id=actor.id, read_at=None), cap)


def find_document(actor: Actor, stream: str) -> str:
    """What the document named "order:12", "customer:5" or "case:7" is called. Raises NotFound, also for hidden ones."""
    kind, _, key = stream.partition(":")
    title: str | None = None
    if key.isdecimal() and len(key) < 19:
        pk = int(key)
        if kind == "order" and actor.may(Permission.ORDERS_ORDER_VIEW):
            title = visible_orders(actor).filter(pk=pk).values_list("number", flat=True).first()
        elif kind == "customer" and actor.may(Permission.CUSTOMERS_CUSTOMER_VIEW):
            rows = rows_within(Customer.objects.filter(pk=pk), actor, team="team")
            title = rows.values_list("name", flat=True).first()
        elif kind == "case":
            title = visible_cases(actor).filter(pk=pk).values_list("number", flat=True).first()
    if title is None:
        raise NotFound(kind=kind[:20] or "document", reference=key[:40] or stream[:40])
    return title


def colleagues() -> list[User]:
    """Everybody a case or a task can be given to."""
    return list(User.objects.filter(is_active=True).order_by("name", "username")[:500])
