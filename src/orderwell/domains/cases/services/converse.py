"""Messages of a case: answers to the customer, notes among colleagues, files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from orderwell.domains.cases.errors import CaseClosed, WrittenMeanwhile
from orderwell.domains.cases.events import CaseEvent
from orderwell.domains.cases.models import Case, Message, Notice
from orderwell.domains.cases.services.files import SentFile, checked_files, keep_files
from orderwell.domains.cases.services.loading import check_text, lock_case, stream_of
from orderwell.domains.cases.services.notify import notify, notify_mentioned
from orderwell.domains.cases.states import CASE
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.models import User
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission


def write_message(
    *,
    case_id: int,
    body: str,
    internal: bool = False,
    files: Sequence[SentFile] = (),
    seen: int | None = None,
    actor: Actor,
    now: datetime,
) -> Message:
    """Answer a case, or with `internal` leave a note that the customer never sees.

    `seen` is the newest message that the writer has read: what others wrote after it is looked at before an answer goes out.
    Whoever asked a colleagues' question writes on in it without any permission.

    Raises NotFound, CaseClosed, WrittenMeanwhile, Refusal.
    """
    text = check_text(body, "/body")
    uploads = checked_files(files)
    with atomic():
        case = lock_case(case_id, actor=actor)
        is_asker = case.kind == Case.Kind.STAFF_QUESTION and (actor.kind, actor.id) == ("user", case.opener_id)
        if not is_asker:
            actor.require(needed_for(case))
        if case.state == "closed" and not is_asker and not internal:
            raise CaseClosed(number=case.number)
        if seen is not None and not internal:
            _require_read(case, seen, actor)
        direction = Message.Direction.OUT
        if internal:
            direction = Message.Direction.INTERNAL
        elif is_asker:
            direction = Message.Direction.IN
        message = add_message(case, direction=direction, text=text, actor=actor, now=now)
        keep_files(uploads, message)
        subject = f"message:{message.pk}"
        notify_mentioned(text, stream=f"case:{case.pk}", subject=subject, actor=actor, now=now)
        _tell_the_other_side(case, direction, text, subject, actor, now)
    return message


def _require_read(case: Case, seen: int, actor: Actor) -> None:
    """Two who answer at once would each send an answer that knows nothing of the other."""
    newer = case.messages.filter(pk__gt=seen).order_by("-pk")
    if actor.kind == "user":
        newer = newer.exclude(author_id=actor.id)
    found = newer.first()
    if found is not None:
        raise WrittenMeanwhile(who=found.author_label)


def needed_for(case: Case) -> Permission:
    """What it takes to work on this case."""
    if case.kind == Case.Kind.STAFF_QUESTION:
        return Permission.CASES_STAFF_QUESTION_ANSWER
    return Permission.CASES_CASE_CHANGE


_STEPS = {Message.Direction.IN: "message", Message.Direction.OUT: "reply"}
_EVENTS = {
    Message.Direction.IN: CaseEvent.RECEIVED,
    Message.Direction.OUT: CaseEvent.REPLIED,
    Message.Direction.INTERNAL: CaseEvent.NOTED,
}


def add_message(case: Case, *, direction: Message.Direction, text: str, actor: Actor, now: datetime) -> Message:
    """The message, the state that follows from it, and the fact; of a locked case."""
    message = Message.objects.create(
        case=case,
        direction=direction,
        body=text,
        author_id=actor.id if actor.kind == "user" else None,
        author_label=actor.label[:120],
        created_at=now,
    )
    if direction in _STEPS:
        case.state = CASE.next(case.state, _STEPS[direction], case.number)
        case.closed_at = None
    case.touched_at = now
    case.version += 1
    case.save(update_fields=["state", "closed_at", "touched_at", "version"])
    data = {"number": case.number, "message_id": message.pk}
    record(Fact(_EVENTS[direction], stream_of(case), f"case:{case.pk}", data), actor=actor, now=now)
    return message


def _tell_the_other_side(
    case: Case, direction: Message.Direction, text: str, subject: str, actor: Actor, now: datetime
) -> None:
    """The asker of a colleagues' question hears of the answer, the one in charge of what the asker adds."""
    users: list[User] = []
    if case.kind == Case.Kind.STAFF_QUESTION and direction == Message.Direction.OUT and case.opener is not None:
        users.append(case.opener)
    if direction == Message.Direction.IN and case.assignee is not None:
        users.append(case.assignee)
    notify(users, kind=Notice.Kind.MESSAGE, stream=f"case:{case.pk}", subject=subject, text=text, actor=actor, now=now)
