"""Conditions on a column of search keys, answered by its search index: every word of a text occurs, or begins a word."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Field, Lookup, Q, TextField

from orderwell.platform.search.grams import LAST_CHARACTER, Wanted, wanted
from orderwell.platform.search.index import FUNCTION, index_of
from orderwell.platform.search.keys import normalise, spellings


def contains_words(field: str, text: str) -> Q:
    """Every word of `text` occurs in the search key column `field`. No character of the text is a wildcard."""
    return Q(**{f"{field}__contains_words": text}) if words_of(text) else Q()


def begins_words(field: str, text: str) -> Q:
    """Every word of `text` begins a word of the search key column `field`."""
    return Q(**{f"{field}__begins_words": text}) if words_of(text) else Q()


def nearest_first(field: str, text: str) -> list[Q]:
    """The two of them, begun words first, each for every way in which the keys may spell the text. To be asked for one by
    one, and only as far as needed.
    """
    return [condition(field, spelt) for condition in (begins_words, contains_words) for spelt in spellings(text)]


def found_by(field: str, text: str) -> Q:
    """All that `nearest_first` may find, in no order, as lists have it that are filtered by a text."""
    return reduce(or_, (contains_words(field, spelt) for spelt in spellings(text)))


def words_of(text: str) -> list[str]:
    return normalise(text.replace("\x00", "")).split()


class _Words(Lookup[bool]):
    """The grams of the words find the rows that may have them; the key of each then says whether it has."""

    front = ""

    def get_prep_lookup(self) -> Any:
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        pieces = [self.front + word for word in words_of(self.rhs)]
        column, params = self.process_lhs(compiler, connection)
        asked = wanted(pieces)
        if connection.vendor == "postgresql":
            return _postgresql(self._target(), self._pk(compiler), column, pieces, asked, list(params))
        sql, values = _exactly(column, list(params), pieces, "instr", bool(self.front))
        found, grams = _sqlite(index_of(self._target().model, self._target().name).name, self._pk(compiler), asked)
        return f"({' AND '.join([*found, sql])})", [*grams, *values]

    def _target(self) -> Field[Any, Any]:
        return self.lhs.target  # type: ignore[no-any-return]

    def _pk(self, compiler: Any) -> str:
        pk = self._target().model._meta.pk
        return f"{compiler.quote_name_unless_alias(self.lhs.alias)}.{compiler.quote_name_unless_alias(pk.column)}"


class ContainsWords(_Words):
    lookup_name = "contains_words"


class BeginsWords(_Words):
    lookup_name = "begins_words"
    front = " "


TextField.register_lookup(ContainsWords)
TextField.register_lookup(BeginsWords)


def _exactly(column: str, params: list[Any], pieces: list[str], function: str, front: bool) -> tuple[str, list[Any]]:
    text = f"' ' || {column}" if front else column
    each = " AND ".join(f"{function}({text}, %s) > 0" for _piece in pieces)
    return each, [value for piece in pieces for value in (*params, piece)]


def _sqlite(index: str, pk: str, asked: Wanted) -> tuple[list[str], list[Any]]:
    """Whole grams by the full-text query; beginnings of grams by a range of its vocabulary."""
    conditions, values = [], []
    if asked.whole:
        conditions.append(f"{pk} IN (SELECT rowid FROM {index} WHERE {index} MATCH %s)")  # noqa: S608
        values.append(" AND ".join('"' + gram.replace('"', '""') + '"' for gram in asked.whole))
    for begun in asked.begun:
        conditions.append(f"{pk} IN (SELECT doc FROM {index}_grams WHERE term >= %s AND term < %s)")  # noqa: S608
        values += [begun, begun + LAST_CHARACTER]
    return conditions, values


def _postgresql(
    target: Field[Any, Any], pk: str, column: str, pieces: list[str], asked: Wanted, params: list[Any]
) -> tuple[str, list[Any]]:
    """The keys of the rows first, as one list: whatever else is asked, the planner then goes by primary key."""
    if not asked:
        return _exactly(column, params, pieces, "strpos", pieces[0].startswith(" "))
    own = f'"{target.column}"'
    sql, values = _exactly(own, [], pieces, "strpos", pieces[0].startswith(" "))
    query = " & ".join([*map(_lexeme, asked.whole), *(f"{_lexeme(begun)}:*" for begun in asked.begun)])
    meta = target.model._meta
    keys = f'SELECT "{meta.pk.column}" FROM "{meta.db_table}" WHERE {FUNCTION}({own}) @@ %s::tsquery AND {sql}'  # noqa: S608
    return f"{pk} = ANY(ARRAY({keys}))", [query, *values]


def _lexeme(gram: str) -> str:
    return "'" + gram.replace("\\", "\\\\").replace("'", "''") + "'"
