"""Model instances made of rows as a page reads them: by the hundred, and never to be told about.

Django makes each one through `Model.__init__`, which sets field by field and tells who listens, and puts each cell through
converters for every case. That takes longer than the database needs to find the rows. What comes out is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models import base as model_base
from django.db.models.base import ModelState
from django.db.models.query import ModelIterable, get_related_populators

Make = Callable[[Sequence[Any]], Any]
Convert = Callable[[Any], Any]
# Where Django keeps whom it tells of instances: nobody of ours, but a field of Django's may listen.
_told: Any = model_base
Rows = TypeVar("Rows", bound="QuerySet[Any, Any]")


def made_quickly(rows: Rows) -> Rows:
    """The same query; its instances are made here. Rows of a related manager stay Django's: they know their parent."""
    chosen: Any = rows.all()
    if chosen._iterable_class is not ModelIterable or chosen._known_related_objects:
        return rows
    chosen._iterable_class = _QuickIterable
    return chosen  # type: ignore[no-any-return]


class _QuickIterable(ModelIterable[Any]):
    def __iter__(self) -> Iterator[Any]:
        query: Any = self.queryset
        compiler = query.query.get_compiler(using=query.db)
        chunks = compiler.execute_sql(chunked_fetch=self.chunked_fetch, chunk_size=self.chunk_size)
        make, convert = maker_of(compiler), converter_of(compiler)
        for chunk in chunks:
            for row in chunk:
                yield make(convert(row))


def maker_of(compiler: Any) -> Make:
    """From a row of values to the instance that Django would make of it. The query has been compiled."""
    found, using, populators = compiler.klass_info, compiler.using, cast(Any, get_related_populators)
    model, fields = found["model"], found["select_fields"]
    first, last = fields[0], fields[-1] + 1
    names = [compiler.select[at][0].target.attname for at in range(first, last)]
    related = [_quick(part) for part in populators(found, compiler.select, using)]
    extra = list((compiler.annotation_col_map or {}).items())
    from_db = _from_db(model)

    def make(row: Sequence[Any]) -> Any:
        made = from_db(using, names, row[first:last])
        for part in related:
            part.populate(row, made)
        for name, at in extra:
            setattr(made, name, row[at])
        return made

    return make


def _from_db(model: type[Model]) -> Callable[[str, Sequence[str], Sequence[Any]], Model]:
    """What `model.from_db` does, where nothing but Django's own is to be done when an instance is made."""
    own = model.__init__ is Model.__init__ and model.from_db.__func__ is Model.from_db.__func__  # type: ignore[attr-defined]
    if not own or _told.pre_init.has_listeners(model) or _told.post_init.has_listeners(model):
        return model.from_db

    def from_db(using: str, names: Sequence[str], values: Sequence[Any]) -> Model:
        made = model.__new__(model)
        state = ModelState()
        state.adding, state.db = False, using
        made.__dict__.update(zip(names, values, strict=True), _state=state)
        return made

    return from_db


@dataclass(frozen=True, slots=True)
class _Making:
    from_db: Callable[[str, Sequence[str], Sequence[Any]], Model]


def _quick(part: Any) -> Any:
    """A populator of Django's that asks us for the instance it puts at its place."""
    part.model_cls = _Making(_from_db(part.model_cls))
    for below in part.related_populators:
        _quick(below)
    return part


def converter_of(compiler: Any) -> Convert:
    """From a row of the database to one of values, as `apply_converters` does it."""
    fields = [column[0] for column in compiler.select[: compiler.col_count or len(compiler.select)]]
    cells = [
        (at, _one_after_the_other([_plain(one, expression) for one in found]))
        for at, (found, expression) in compiler.get_converters(fields).items()
    ]
    if not cells:
        return lambda row: row

    def convert(row: Sequence[Any]) -> Sequence[Any]:
        made = list(row)
        for at, change in cells:
            made[at] = change(made[at])
        return made

    return convert


def _one_after_the_other(changes: Sequence[Convert]) -> Convert:
    if len(changes) == 1:
        return changes[0]

    def change(value: Any) -> Any:
        for one in changes:
            value = one(value)
        return value

    return change


def _plain(convert: Callable[..., Any], expression: Any) -> Convert:
    """The same for the value alone: `from_column` of a field that needs no more, or what SQLite's texts and numbers mean."""
    name, owner = getattr(convert, "__name__", ""), cast(Any, getattr(convert, "__self__", None))
    if name == "from_db_value" and hasattr(owner, "from_column"):
        return owner.from_column  # type: ignore[no-any-return]
    if connection.vendor == "sqlite" and settings.USE_TZ and connection.timezone is UTC:
        if name == "convert_datetimefield_value":
            return _moment
        if name == "convert_booleanfield_value":
            return _yes_no
        if name == "convert_datefield_value":
            return _day
    return lambda value: convert(value, expression, connection)


def _moment(value: Any) -> Any:
    """SQLite keeps moments as text, in UTC."""
    if value is None:
        return None
    if type(value) is str:
        return datetime.fromisoformat(value + "+00:00")
    return value if value.tzinfo is not None else value.replace(tzinfo=UTC)


def _day(value: Any) -> Any:
    return date.fromisoformat(value) if type(value) is str else value


def _yes_no(value: Any) -> Any:
    return bool(value) if value in (0, 1) else value
