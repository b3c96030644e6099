"""Cases with their messages, tasks, ratings, and the customer's link to an order."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from msgspec import UNSET
from pydantic import Field

from orderwell.api.asked import customer_asked, one_asked, order_asked, state_asked, task_stream_asked, user_asked
from orderwell.api.bodies import ApiRequest
from orderwell.api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, shown
from orderwell.api.preconditions import etag, expected_version
from orderwell.api.requests import may_also
from orderwell.api.routing import Routes
from orderwell.api.shapes import Exact, Id, Input, LongText, Moment, QuantityIn, Reason, Shape, Text, columns
from orderwell.domains.automation.services.settle_return import settle_return
from orderwell.domains.cases import queries
from orderwell.domains.cases.models import Case, Message, Task
from orderwell.domains.cases.services.converse import write_message
from orderwell.domains.cases.services.manage import CaseChange, change_case, close_case, reopen_case
from orderwell.domains.cases.services.open_case import CaseDraft, open_case
from orderwell.domains.cases.services.tasks import add_task, finish_task
from orderwell.domains.cases.states import CASE
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits
from orderwell.kernel.clock import utc_now
from orderwell.platform.permissions import Permission

routes = Routes("cases")
VIEW, CHANGE, TASK = Permission.CASES_CASE_VIEW, Permission.CASES_CASE_CHANGE, Permission.CASES_TASK_CHANGE
Kind = Annotated[str, Field(max_length=20)]
Name = Annotated[str, Field(max_length=80)]
Stream = Annotated[str, Field(max_length=40, description='The document: "order:12", "customer:5" or "case:7"')]
Priority = Literal[10, 50, 90]


class MessageShape(Shape):
    id: int
    direction: str = Field(description="in: from the customer; out: to the customer; internal: never shown to them")
    body: str
    author_label: str
    created_at: Moment


class RequestedShape(Shape):
    order_line_id: int
    sku: str
    quantity: Exact


class CaseShape(Shape):
    id: int
    number: str
    version: int
    kind: str
    subject: str
    state: str
    priority: int = Field(description="10 high, 50 normal, 90 low")
    order_id: int | None
    order: str | None
    customer_id: int | None
    customer: str | None
    assignee: str | None
    opened_by_customer: bool
    opener_label: str
    due_at: Moment | None
    created_at: Moment
    touched_at: Moment
    closed_at: Moment | None
    outcome: str


class CaseDetailShape(CaseShape):
    messages: list[MessageShape]
    requested: list[RequestedShape]


class NewCase(Input):
    kind: Literal["question", "complaint"] = "question"
    body: LongText
    subject: Text = ""
    direction: Literal["in", "out", "internal"] = "internal"
    order_id: Id | None = None
    customer_id: Id | None = None
    assignee: Name = ""
    priority: Priority = 50
    due_at: Moment | None = None


class CaseEdit(Input):
    assignee: Name | None = Field(default=None, description="A user name; empty for nobody")
    priority: Priority | None = None
    due_at: Moment | None = None
    subject: Text | None = None


class NewMessage(Input):
    body: LongText
    internal: bool = False


class SettledLine(Input):
    line_id: Id
    quantity: QuantityIn
    disposition: Literal["restock", "scrap"] = "restock"
    warehouse: str | None = Field(default=None, max_length=40)


class Settlement(Input):
    lines: list[SettledLine] = Field(min_length=1, max_length=2000)
    reason: Reason
    answer: LongText = Field(default="", description="What the customer is told; empty for nothing")
    credit: bool = False
    refund: bool = False


class TaskShape(Shape):
    id: int
    stream: str
    text: str
    assignee: str | None
    due_at: Moment | None
    created_at: Moment
    author_label: str
    done_at: Moment | None
    done_label: str


class NewTask(Input):
    stream: Stream
    text: Annotated[str, Field(max_length=2000)]
    assignee: Name = ""
    due_at: Moment | None = None


class TaskDone(Input):
    done: bool = True


def _case(case: Case) -> dict[str, Any]:
    return columns(
        CaseShape,
        case,
        order=case.order.number if case.order is not None else None,
        customer=case.customer.number if case.customer is not None else None,
        assignee=case.assignee.username if case.assignee is not None else None,
    )


def _message(message: Message) -> dict[str, Any]:
    return columns(MessageShape, message)


def _detail(request: ApiRequest, response: HttpResponse | None, case_id: int) -> dict[str, Any]:
    case = queries.case_detail(may_also(request.actor, VIEW), case_id)
    if response is not None:
        response["ETag"] = etag(case.version)
    requested = [columns(RequestedShape, row, sku=row.order_line.sku) for row in case.requested.all()]
    return {**_case(case), "messages": [_message(row) for row in case.messages.all()], "requested": requested}


def _task(task: Task) -> dict[str, Any]:
    return columns(TaskShape, task, assignee=task.assignee.username if task.assignee is not None else None)


@routes.read("/cases", permission=VIEW, response=Page[CaseShape])
def list_cases(
    request: ApiRequest,
    response: HttpResponse,
    kind: Kind = "",
    state: Kind = "",
    order_id: Id | None = None,
    customer_id: Id | None = None,
    search: Annotated[str, Field(max_length=80)] = "",
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """Last touched first. `state` may also be "any_open"; `search` is the beginning of a number, name or subject."""
    filters = queries.CaseFilters(
        kind=one_asked(kind, Case.Kind.values, "/kind"),
        state=state_asked(CASE, state, "any_open"),
        order_id=order_asked(request.actor, order_id),
        customer_id=customer_asked(request.actor, customer_id),
        text=search,
    )
    found = queries.case_list(request.actor, filters, cursor=cursor, limit=limit)
    return shown(found, show=_case, request=request, response=response)


@routes.read("/cases/{case_id}", permission=VIEW, response=CaseDetailShape)
def get_case(request: ApiRequest, response: HttpResponse, case_id: Id) -> dict[str, Any]:
    return _detail(request, response, case_id)


@routes.write("POST", "/cases", permission=CHANGE, response=CaseDetailShape, status=201)
def create_case(request: ApiRequest, body: NewCase) -> dict[str, Any]:
    """Open a case about an order, a customer or neither, with its first message."""
    case = open_case(draft=CaseDraft(**dict(body)), actor=request.actor, now=utc_now())
    return _detail(request, None, case.pk)


@routes.write("PATCH", "/cases/{case_id}", permission=CHANGE, response=CaseDetailShape, versioned=True)
def edit_case(request: ApiRequest, response: HttpResponse, case_id: Id, body: CaseEdit) -> dict[str, Any]:
    """Who is in charge, until when, how urgent. What is left out stays; `due_at` null takes the date away."""
    given = {name: getattr(body, name) for name in body.model_fields_set}
    wanted = {name: UNSET if value is None and name != "due_at" else value for name, value in given.items()}
    version = expected_version(request)
    seeing = may_also(request.actor, VIEW)
    change_case(case_id=case_id, change=CaseChange(**wanted), version=version, actor=seeing, now=utc_now())
    return _detail(request, response, case_id)


@routes.write("POST", "/cases/{case_id}/messages", permission=CHANGE, response=MessageShape, status=201)
def add_case_message(request: ApiRequest, case_id: Id, body: NewMessage) -> dict[str, Any]:
    """Answer the customer, or leave an internal note."""
    seeing = may_also(request.actor, VIEW)
    message = write_message(case_id=case_id, body=body.body, internal=body.internal, actor=seeing, now=utc_now())
    return _message(message)


@routes.write("POST", "/cases/{case_id}/close", permission=CHANGE, response=CaseDetailShape)
def close_a_case(request: ApiRequest, response: HttpResponse, case_id: Id) -> dict[str, Any]:
    """Nothing more is to be done; a return request that was not settled is refused by it."""
    close_case(case_id=case_id, actor=may_also(request.actor, VIEW), now=utc_now())
    return _detail(request, response, case_id)


@routes.write("POST", "/cases/{case_id}/reopen", permission=CHANGE, response=CaseDetailShape)
def reopen_a_case(request: ApiRequest, response: HttpResponse, case_id: Id) -> dict[str, Any]:
    reopen_case(case_id=case_id, actor=may_also(request.actor, VIEW), now=utc_now())
    return _detail(request, response, case_id)


@routes.write(
    "POST", "/cases/{case_id}/return", permission=Permission.FULFILMENT_RETURN_CREATE, response=CaseDetailShape
)
def settle_return_request(request: ApiRequest, response: HttpResponse, case_id: Id, body: Settlement) -> dict[str, Any]:
    """The goods of a return request came back: record the return, and credit and refund it where that is wanted."""
    settle_return(
        case_id=case_id,
        lines=[ReturnedUnits(**dict(line)) for line in body.lines],
        reason=body.reason,
        answer=body.answer,
        credit=body.credit,
        refund=body.refund,
        actor=may_also(may_also(request.actor, VIEW), CHANGE),
        now=utc_now(),
    )
    return _detail(request, response, case_id)


@routes.read("/tasks", permission=VIEW, response=Page[TaskShape])
def list_tasks(
    request: ApiRequest,
    response: HttpResponse,
    stream: Stream = "",
    assignee: Name = "",
    done: bool | None = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """Newest first; of one document, of one colleague, open or done."""
    found = queries.task_list(
        request.actor,
        stream=task_stream_asked(request.actor, stream),
        assignee=user_asked(request.actor, assignee, "/assignee"),
        done=done,
        cursor=cursor,
        limit=limit,
    )
    return shown(found, show=_task, request=request, response=response)


@routes.write("POST", "/tasks", permission=TASK, response=TaskShape, status=201)
def create_task(request: ApiRequest, body: NewTask) -> dict[str, Any]:
    """Something to do about an order, a customer or a case."""
    actor = request.actor
    for needed in (VIEW, Permission.ORDERS_ORDER_VIEW, Permission.CUSTOMERS_CUSTOMER_VIEW):
        actor = may_also(actor, needed)
    return _task(add_task(**dict(body), actor=actor, now=utc_now()))


@routes.write("POST", "/tasks/{task_id}/done", permission=TASK, response=TaskShape)
def finish_a_task(request: ApiRequest, task_id: Id, body: TaskDone) -> dict[str, Any]:
    """Tick it off, or with `done` false open it again."""
    actor = request.actor
    for needed in (VIEW, Permission.ORDERS_ORDER_VIEW, Permission.CUSTOMERS_CUSTOMER_VIEW):
        actor = may_also(actor, needed)
    return _task(finish_task(task_id=task_id, done=body.done, actor=actor, now=utc_now()))
