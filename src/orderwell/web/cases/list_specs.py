"""The inbox of cases, and what customers said after delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from orderwell.domains.cases.models import Case, Rating
from orderwell.domains.cases.queries import OPEN_STATES, CaseFilters, colleagues, matching, visible_cases
from orderwell.domains.cases.ratings import SCORES, rating_summary, ratings
from orderwell.domains.cases.services.many import (
    assign_back,
    assign_cases,
    close_cases,
    hide_ratings,
    reopen_cases,
    show_again,
    show_ratings,
)
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import colon
from orderwell.platform.permissions import Permission
from orderwell.web.cases.forms import KINDS, NOBODY
from orderwell.web.components.forms import offer, options
from orderwell.web.components.markup import markup, to
from orderwell.web.components.words import choices
from orderwell.web.lists.common import between, customer_id, customer_name, order_link, order_url, pick, product_name
from orderwell.web.lists.spec import Action, Column, Filter, ListSpec, Nothing, Tab, Values
from orderwell.web.orders.list_forms import BulkForm, BulkReasonForm
from orderwell.web.templatetags.cases import case_title, stars
from orderwell.web.templatetags.orderwell import day

P = Permission
ANY = "any"


class BulkAssignForm(BulkForm):
    assignee = forms.ChoiceField(label=_("In charge"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "assignee", options([(user.username, str(user)) for user in colleagues()], empty=NOBODY))


def case_rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Case]]:
    """Closed ones are seen by those who ask for them. Each open state alone is read in the order of its index."""
    if "pk" in values:
        return [visible_cases(actor)]
    state = values.get("state", "")
    wanted = _wanted(values)
    if state == ANY:
        return [matching(actor, wanted)]
    return [matching(actor, replace(wanted, state=one)) for one in ([state] if state else OPEN_STATES)]


def _wanted(values: Values) -> CaseFilters:
    wanted = CaseFilters(**pick(values, box="box", kind="kind", text="q"))
    return replace(wanted, customer_id=customer_id(values).get("customer_id"))


def counted_cases(actor: Actor, values: Values, now: datetime) -> QuerySet[Case]:
    state = values.get("state", "")
    wanted = _wanted(values)
    return matching(actor, replace(wanted, state="" if state == ANY else state or "any_open"))


def subject(case: Case) -> Any:
    urgent = ""
    if case.priority < Case.Priority.NORMAL:
        urgent = markup(' <span class="badge badge-state look-bad">{}</span>', gettext("Urgent"))
    return markup('<span class="fw-bold">{}</span>{}', case_title(case), urgent)


def due(case: Case) -> Any:
    late = case.due_at is not None and case.due_at < utc_now() and case.state != "closed"
    return markup('<span class="{}">{}</span>', "text-bad" if late else "", day(case.due_at))


def _name(value: Any) -> str:
    return str(value) if value else ""


CASES = ListSpec(
    name="cases",
    topics="cases",
    title=_("Cases"),
    permission=P.CASES_CASE_VIEW,
    url_name="case-list",
    columns=(
        Column("number", _("Number"), lambda c: c.number),
        Column("subject", _("Subject"), case_title, show=subject, narrow="main"),
        Column("kind", _("Kind"), lambda c: c.kind, "word", "case_kind", narrow="line"),
        Column("state", _("State"), lambda c: c.state, "word", "case", narrow="end"),
        Column("customer", _("Customer"), lambda c: _name(c.customer), needs=("customer",), narrow="line"),
        Column(
            "order",
            _("Order"),
            lambda c: _name(c.order),
            show=order_link,
            url=order_url,
            needs=("order",),
            narrow="line",
        ),
        Column("assignee", _("In charge"), lambda c: _name(c.assignee), needs=("assignee",)),
        Column("priority", _("Priority"), lambda c: c.priority, "whole"),
        Column("due", _("Due"), lambda c: c.due_at, "day", show=due),
        Column("touched", _("Last change"), lambda c: c.touched_at, "moment", sort="touched", narrow="line"),
        Column("opened", _("Opened"), lambda c: c.created_at, "moment"),
        Column("opened_by", _("Opened by"), lambda c: c.opener_label),
        Column("closed", _("Closed"), lambda c: c.closed_at, "moment"),
    ),
    default=("number", "subject", "kind", "state", "customer", "order", "assignee", "due", "touched"),
    rows=case_rows,
    counted=counted_cases,
    sorts={"touched": ("touched_at", "id")},
    default_sort="-touched",
    filters=(
        Filter("q", _("Search"), "text"),
        Filter("box", _("In charge"), choices=lambda actor: [("mine", _("Mine")), ("unassigned", _("Nobody's"))]),
        Filter("kind", _("Kind"), choices=lambda actor: choices("case_kind", *KINDS)),
        Filter("state", _("State"), choices=lambda actor: [*choices("case"), (ANY, _("Closed ones as well"))]),
        Filter("customer", _("Customer"), "hidden", say=customer_name),
    ),
    tabs=(
        Tab("open", pgettext_lazy("cases", "Open")),
        Tab("mine", _("Mine"), {"box": "mine"}),
        Tab("unassigned", _("Nobody's"), {"box": "unassigned"}),
        Tab("closed", pgettext_lazy("case state", "Closed"), {"state": "closed"}),
    ),
    actions=(
        Action(
            "assign",
            _("Give to"),
            "user",
            P.CASES_CASE_CHANGE,
            assign_cases,
            BulkAssignForm,
            assign_back,
            hint=_("Whoever gets them is told."),
        ),
        Action(
            "close",
            _("Close"),
            "check",
            P.CASES_CASE_CHANGE,
            close_cases,
            None,
            reopen_cases,
            hint=_("Return requests that were not settled are refused by it."),
        ),
    ),
    row_class=lambda case: "row-quiet" if case.state == "closed" else "",
    link=lambda case: to("case-detail", case.pk),
    search=_("Case, order, customer, subject"),
    buttons="lists/more/cases.html",
    nothing=Nothing(
        "circle-check",
        _("Nothing waits here"),
        _(
            "Questions and return requests of customers appear here by themselves; open a case for what you hear on the phone."
        ),
        "case-new",
        _("New case"),
        P.CASES_CASE_CHANGE,
        dialog=True,
    ),
)


def _asked(values: Values) -> dict[str, Any]:
    product = {"product_id": int(values["product"])} if values.get("product") else {}
    return {**customer_id(values), **product, **between(values)}


def rating_rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Rating]]:
    if "pk" in values:
        return [ratings(actor)]
    score = int(values["score"]) if values.get("score") else None
    hidden = {"hidden": True, "shown": False}.get(values.get("shown", ""))
    return [ratings(actor, score=score, hidden=hidden, **_asked(values))]


def rating_context(actor: Actor, values: Values) -> Mapping[str, Any]:
    return {"summary": rating_summary(actor, **_asked(values))}


def score(rating: Rating) -> Any:
    said = gettext("%(score)s of 5") % {"score": rating.score}
    return markup('<span class="stars" role="img" aria-label="{}">{}</span>', said, stars(rating.score))


def comment(rating: Rating) -> Any:
    return markup('<div class="wrap">{}</div>', rating.comment)


def hidden(rating: Rating) -> str:
    return f"{rating.hidden_by}{colon()}{rating.hidden_reason}" if rating.hidden_at else ""


RATINGS = ListSpec(
    name="ratings",
    topics="cases",
    title=_("Ratings"),
    permission=P.CASES_RATING_VIEW,
    url_name="rating-list",
    columns=(
        Column("score", _("Score"), lambda r: r.score, "whole", show=score, narrow="end", pictured=True),
        Column("comment", _("Comment"), lambda r: r.comment, show=comment, narrow="main"),
        Column(
            "order",
            _("Order"),
            lambda r: _name(r.order),
            show=order_link,
            url=order_url,
            needs=("order",),
            narrow="line",
        ),
        Column("customer", _("Customer"), lambda r: _name(r.customer), needs=("customer",), narrow="line"),
        Column("given", _("Given"), lambda r: r.created_at, "moment", sort="given", narrow="line"),
        Column("hidden", _("Hidden"), hidden, narrow="line"),
        Column("hidden_at", _("Hidden on"), lambda r: r.hidden_at, "moment"),
    ),
    default=("score", "comment", "order", "customer", "given", "hidden"),
    rows=rating_rows,
    sorts={"given": ("created_at", "id")},
    default_sort="-given",
    filters=(
        Filter("score", _("Score"), choices=lambda actor: [(str(n), stars(n)) for n in reversed(SCORES)]),
        Filter(
            "shown",
            _("Hidden ones"),
            choices=lambda actor: [("shown", _("Without hidden ones")), ("hidden", _("Hidden ones alone"))],
        ),
        Filter("from", _("From day"), "day"),
        Filter("to", _("Until day"), "day"),
        Filter("customer", _("Customer"), "hidden", say=customer_name),
        Filter("product", _("Product"), "hidden", say=product_name),
    ),
    tabs=(
        Tab("all", _("All")),
        Tab("poor", _("One star"), {"score": "1"}),
        Tab("hidden", _("Hidden"), {"shown": "hidden"}, P.CASES_RATING_MODERATE),
    ),
    actions=(
        Action(
            "hide",
            _("Hide"),
            "eye-off",
            P.CASES_RATING_MODERATE,
            hide_ratings,
            BulkReasonForm,
            show_again,
            hint=_("A hidden rating counts nowhere."),
        ),
        Action("show", _("Show again"), "eye", P.CASES_RATING_MODERATE, show_ratings),
    ),
    row_class=lambda rating: "row-quiet" if rating.hidden_at else "",
    link=order_url,
    above="lists/ratings/summary.html",
    context=rating_context,
    quick="lists/ratings/quick.html",
    nothing=Nothing(
        "star",
        _("No ratings yet"),
        _("Customers rate an order on their page once it has arrived. Give them its link from the order's page."),
        "order-list",
        _("To the orders"),
        P.ORDERS_ORDER_VIEW,
    ),
)
