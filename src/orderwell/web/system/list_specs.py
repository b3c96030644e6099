"""The lists of the administrator: imports, events, what could not be delivered, jobs, users."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from orderwell.domains.integrations.models import ImportBatch
from orderwell.domains.integrations.queries import imports
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.models import User
from orderwell.platform.accounts.queries import roles, roles_held, teams_joined, users
from orderwell.platform.accounts.services.many import activate_users, close_users, open_again
from orderwell.platform.events.models import Delivery, Event
from orderwell.platform.events.queries import all_events, backlog, dead_letters
from orderwell.platform.events.services import discard_each, replay_each
from orderwell.platform.formats import listed
from orderwell.platform.jobs.queries import jobs
from orderwell.platform.permissions import Permission
from orderwell.web.components.causes import cause_text
from orderwell.web.components.doers import who
from orderwell.web.components.markup import markup, safe, to
from orderwell.web.components.numbers import add_numbers
from orderwell.web.components.schedules import job_name
from orderwell.web.components.timeline import sentence_of
from orderwell.web.components.words import choices, word
from orderwell.web.lists.common import between, pick
from orderwell.web.lists.spec import Action, Column, Filter, ListSpec, Nothing, Tab, Values
from orderwell.web.templatetags.orderwell import cause_link, last_word

P = Permission
CLOSED = pgettext_lazy("account", "Closed")


def import_rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Any]]:
    return [imports(actor, **pick(values, state="state", mode="mode"), **between(values))]


IMPORTS = ListSpec(
    name="imports",
    topics="integrations",
    title=_("Imports"),
    permission=P.ORDERS_ORDER_IMPORT,
    url_name="import-list",
    columns=(
        Column("file", _("File"), lambda b: b.file_name, narrow="main"),
        Column("state", _("State"), lambda b: b.state, "word", "import", narrow="end"),
        Column("dry", _("Dry run"), lambda b: b.dry_run, "yes_no"),
        Column("mode", _("Mode"), lambda b: b.mode, "word", "mode", narrow="line"),
        Column("rows", _("Rows"), lambda b: b.lines, "whole"),
        Column("done", _("Done"), lambda b: b.done, "whole"),
        Column("duplicate", _("Duplicate"), lambda b: b.duplicate, "whole"),
        Column("refused", _("Refused"), lambda b: b.refused, "whole"),
        Column("orders", _("Orders"), lambda b: b.orders, "whole"),
        Column("returns", _("Returns"), lambda b: b.returns, "whole"),
        Column("who", _("Who"), lambda b: who(b.actor_label), narrow="line"),
        Column("created", _("When"), lambda b: b.created_at, "moment", sort="created", narrow="line"),
        Column("finished", _("Finished"), lambda b: b.finished_at, "moment"),
    ),
    default=("file", "state", "mode", "dry", "rows", "done", "duplicate", "refused", "who", "created"),
    rows=import_rows,
    sorts={"created": ("created_at", "id")},
    default_sort="-created",
    steady=ImportBatch,
    steady_filters=frozenset({"state", "mode", "from", "to"}),
    filters=(
        Filter("state", _("State"), choices=lambda actor: choices("import")),
        Filter("mode", _("Mode"), choices=lambda actor: choices("mode")),
        Filter("from", _("From day"), "day"),
        Filter("to", _("Until day"), "day"),
    ),
    link=lambda batch: to("import-detail", batch.pk),
    buttons="lists/more/imports.html",
    nothing=Nothing(
        "database-import",
        _("No imports yet"),
        _("Bring in orders from CSV, Excel or JSON Lines. A dry run tells every verdict and changes nothing."),
        "import-new",
        _("Import a file"),
        P.ORDERS_ORDER_IMPORT,
    ),
)


def event_rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Any]]:
    return [all_events(actor=actor, text=values.get("q", ""))]


def what(event: Any) -> Any:
    return SafeString(f'<div class="wrap">{safe(sentence_of(event))}<div class="sub">{safe(event.name)}</div></div>')


def stream(event: Any) -> str:
    return cause_text(event.stream, getattr(event, "cause_number", ""))


def stream_link(event: Any) -> Any:
    return cause_link(event.stream, getattr(event, "cause_number", ""))


def name_streams(actor: Actor, found: Sequence[Any], keys: Sequence[str]) -> None:
    if "stream" in keys:
        add_numbers(actor, found, "stream")
    words = {source: str(word("source", source)) for source in {event.source for event in found}}
    for event in found:
        event.source_word = words[event.source]


EVENTS = ListSpec(
    name="events",
    title=_("Events"),
    permission=P.SYSTEM_EVENT_VIEW,
    url_name="event-list",
    columns=(
        Column("when", _("When"), lambda e: e.occurred_at, "moment", sort="id", narrow="line"),
        Column("what", _("What"), sentence_of, show=what, narrow="main"),
        Column("name", _("Name"), lambda e: e.name),
        Column("stream", _("Stream"), stream, show=stream_link, narrow="line"),
        Column("subject", _("Subject"), lambda e: e.subject),
        Column("who", _("Who"), lambda e: who(e.actor_label), narrow="line"),
        Column("source", _("Source"), lambda e: e.source_word, narrow="line"),
        Column("address", _("Address"), lambda e: e.address),
    ),
    default=("when", "what", "stream", "who", "source", "address"),
    rows=event_rows,
    prepare=name_streams,
    sorts={"id": ("id",)},
    default_sort="-id",
    steady=Event,
    filters=(Filter("q", _("Stream"), "text"),),
    search=_("Stream, such as order:12"),
    above="lists/more/system.html",
    context=lambda actor, values: {"here": "events", "backlog": backlog()},
    nothing=Nothing(
        "activity", _("No events"), _("Everything that happens stands here, with who did it and from where.")
    ),
)


def dead_rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Any]]:
    return [dead_letters(actor=actor)]


DEAD_LETTERS = ListSpec(
    name="dead-letters",
    topics="events",
    title=_("Undelivered"),
    permission=P.SYSTEM_EVENT_VIEW,
    url_name="dead-letters",
    columns=(
        Column("event", _("Event"), lambda d: d.event.name, narrow="main"),
        Column(
            "stream",
            _("Stream"),
            lambda d: cause_text(d.event.stream),
            show=lambda d: cause_link(d.event.stream),
            narrow="line",
        ),
        Column("when", _("When"), lambda d: d.event.occurred_at, "moment", sort="id", narrow="line"),
        Column(
            "subscriber",
            _("For"),
            lambda d: d.subscriber,
            show=lambda d: markup('<span class="wrap">{}</span>', d.subscriber),
        ),
        Column("attempts", _("Attempts"), lambda d: d.attempts, "whole", narrow="end"),
        Column(
            "error",
            _("Last error"),
            lambda d: d.last_error,
            show=lambda d: markup('<span class="wrap">{}</span>', d.last_error[:400]),
        ),
    ),
    default=("event", "stream", "when", "subscriber", "attempts", "error"),
    rows=dead_rows,
    sorts={"id": ("id",)},
    default_sort="-id",
    steady=Delivery,
    actions=(
        Action("retry", _("Try again"), "refresh", P.SYSTEM_EVENT_REPLAY, replay_each),
        Action(
            "dismiss",
            _("Give up"),
            "trash",
            P.SYSTEM_EVENT_REPLAY,
            discard_each,
            hint=_("What was to follow from these events will not happen. This cannot be undone."),
            danger=True,
        ),
    ),
    above="lists/more/system.html",
    context=lambda actor, values: {"here": "dead", "backlog": backlog()},
    nothing=Nothing(
        "circle-check", _("Everything was delivered"), _("What fails ten times in a row lands here, with the reason.")
    ),
)


def job_rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Any]]:
    return [jobs(actor=actor, **pick(values, status="status"))]


JOBS = ListSpec(
    name="jobs",
    title=_("Jobs"),
    parent=("system-health", _("Health")),
    permission=P.SYSTEM_EVENT_VIEW,
    url_name="job-list",
    columns=(
        Column("job", _("Job"), lambda j: job_name(j.task_path), narrow="main"),
        Column("state", _("State"), lambda j: j.status, "word", "job", narrow="end"),
        Column("enqueued", _("Enqueued"), lambda j: j.enqueued_at, "moment", sort="enqueued"),
        Column("started", _("Started"), lambda j: j.started_at, "moment"),
        Column("finished", _("Finished"), lambda j: j.finished_at, "moment"),
        Column("error", _("Error"), lambda j: last_word(j.exception_class_path)),
    ),
    default=("job", "state", "enqueued", "started", "finished", "error"),
    rows=job_rows,
    sorts={"enqueued": ("enqueued_at", "id")},
    default_sort="-enqueued",
    steady=DBTaskResult,
    steady_filters=frozenset({"status"}),
    filters=(Filter("status", _("State"), choices=lambda actor: choices("job")),),
    above="lists/more/system.html",
    context=lambda actor, values: {"here": "jobs", "backlog": backlog()},
    nothing=Nothing("robot", _("No jobs yet"), _("Imports and other work in the background appear here.")),
)


def user_rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Any]]:
    active = {"closed": False, "all": None}.get(values.get("active", ""), None if "pk" in values else True)
    found = users(actor, text=values.get("q", ""), role=values.get("role", ""), active=active)
    return [found.prefetch_related(None)]


def name_roles(actor: Actor, found: Sequence[Any], keys: Sequence[str]) -> None:
    """The roles and teams of the whole page, each with one query, for columns that show them."""
    ids = [user.pk for user in found]
    held = roles_held(ids) if "roles" in keys else []
    joined = teams_joined(ids) if "teams" in keys else []
    for user in found:
        user.role_titles = [gettext(title) for holder, title in held if holder == user.pk]
        user.team_names = [name for member, name in joined if member == user.pk]


def role_choices(actor: Actor) -> list[tuple[str, Any]]:
    return [(role.code, gettext(role.title)) for role in roles()]


USERS = ListSpec(
    name="users",
    topics="accounts",
    title=_("Users"),
    permission=P.SYSTEM_USER_MANAGE,
    url_name="admin-users",
    columns=(
        Column("username", _("User name"), lambda u: u.username, sort="username", narrow="main"),
        Column("name", _("Name"), lambda u: u.name, narrow="line"),
        Column("roles", _("Roles"), lambda u: listed(u.role_titles), narrow="line"),
        Column("teams", _("Teams"), lambda u: listed(u.team_names)),
        Column("active", _("Active"), lambda u: u.is_active, "yes_no"),
        Column("last", _("Last sign-in"), lambda u: u.last_login, "moment"),
        Column("created", _("Created"), lambda u: u.created_at, "moment"),
    ),
    default=("username", "name", "roles", "teams", "active", "last"),
    rows=user_rows,
    prepare=name_roles,
    sorts={"username": ("username",)},
    default_sort="username",
    steady=User,
    steady_filters=frozenset({"role", "active"}),
    filters=(
        Filter("q", _("Search"), "text"),
        Filter("role", _("Role"), choices=role_choices),
        Filter("active", CLOSED, choices=lambda actor: [("closed", CLOSED), ("all", _("Active and closed"))]),
    ),
    tabs=(Tab("all", _("Active")), Tab("closed", CLOSED, {"active": "closed"})),
    actions=(
        Action(
            "close",
            _("Close"),
            "lock",
            P.SYSTEM_USER_MANAGE,
            close_users,
            None,
            open_again,
            hint=_("They can no longer sign in. What they did stays under their name."),
        ),
        Action("open", _("Open again"), "lock-open", P.SYSTEM_USER_MANAGE, activate_users),
    ),
    link=lambda user: to("admin-user", user.pk),
    parent=("admin", _("Administration")),
    buttons="lists/more/users.html",
    row_class=lambda user: "" if user.is_active else "row-quiet",
    search=_("User name or name"),
    nothing=Nothing("user", _("No users")),
)
