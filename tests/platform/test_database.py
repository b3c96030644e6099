from __future__ import annotations

import threading
import uuid
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, models
from django.test.utils import isolate_apps

from orderwell.platform.accounts.models import Team
from orderwell.platform.crypto import EncryptedTextField
from orderwell.platform.database import (
    allocate_ids,
    atomic,
    bulk_insert,
    is_postgresql,
    make_room,
    snapshot,
    writing_turn,
)
from orderwell.platform.events.models import Event
from orderwell.platform.fields import AmountField, QuantityField, RateField, UnitPriceField
from orderwell.testing.concurrency import in_threads

D = Decimal
MOMENT = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)
FULL = {
    "amount": D("-12345678.9012"),
    "unit_price": D("0.000001"),
    "quantity": D("3.5"),
    "rate": D("0.13"),
    "secret": "13800138000 王芳",
    "binary": b"\x00\xff",
    "json": {"键": [1, None, "x"], "nested": {"a": True}},
    "moment": MOMENT,
    "day": date(2026, 3, 2),
    "clock": time(23, 59, 1),
    "span": timedelta(days=3, seconds=5),
    "text": "line\n\r\t\v\\N \\. \\x41 引号 ' \" \\ {} , NULL",
    "char": "\\N",
    "slug": "a-b",
    "yes": True,
    "small": -3,
    "positive": 7,
    "big": 2**62,
    "share": 0.1,
    "token": uuid.UUID(int=5),
}
EMPTY = {
    **dict.fromkeys(FULL),
    "secret": "",
    "binary": b"",
    "json": [],
    "text": "",
    "char": "",
    "slug": "",
    "yes": False,
}


@pytest.fixture
def sample():
    """A model with every kind of field, and its table for the time of the test."""
    with isolate_apps("orderwell.platform.events"):

        class Parent(models.Model):
            class Meta:
                app_label = "events"

        class Sample(models.Model):
            parent = models.ForeignKey(Parent, on_delete=models.PROTECT, null=True)
            amount = AmountField(null=True)
            unit_price = UnitPriceField(null=True)
            quantity = QuantityField(null=True)
            rate = RateField(null=True)
            secret = EncryptedTextField(aad="sample.secret", null=True)
            binary = models.BinaryField(null=True)
            json = models.JSONField(null=True)
            moment = models.DateTimeField(null=True)
            day = models.DateField(null=True)
            clock = models.TimeField(null=True)
            span = models.DurationField(null=True)
            text = models.TextField(null=True)
            char = models.CharField(max_length=20, null=True)
            slug = models.SlugField(null=True)
            yes = models.BooleanField(null=True)
            small = models.SmallIntegerField(null=True)
            positive = models.PositiveIntegerField(null=True)
            big = models.BigIntegerField(null=True)
            share = models.FloatField(null=True)
            token = models.UUIDField(null=True)

            class Meta:
                app_label = "events"

        with connection.schema_editor() as editor:
            editor.create_model(Parent)
            editor.create_model(Sample)
        Parent.objects.create(pk=1)
        yield Sample
        with connection.schema_editor() as editor:
            editor.delete_model(Sample)
            editor.delete_model(Parent)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("values", [FULL, EMPTY, dict.fromkeys(FULL)], ids=["full", "empty", "null"])
def test_bulk_insert_stores_every_kind_of_field_as_django_does(sample, values) -> None:
    with atomic():
        bulk_insert(sample, ["parent", *values], [(1, *values.values()), (None, *values.values())])
        sample.objects.create(parent_id=1, **values)
    inserted, orphan, created = sample.objects.order_by("id")
    assert (inserted.parent_id, orphan.parent_id) == (1, None)
    for name, value in values.items():
        stored = getattr(inserted, name)
        stored = bytes(stored) if isinstance(stored, memoryview) else stored
        assert stored == value, name
        assert type(stored) is type(value), name
    quote = connection.ops.quote_name
    comparable = [quote(field.column) for field in sample._meta.fields if field.name not in ("id", "secret")]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(comparable)} FROM {sample._meta.db_table} ORDER BY id")
        first, _, third = cursor.fetchall()
    # The text of a JSON value may be spelled differently on SQLite; everything else is the same to the byte.
    json_at = comparable.index('"json"')
    assert [x for i, x in enumerate(first) if i != json_at] == [x for i, x in enumerate(third) if i != json_at]
    assert inserted.json == created.json


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rows", [15, 16, 100])
def test_what_many_rows_have_in_common_and_what_they_have_not_is_each_stored_in_its_row(sample, rows) -> None:
    wanted = [
        (1 if n % 3 else None, FULL["moment"], n % 2 == 0, "same", str(n), [True] if n % 2 else [1], None, Decimal(n))
        for n in range(rows)
    ]
    names = ("parent", "moment", "yes", "char", "text", "json", "day", "quantity")
    bulk_insert(sample, names, wanted)
    stored = list(sample.objects.order_by("id").values_list(*names))
    assert stored == wanted
    assert [row[2] for row in stored] == [row[2] for row in wanted]
    assert [type(row[5][0]) for row in stored] == [type(row[5][0]) for row in wanted]


@pytest.mark.django_db(transaction=True)
def test_many_rows_may_be_all_the_same(sample) -> None:
    bulk_insert(sample, ("char", "yes", "big"), [("x", False, None)] * 90)
    assert list(sample.objects.values_list("char", "yes", "big")) == [("x", False, None)] * 90


@pytest.mark.django_db(transaction=True)
def test_a_moment_of_another_zone_is_the_same_moment(sample) -> None:
    there = MOMENT.astimezone(timezone(timedelta(hours=8)))
    bulk_insert(sample, ["moment"], [(there,), (MOMENT.replace(microsecond=0),)])
    assert list(sample.objects.order_by("id").values_list("moment", flat=True)) == [
        MOMENT,
        MOMENT.replace(microsecond=0),
    ]
    assert sample.objects.filter(moment__gte=MOMENT).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_secret_is_sealed_in_the_column(sample) -> None:
    bulk_insert(sample, ["secret"], [("13800138000",)])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT secret FROM {sample._meta.db_table}")
        raw = bytes(cursor.fetchone()[0])
    assert b"138" not in raw
    assert len(raw) == 4 + 12 + 11 + 16


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("amount", D("0.00001"), ValueError),
        ("quantity", D("1.23456"), ValueError),
        ("amount", 0.1, TypeError),
        ("amount", D("NaN"), (ValueError, ArithmeticError)),
        ("secret", b"bytes", TypeError),
    ],
)
def test_a_value_that_would_change_on_the_way_is_refused(sample, field, value, error) -> None:
    with pytest.raises(error):
        bulk_insert(sample, [field], [(value,)])
    with pytest.raises(error):
        sample.objects.create(**{field: value})
    assert not sample.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_personal_data_is_not_searched_by_its_column(sample) -> None:
    from django.core.exceptions import FieldError

    bulk_insert(sample, ["secret"], [("a",), (None,)])
    assert sample.objects.filter(secret__isnull=True).count() == 1
    with pytest.raises(FieldError):
        sample.objects.filter(secret="a").exists()


@pytest.mark.django_db
def test_nothing_to_insert_costs_nothing(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        bulk_insert(Team, ["name"], [])


@pytest.mark.django_db
def test_thousands_of_rows_are_one_statement(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        bulk_insert(Team, ["name"], [(f"team {number}",) for number in range(5000)])
    assert Team.objects.count() == 5000


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3, 4, 15, 63, 64, 65, 149])
def test_every_row_is_inserted_once_and_in_its_order_however_many_there_are(rows) -> None:
    names = [f"team {number}" for number in range(rows)]
    bulk_insert(Team, ["name"], [(name,) for name in names])
    assert list(Team.objects.order_by("pk").values_list("name", flat=True)) == names


@pytest.mark.django_db
def test_rows_of_unequal_length_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="zip"):
        bulk_insert(Team, ["id", "name"], [(1, "a"), (2,)])


@pytest.mark.django_db(transaction=True)
def test_a_broken_batch_leaves_nothing() -> None:
    with pytest.raises(IntegrityError), atomic():
        bulk_insert(Team, ["name"], [("a",), ("b",), ("a",)])
    assert not Team.objects.exists()


@pytest.mark.django_db
def test_ids_are_those_that_the_database_gives_next() -> None:
    with atomic():
        ids = allocate_ids({Team: 2, Event: 0})
        bulk_insert(Team, ["id", "name"], [(ids[Team][0], "a"), (ids[Team][1], "b")])
        assert ids[Event] == ()
    assert Team.objects.create(name="c").pk == ids[Team][1] + 1


@pytest.mark.django_db
def test_ids_of_many_tables_cost_one_statement(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        ids = allocate_ids({Team: 3, Event: 200})
    assert (len(ids[Team]), len(ids[Event])) == (3, 200)
    assert list(ids[Event]) == sorted(set(ids[Event]))


@pytest.mark.django_db(transaction=True)
def test_ids_of_a_rollback_are_not_found_in_any_row_later() -> None:
    with pytest.raises(ZeroDivisionError), atomic():
        ids = allocate_ids({Team: 1})[Team]
        bulk_insert(Team, ["id", "name"], [(ids[0], "lost")])
        raise ZeroDivisionError
    with atomic():
        again = allocate_ids({Team: 1})[Team]
        bulk_insert(Team, ["id", "name"], [(again[0], "kept")])
    assert Team.objects.get().name == "kept"


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_ids_are_given_once_while_many_ask_and_some_give_up() -> None:
    def take(index: int) -> None:
        for round_ in range(10):
            try:
                with atomic():
                    ids = allocate_ids({Team: 3, Event: 2})[Team]
                    bulk_insert(Team, ["id", "name"], [(key, f"{index}-{round_}-{key}") for key in ids])
                    if (index + round_) % 4 == 0:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                pass

    assert in_threads(take, 8) == [None] * 8
    assert Team.objects.count() == 3 * (80 - 20)
    Team.objects.create(name="the next one still finds its place")


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_snapshot_sees_one_moment_and_lets_others_write() -> None:
    Team.objects.create(name="a")
    with snapshot():
        assert Team.objects.count() == 1
        [written] = in_threads(lambda _: Team.objects.create(name="b"), 1)
        assert isinstance(written, Team)
        assert Team.objects.count() == 1
    assert Team.objects.count() == 2
    with atomic():
        Team.objects.create(name="c")  # the next transaction may write again


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_read_then_write_never_loses_an_update() -> None:
    """On SQLite `atomic` takes the write lock before the first read; on PostgreSQL the row is locked."""
    Team.objects.create(name="0")

    def add_one(_: int) -> None:
        for _round in range(5):
            with atomic():
                team = Team.objects.select_for_update().get()
                team.name = str(int(team.name) + 1)
                team.save()

    assert in_threads(add_one, 8) == [None] * 8
    assert Team.objects.get().name == "40"


@pytest.mark.django_db
def test_the_vendor_is_the_one_that_was_asked_for() -> None:
    import os

    assert is_postgresql() == (os.environ.get("ORDERWELL_TEST_DATABASE", "sqlite") == "postgresql")


@pytest.mark.django_db(transaction=True)
def test_those_that_write_all_the_time_take_turns_on_sqlite(monkeypatch, tmp_path) -> None:
    database = tmp_path / "turns.sqlite3"
    database.touch()
    inside, most = 0, 0

    def take_a_turn(_: int) -> None:
        nonlocal inside, most
        monkeypatch.setitem(connection.settings_dict, "NAME", database)
        with writing_turn():
            inside += 1
            most = max(most, inside)
            threading.Event().wait(0.01)
            inside -= 1

    in_threads(take_a_turn, 6)
    assert most == 1 or is_postgresql()


def test_a_turn_is_given_back_when_its_holder_fails(monkeypatch, tmp_path) -> None:
    database = tmp_path / "turns.sqlite3"
    database.touch()
    monkeypatch.setitem(connection.settings_dict, "NAME", database)
    with pytest.raises(RuntimeError, match="gone"), writing_turn():
        raise RuntimeError("gone")
    with writing_turn():
        pass


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(is_postgresql(), reason="PostgreSQL keeps its pages in a memory of its own")
def test_the_thread_that_writes_all_day_keeps_more_pages_also_on_a_new_connection() -> None:
    def kept() -> int:
        with connection.cursor() as cursor:
            return int(cursor.execute("PRAGMA cache_size").fetchone()[0])

    usual = kept()
    for _connection in range(2):
        make_room(32)
        make_room(32)
        assert kept() == -32_000
        connection.close()
    assert kept() == usual
    connection.close()
