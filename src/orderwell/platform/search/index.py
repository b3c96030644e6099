"""An index over a column of search keys that finds any part of a word, the same on both databases.

    indexes = [SearchIndex(fields=["search_key"], name="variant_search")]

PostgreSQL: a GIN index over the grams of the column, which a function of ours gives; no extension is needed.
SQLite: a full-text table beside the table, without the texts themselves, kept by three triggers. Either way the database
keeps it in the transaction that writes the row, whoever writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, models, transaction
from django.db.backends.ddl_references import Statement

from orderwell.platform.search.grams import LENGTH

FUNCTION = "orderwell_search_grams"
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}(key text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
DECLARE
    letters text[] := string_to_array(' ' || key || '  ', NULL);
    grams text[] := '{{}}';
BEGIN
    FOR i IN 1 .. array_length(letters, 1) - {LENGTH - 1} LOOP
        grams[i] := letters[i] || letters[i + 1] || letters[i + 2];
    END LOOP;
    RETURN array_to_tsvector(grams);
END $$
"""


class SearchIndex(models.Index):
    """Over one text column. Ask it with `contains_words` and `begins_words`."""

    def __init__(self, *, fields: tuple[str, ...] | list[str] = (), name: str | None = None) -> None:
        super().__init__(fields=list(fields), name=name)

    def create_sql(self, model: type[models.Model], schema_editor: Any, using: str = "", **kwargs: Any) -> Statement:
        column = schema_editor.quote_name(_column(model, self.fields[0]))
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(_FUNCTION, params=None)
            # Nothing about its values is counted: that would call the function for tens of thousands of rows each time.
            return _statement(
                model,
                schema_editor,
                f"CREATE INDEX {self.name} ON %(table)s USING gin ({FUNCTION}({column}));"
                f" ALTER INDEX {self.name} ALTER COLUMN 1 SET STATISTICS 0",
            )
        table = schema_editor.quote_name(model._meta.db_table)
        pk = schema_editor.quote_name(model._meta.pk.column)
        for sql in (*_drop(self.name), *_tables(self.name)):
            schema_editor.execute(sql, params=None)
        for name, rest in triggers(self.name, pk, column).items():
            schema_editor.execute(f"CREATE TRIGGER {name} {rest.format(table=table)}", params=None)
        # Rows that are there already. When a table is made anew by a migration they have come in by the trigger.
        return _statement(model, schema_editor, fill(self.name, "%(table)s", pk, column))

    def remove_sql(self, model: type[models.Model], schema_editor: Any, **kwargs: Any) -> Any:
        if schema_editor.connection.vendor == "postgresql":
            return _statement(model, schema_editor, f"DROP INDEX IF EXISTS {self.name}")
        *first, last = _drop(self.name)
        for sql in first:
            schema_editor.execute(sql, params=None)
        return _statement(model, schema_editor, last)


def index_of(model: type[models.Model], column: str) -> SearchIndex:
    """The search index over that field of the model."""
    for index in model._meta.indexes:
        if isinstance(index, SearchIndex) and index.fields == [column]:
            return index
    raise LookupError(f"{model.__name__}.{column} has no search index")


def _column(model: type[models.Model], field: str) -> str:
    found = model._meta.get_field(field)
    if not isinstance(found, models.Field) or found.column is None:
        raise LookupError(f"{model.__name__}.{field} is no column")
    return found.column


def _statement(model: type[models.Model], schema_editor: Any, template: str) -> Statement:
    from django.db.backends.ddl_references import Table

    return Statement(template, table=Table(model._meta.db_table, schema_editor.quote_name))


def _tables(name: str) -> Iterator[str]:
    """Without the texts (they are in the row) and without places (the row itself is asked at the end)."""
    yield f"CREATE VIRTUAL TABLE {name} USING fts5(key, content='', detail=none, tokenize='trigram case_sensitive 1')"
    yield f"CREATE VIRTUAL TABLE {name}_grams USING fts5vocab({name}, instance)"


def _drop(name: str) -> Iterator[str]:
    for trigger in triggers(name, "", ""):
        yield f"DROP TRIGGER IF EXISTS {trigger}"
    yield f"DROP TABLE IF EXISTS {name}_grams"
    yield f"DROP TABLE IF EXISTS {name}"


def triggers(name: str, pk: str, column: str) -> dict[str, str]:
    """Name -> what follows it in CREATE TRIGGER, with a place for the table."""
    add = f"INSERT INTO {name}(rowid, key) VALUES (new.{pk}, {_indexed('new.' + column)});"  # noqa: S608
    take = f"INSERT INTO {name}({name}, rowid, key) VALUES ('delete', old.{pk}, {_indexed('old.' + column)});"  # noqa: S608
    return {
        f"{name}_added": f"AFTER INSERT ON {{table}} BEGIN {add} END",
        f"{name}_removed": f"AFTER DELETE ON {{table}} BEGIN {take} END",
        f"{name}_changed": f"AFTER UPDATE OF {column} ON {{table}} WHEN old.{column} <> new.{column}"
        f" BEGIN {take} {add} END",
    }


def fill(name: str, table: str, pk: str, column: str) -> str:
    """Index the rows that the index doesn't know."""
    return (
        f"INSERT INTO {name}(rowid, key) SELECT {pk}, {_indexed(column)} FROM {table}"  # noqa: S608
        f" WHERE {pk} NOT IN (SELECT id FROM {name}_docsize)"
    )


def _indexed(column: str) -> str:
    return f"' ' || {column} || '  '"


def rebuild(model: type[models.Model], column: str) -> None:
    """Make the index again from the rows, as after a copy by tools that leave it behind."""
    index = index_of(model, column)
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # A table whose rows were just changed can't get an index while checks of those changes are put off.
            connection.check_constraints()
        # Not entered: that would put off and check foreign keys, with which an index has nothing to do.
        editor = connection.SchemaEditorClass(connection)
        editor.remove_index(model, index)
        editor.add_index(model, index)


def out_of_step(model: type[models.Model], column: str) -> list[str | int]:
    """What makes the index say something else than the rows: parts of it that are missing, and keys of rows.

    PostgreSQL keeps an index itself as long as it is there. On SQLite the triggers must be ours, and each row be known
    with as many grams as its key has.
    """
    index, table = index_of(model, column), model._meta.db_table
    if connection.vendor == "postgresql":
        valid = _rows("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [index.name])
        return [] if valid == [(True,)] else [f"index {index.name}"]
    there = dict(_rows("SELECT name, sql FROM sqlite_master WHERE name LIKE %s || '%%'", [index.name]))
    if index.name not in there:
        return [f"index {index.name}"]
    quote = connection.ops.quote_name
    pk, name = quote(str(model._meta.pk.column)), quote(_column(model, column))
    found: list[str | int] = [
        f"trigger {trigger}"
        for trigger, rest in triggers(index.name, pk, name).items()
        if there.get(trigger) != f"CREATE TRIGGER {trigger} {rest.format(table=quote(table))}"
    ]
    known = {pk: _number(packed) for pk, packed in _rows(f"SELECT id, sz FROM {index.name}_docsize")}  # noqa: S608
    for row, length in _rows(f"SELECT {pk}, length({name}) FROM {quote(table)}"):  # noqa: S608
        # A blank in front and two behind: one gram more than the key has characters.
        if known.pop(row, None) != length + 1:
            found.append(row)
    return found + sorted(known)


def _rows(sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _number(packed: bytes) -> int:
    """A number as full-text tables write it: seven bits a byte, the first bit says that more follow."""
    value = 0
    for byte in packed:
        value = value << 7 | byte & 0x7F
    return value
