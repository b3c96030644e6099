"""What a list is, as data: its columns, filters, orders, tabs and bulk actions. `views.py` makes the page of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.db.models import Field, Model, QuerySet
from django.utils.functional import Promise

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.printing.kinds import DocumentKind, kinds_of
from orderwell.platform.search import half_width
from orderwell.platform.views.sources import Act, Undo
from orderwell.web.components.forms import Form

Title = str | Promise
Values = Mapping[str, str]
Choices = Sequence[tuple[str, Title]]
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 30)


@dataclass(frozen=True, slots=True)
class Column:
    """`value` is what an export writes; `show`, where given, what the screen shows instead of it.

    `kind`: "text", "money", "number", "whole", "moment", "day", "yes_no", or "word" of a `vocabulary` in words.py;
    without one the value names it: "fulfilment/shipped".
    `narrow` is its place on a phone: "main" and "end" on the first line, "line" below them, "more" below with its title,
    "hide" for what another cell already says there.
    """

    key: str
    title: Title
    value: Callable[[Any], Any]
    kind: str = "text"
    vocabulary: str = ""
    currency: Callable[[Any], str] | None = None
    show: Callable[[Any], Any] | None = None
    url: Callable[[Any], str | None] | None = None
    # Key of a sort of the list, if the list can be in the order of this column.
    sort: str = ""
    # Relations that it reads, joined only when it is shown.
    needs: tuple[str, ...] = ()
    permission: Permission | None = None
    narrow: str = "more"
    # A number to programs and a picture or words to the eye: it stands where words stand.
    pictured: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A parameter of the list's address. `kind`: "choice", "flag", "day", "text", or "hidden" (set by links alone)."""

    key: str
    title: Title
    kind: str = "choice"
    choices: Callable[[Actor], Choices] | None = None
    # The words of a value that no choice has, such as the name of a customer; None: no such value.
    say: Callable[[Actor, str], str | None] | None = None
    # The choice that another spelling of it stands for, also where the choice is not offered because there is no other.
    alias: Callable[[Actor, str], str | None] | None = None
    # Whom the bar offers a flag to; the others are led to by tabs and links alone.
    offered_to: Permission | None = None

    def in_bar(self, actor: Actor) -> bool:
        if self.kind == "flag":
            return self.offered_to is not None and actor.may(self.offered_to)
        return self.kind != "hidden" and self.key != "q"

    def options(self, actor: Actor) -> Choices:
        return self.choices(actor) if self.choices else ()

    def asking_once(self) -> Filter:
        offered = self.choices
        return self if offered is None else replace(self, choices=cache(offered))

    def clean(self, value: str, actor: Actor) -> str:
        """The value, or nothing for one that makes no sense: the list shows more rows then, and says so."""
        value = value.replace("\0", "").strip()[:120]
        if not value:
            return ""
        match self.kind:
            case "flag":
                return "1"
            case "text":
                return half_width(value)
            case "day":
                return value if day_of(value) else ""
            case "choice":
                offered = {key for key, _title in self.options(actor)}
                if value not in offered and self.alias is not None:
                    value = self.alias(actor, value) or ""
                return value if value in offered else ""
            case "hidden":
                return value if self.say is None or self.say(actor, value) is not None else ""
            case _:
                return value

    def is_known(self, value: str, actor: Actor) -> bool:
        """Whether the list does what the value asks for; of a choice that is the only one, it does so in any case."""
        value = value.replace("\0", "").strip()
        if not value or self.clean(value, actor):
            return True
        return self.kind == "choice" and self.alias is not None and self.alias(actor, value) is not None


@dataclass(frozen=True, slots=True)
class Tab:
    """A name for a few filters, above the list."""

    key: str
    title: Title
    params: Values = field(default_factory=dict)
    permission: Permission | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """Something done to many rows. `form` asks for what it needs; `hint` says what will happen."""

    key: str
    title: Title
    icon: str
    permission: Permission
    act: Act
    form: Callable[..., Form] | None = None
    undo: Undo | None = None
    hint: Title = ""
    danger: bool = False
    # What the form begins with, by the filters of the list.
    start: Callable[[Values], Mapping[str, Any]] = lambda filters: {}


@dataclass(frozen=True, slots=True)
class Papers:
    """Documents that can be printed of ticked rows, as one file: all kinds of a `source`, such as "shipment".

    `of` finds their keys by those of the rows, in the order of the rows; without it the rows are the documents.
    """

    source: str
    of: Callable[[Actor, Sequence[int]], list[int]] | None = None


@dataclass(frozen=True, slots=True)
class Summed:
    """An amount of the rows that is added up for each currency, where a filter is set. `when` says for which filters.

    `standing`: what was undone counts nothing. `of` has the amounts by the keys of the rows, where no column does.
    """

    title: Title
    value: str
    when: Collection[str] = ()
    standing: bool = False
    of: Callable[[Actor, Sequence[int]], Mapping[int, Decimal]] | None = None


@dataclass(frozen=True, slots=True)
class Nothing:
    """What an empty list says: when there is nothing at all, and what to do then.

    `url` names the page that `action` leads to, `query` is what stands behind its address, `dialog` opens it here.
    """

    icon: str
    title: Title
    text: Title = ""
    url: str = ""
    action: Title = ""
    permission: Permission | None = None
    query: str = ""
    dialog: bool = False


Rows = Callable[[Actor, Values, datetime], Sequence[QuerySet[Any]]]
RowsAmong = Callable[[Actor, Values, datetime, Collection[int]], Sequence[QuerySet[Any]]]


@dataclass(frozen=True)
class ListSpec:
    """`rows` gives the rows the actor may see that pass the filters, as disjoint parts that each an index serves.

    `sorts`: key -> columns without NULL, ascending, the last one unique; offer none that no index serves. `order` may
    answer otherwise for some filters. `prepare` adds to a page or a chunk of rows what a column needs beyond them.
    """

    name: str
    title: Title
    permission: Permission
    url_name: str
    columns: tuple[Column, ...]
    default: tuple[str, ...]
    rows: Rows
    sorts: Mapping[str, tuple[str, ...]]
    default_sort: str
    nothing: Nothing
    filters: tuple[Filter, ...] = ()
    tabs: tuple[Tab, ...] = ()
    actions: tuple[Action, ...] = ()
    link: Callable[[Any], str | None] | None = None
    row_class: Callable[[Any], str] | None = None
    order: Callable[[Values, str], tuple[str, ...] | None] | None = None
    # Key of a sort -> the same rows in other parts, where another index serves that order.
    rows_by: Mapping[str, Rows] = field(default_factory=dict)
    # What sorts name beside the columns of the model, as the rows are annotated.
    computed: Mapping[str, Field[Any, Any]] = field(default_factory=dict)
    # The model of a list whose rows, without filters, depend on nothing but who asks: no moment, no setting, no other
    # rows. Its statement is then compiled once; and once for each value of the filters of which the same holds.
    steady: type[Model] | None = None
    steady_filters: frozenset[str] = frozenset()
    # Steady filters that many rows pass whose keys an index knows in the order of the list, and no more of them: the keys
    # of a page are found first, and only its rows are read.
    keys_first: frozenset[str] = frozenset()
    # Of a steady list that is searched by first finding keys: those that a text names, and the rows that are among them
    # and pass the other filters.
    named: Callable[[str], list[int]] | None = None
    rows_among: RowsAmong | None = None
    # The same rows as one part, where counting them that way takes fewer statements.
    counted: Callable[[Actor, Values, datetime], QuerySet[Any]] | None = None
    prepare: Callable[[Actor, Sequence[Any], Sequence[str]], None] | None = None
    papers: tuple[Papers, ...] = ()
    sums: tuple[Summed, ...] = ()
    # The entity of the fields that an administrator added; their values are in the row's `custom`.
    custom: str = ""
    search: Title = ""
    subtitle: Title = ""
    # A template with more about a row for the quick look, and what it needs.
    quick: str = ""
    quick_context: Callable[[Actor, Any], Mapping[str, Any]] | None = None
    # Events that make the page fetch its rows again (web/live): first words of their names. None: it stays as it is.
    topics: str = ""
    # The page above it: name of its address, and its title.
    parent: tuple[str, Title] | None = None
    # Templates of the buttons beside the heading, and of what stands above the list.
    buttons: str = ""
    above: str = ""
    context: Callable[[Actor, Values], Mapping[str, Any]] | None = None

    def asking_once(self) -> ListSpec:
        """The same for one page, which asks what a filter offers when it reads its address, shows it, and names what is set."""
        return replace(self, filters=tuple([item.asking_once() for item in self.filters]))

    def filter(self, key: str) -> Filter | None:
        return next((item for item in self.filters if item.key == key), None)

    def kinds_to_print(self, actor: Actor) -> list[DocumentKind]:
        return [kind for papers in self.papers for kind in kinds_of(papers.source) if actor.may(kind.permission)]

    def action(self, key: str) -> Action | None:
        return next((item for item in self.actions if item.key == key), None)


def day_of(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_DAY <= found <= LAST_DAY else None
