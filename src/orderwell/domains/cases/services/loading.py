"""How use cases get at a case, and what they check of what people typed."""

from __future__ import annotations

from orderwell.domains.cases.errors import NotTheirsToSee, UnknownColleague
from orderwell.domains.cases.events import CaseEvent
from orderwell.domains.cases.models import Case
from orderwell.domains.cases.queries import find_document, visible_cases
from orderwell.kernel.errors import DomainError, NotFound, Refusal, StaleVersion
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.authentication import actor_for_user
from orderwell.platform.accounts.models import User
from orderwell.platform.events.models import Event

MOST_TEXT = 10_000


def lock_case(case_id: int, *, actor: Actor, version: int | None = None) -> Case:
    """The locked case. Raises NotFound, StaleVersion."""
    case = visible_cases(actor).select_for_update(of=("self",)).filter(pk=case_id).first()
    if case is None:
        raise NotFound(kind="case", reference=str(case_id))
    if version is not None and version != case.version:
        raise StaleVersion(kind="case", current=case.version, given=version)
    return case


def check_text(value: str, pointer: str, *, limit: int = MOST_TEXT) -> str:
    """The text without the space around it. Raises Refusal."""
    problems: list[DomainError] = list(text_problems(value, pointer, limit, needed=True, lines=True))
    if problems:
        raise Refusal([problem.detail() for problem in problems])
    return value.strip()


def colleague(username: str, pointer: str = "/assignee") -> User | None:
    """The active user of that name, None for an empty one. Raises UnknownColleague."""
    if not username.strip():
        return None
    user = User.objects.filter(username=username.strip().lower(), is_active=True).first()
    if user is None:
        raise UnknownColleague(value=username[:80], pointer=pointer)
    return user


def require_sight(user: User, stream: str) -> None:
    """A case or a task is given to nobody who can't open the document that it is about. Raises NotTheirsToSee."""
    try:
        find_document(actor_for_user(user), stream)
    except NotFound:
        raise NotTheirsToSee(name=str(user)[:80], pointer="/assignee") from None


def stream_of(case: Case) -> str:
    """The timeline on which a case leaves its facts."""
    if case.order_id is not None:
        return f"order:{case.order_id}"
    return f"customer:{case.customer_id}" if case.customer_id is not None else f"case:{case.pk}"


def last_changed_by(case: Case) -> str:
    """Who was the last to put something of this case right, of several cases of one order this one's."""
    told = Event.objects.filter(stream=stream_of(case), subject=f"case:{case.pk}", name=CaseEvent.CHANGED)
    return told.order_by("-id").values_list("actor_label", flat=True).first() or ""
