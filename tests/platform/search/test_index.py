"""The search index against a plain look at every key: the same rows, on both databases, whatever is typed."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from django.db import connection, models, transaction

from orderwell.domains.catalog.models import Variant
from orderwell.platform.search import search_key
from orderwell.platform.search.grams import wanted
from orderwell.platform.search.index import index_of, out_of_step, rebuild
from orderwell.platform.search.words import begins_words, contains_words, words_of
from orderwell.testing.factories import make_product

pytestmark = pytest.mark.django_db

PARTS = (
    "Tea", "towel", "CUP", "Straße", "Crème", "brûlée", "ÅNGSTRÖM", "İstanbul", "ﬁne", "ΣΊΣΥΦΟΣ", "красный", "ｆｕｌｌ",
    "红色", "茶杯", "蓝", "重庆", "银行行长", "𠮷野家", "カップ", "e\u0301clair", "100%", "50_50", "a'b", 'c"d', "x\\y", "*",
    "(small)", "AB-12/3", "0042", "^top", "-5", "😀", ":*", "&", "|", "!", "AND", "OR", "NOT", "NEAR", "q", "z9",
)  # fmt: skip


def naive(keys: dict[int, str], text: str, *, front: str) -> set[int]:
    """Every word occurs in the key, or begins a word of it."""
    return {pk for pk, key in keys.items() if all(front + word in front + key for word in words_of(text))}


def some_text(dice: random.Random) -> str:
    return dice.choice(["", " ", "  "]).join(dice.choices(PARTS, k=dice.randint(1, 5)))


def asked(dice: random.Random, key: str) -> str:
    """Pieces of a key, or something else; joined by blanks as people type them."""
    pieces = []
    for _ in range(dice.randint(1, 3)):
        start = dice.randrange(len(key))
        piece = key[start : start + dice.randint(1, 9)]
        pieces.append(piece if dice.random() < 0.85 else some_text(dice))
    text = " ".join(pieces)
    return dice.choice([text, text.upper(), text.title()])


@pytest.fixture
def stock_of_names() -> Callable[[int, int], dict[int, str]]:
    def make(seed: int, count: int) -> dict[int, str]:
        dice, product = random.Random(seed), make_product("P")
        made = Variant.objects.bulk_create(
            Variant(
                product=product,
                sku=f"S{seed}-{number}",
                name_zh="",
                name_en="",
                search_key=search_key(f"S{seed}-{number}", some_text(dice), some_text(dice)),
                created_at=product.created_at,
                updated_at=product.created_at,
            )
            for number in range(count)
        )
        return {row.pk: row.search_key for row in made}

    return make


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_index_finds_what_a_look_at_every_key_finds(
    seed: int, stock_of_names: Callable[[int, int], dict[int, str]]
) -> None:
    keys = stock_of_names(seed, 150)
    dice, several = random.Random(seed * 7), 0
    for _ in range(150):
        text = asked(dice, dice.choice(list(keys.values())))
        for condition, front in ((contains_words, ""), (begins_words, " ")):
            found = set(Variant.objects.filter(condition("search_key", text)).values_list("pk", flat=True))
            assert found == naive(keys, text, front=front), (seed, text, condition.__name__)
            several += 0 < len(found) < len(keys)
    assert several > 100, "the texts were too easy"
    for text in ("%", "_", "'", '"', "\\", "*", "x" * 300, "\x00", " ", "茶", "q", "a b c", '" OR "', "':*"):
        found = set(Variant.objects.filter(contains_words("search_key", text)).values_list("pk", flat=True))
        assert found == naive(keys, text, front=""), text


def test_changes_and_removals_reach_the_index(stock_of_names: Callable[[int, int], dict[int, str]]) -> None:
    first, second, *_rest = stock_of_names(9, 5)
    Variant.objects.filter(pk=first).update(search_key="teapot")
    Variant.objects.filter(pk=second).delete()
    with pytest.raises(RuntimeError), transaction.atomic():
        Variant.objects.all().update(search_key="teapot")
        raise RuntimeError
    assert [row.pk for row in Variant.objects.filter(contains_words("search_key", "eapo"))] == [first]
    Variant.objects.all().update(search_key="kettle")
    assert not Variant.objects.filter(contains_words("search_key", "eapo"))
    assert Variant.objects.filter(contains_words("search_key", "kettle")).count() == 4
    assert out_of_step(Variant, "search_key") == []


def test_a_table_that_a_migration_makes_anew_keeps_its_index(
    stock_of_names: Callable[[int, int], dict[int, str]],
) -> None:
    """SQLite changes a column by copying the table: the triggers go with the old one."""
    stock_of_names(4, 3)
    if connection.vendor == "sqlite":
        wider = models.CharField(max_length=61, unique=True)
        wider.set_attributes_from_name("sku")
        with connection.constraint_checks_disabled(), _editor() as editor:
            editor._remake_table(Variant, alter_fields=[(Variant._meta.get_field("sku"), wider)])
    assert out_of_step(Variant, "search_key") == []
    Variant.objects.filter(sku="S4-0").update(search_key="teapot")
    assert Variant.objects.get(contains_words("search_key", "eapo")).sku == "S4-0"
    assert out_of_step(Variant, "search_key") == []


def test_an_index_that_lost_rows_is_noticed_and_made_again(
    stock_of_names: Callable[[int, int], dict[int, str]],
) -> None:
    keys = stock_of_names(5, 4)
    name, first = index_of(Variant, "search_key").name, min(keys)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {name}_changed")
            assert out_of_step(Variant, "search_key") == [f"trigger {name}_changed"]
            Variant.objects.filter(pk=first).update(search_key="teapot")
            assert out_of_step(Variant, "search_key") == [f"trigger {name}_changed", first]
        else:
            connection.check_constraints()  # what waits for the end of the transaction would hinder us
            cursor.execute(f"DROP INDEX {name}")
            assert out_of_step(Variant, "search_key") == [f"index {name}"]
            Variant.objects.filter(pk=first).update(search_key="teapot")
    connection.check_constraints()
    rebuild(Variant, "search_key")
    assert out_of_step(Variant, "search_key") == []
    assert Variant.objects.get(contains_words("search_key", "eapo")).pk == first


def _editor() -> connection.SchemaEditorClass:  # type: ignore[name-defined]
    """Inside the transaction of the test; SQLite's own would insist on being outside of one."""
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

    class Editor(connection.SchemaEditorClass):  # type: ignore[misc, name-defined]
        __enter__ = BaseDatabaseSchemaEditor.__enter__
        __exit__ = BaseDatabaseSchemaEditor.__exit__

    return Editor(connection)


def test_what_is_asked_of_the_index() -> None:
    assert wanted(["towel"]).whole == ("tow", "owe", "wel")
    assert wanted([" to", "x"]).whole == (" to",)
    assert wanted(["茶杯"]).begun == ("茶杯",)
    assert wanted([" c"]).begun == (" c",)
    assert not wanted(["c"])
