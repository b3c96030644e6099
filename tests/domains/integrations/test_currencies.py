"""A file of several currencies: its sums are of each currency by itself, whichever way the batch went."""

from __future__ import annotations

import importlib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from orderwell.domains.integrations.models import ImportBatch
from orderwell.domains.integrations.queries import result, sums_by_currency
from orderwell.domains.integrations.reconciliation import reconciliation, reconciliation_text
from orderwell.domains.integrations.services import run as running
from orderwell.domains.integrations.services.run import run_batch
from orderwell.domains.integrations.services.undo import undo_batch
from orderwell.platform.verify import run_laws
from orderwell.testing.factories import make_channel, make_variant, make_warehouse, stock_up
from tests.domains.integrations.bringing import INVOICES, bring_in, importer, prepare, write_csv

pytestmark = pytest.mark.django_db
HEADER = ("Order number", "Date", "SKU", "Qty", "Unit price", "Currency", "Postage")
ROWS = (
    ("W1", "2026-03-01", "CUP", "3", "3.335", "CNY", "10"),
    ("W1", "", "BOWL", "1", "12", "", ""),
    ("W2", "2026-03-02", "CUP", "1", "1250", "JPY", ""),
    ("W3", "2026-03-02", "CUP", "1", "4.004", "USD", ""),
    ("W4", "2026-03-03", "NONE", "2", "5", "USD", ""),
    ("W5", "2026-03-03", "CUP", "2", "0.5", "CNY", ""),
)
SUMS = {
    "CNY": {"source_total": "33.005", "accounted_total": "33.01", "rounding": "-0.005"},
    "JPY": {"source_total": "1250", "accounted_total": "1250", "rounding": "0"},
    "USD": {"source_total": "14.004", "accounted_total": "4", "rounding": "0.004"},
}
OPTIONS = {"mapping": {"options": {"channel": "web", "time_zone": "Asia/Shanghai"}}, "preset": "order-lines"}


@pytest.fixture(autouse=True)
def shop() -> None:
    warehouse = make_warehouse()
    make_channel("web", prices_include_tax=True, currency="CNY")
    for sku in ("CUP", "BOWL"):
        stock_up(make_variant(sku=sku), warehouse, 50)


def several(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "orders.csv", ROWS, HEADER)


def broken_laws() -> list[Any]:
    return [difference for verdict in run_laws() for difference in verdict.result.differences]


def test_every_currency_has_its_own_sums_and_all_of_them_together_have_none(tmp_path: Path) -> None:
    batch = bring_in(several(tmp_path), **OPTIONS)
    assert (batch.done, batch.refused, sums_by_currency(batch)) == (5, 1, SUMS)
    answer = result(batch)
    assert [answer[name] for name in ("source_total", "accounted_total", "rounding")] == [None, None, None]
    assert answer["by_currency"] == SUMS
    found = reconciliation(batch)
    assert found["unaccounted"] is None
    assert found["by_currency"] == {
        code: {**sums, "unaccounted": "10" if code == "USD" else "0"} for code, sums in SUMS.items()
    }
    assert [(kind["lines"], kind["amount"]) for kind in found["by_kind"]] == [
        (5, None),
        (0, None),
        (0, None),
        (0, None),
    ]
    text = reconciliation_text(batch)
    assert "1297.01" not in text and "1,297" not in text  # yuan, yen and dollars in one number
    assert all(f"\n{code}\n" in text for code in SUMS) and "33.005" in text
    assert broken_laws() == []


def test_one_currency_is_told_as_ever(tmp_path: Path) -> None:
    batch = bring_in(write_csv(tmp_path / "orders.csv", [ROWS[0], ROWS[1], ROWS[5]], HEADER), **OPTIONS)
    assert sums_by_currency(batch) == {"CNY": SUMS["CNY"]}
    answer = result(batch)
    assert (answer["source_total"], answer["accounted_total"], answer["rounding"]) == ("33.005", "33.01", "-0.005")
    assert "by_currency" not in answer
    retail = bring_in(write_csv(tmp_path / "retail.csv", INVOICES))
    assert list(sums_by_currency(retail)) == ["GBP"]
    assert sums_by_currency(retail)["GBP"]["source_total"] == result(retail)["source_total"]


def test_sums_are_the_same_whether_stopped_tried_first_repeated_or_undone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "CHUNK_LINES", 1)
    rehearsed = bring_in(several(tmp_path), dry_run=True, **OPTIONS)
    assert sums_by_currency(rehearsed) == SUMS

    class Stop(Exception):
        pass

    def stop(_: ImportBatch) -> None:
        raise Stop

    batch = prepare(several(tmp_path), **OPTIONS)
    stops = 0
    while True:
        try:
            run_batch(batch_id=batch.pk, actor=importer(), progress=stop)
            break
        except Stop:
            stops += 1
            ImportBatch.objects.filter(pk=batch.pk).update(state="running", claimed_by="", claimed_until=None)
    batch.refresh_from_db()
    assert stops > 2 and sums_by_currency(batch) == SUMS
    again = bring_in(several(tmp_path), **OPTIONS)
    assert (again.done, again.duplicate, sums_by_currency(again)) == (0, 5, SUMS)
    undo_batch(batch_id=batch.pk, actor=importer())
    batch.refresh_from_db()
    assert batch.state == "undone" and sums_by_currency(batch) == SUMS
    assert broken_laws() == []


def test_a_batch_of_before_keeps_its_sums_and_gets_its_currency_where_there_was_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixed = bring_in(several(tmp_path), **OPTIONS)
    header = tuple(name for name in HEADER if name != "Currency")
    plain = [(*row[:5], row[6]) for row in (ROWS[0], ROWS[1])]
    one = bring_in(write_csv(tmp_path / "one.csv", [("X1", *row[1:]) for row in plain], header), **OPTIONS)
    retail = bring_in(write_csv(tmp_path / "retail.csv", INVOICES))
    expected = {batch.pk: sums_by_currency(batch) for batch in (one, retail)}
    ImportBatch.objects.update(by_currency=None)
    migration = importlib.import_module("orderwell.domains.integrations.migrations.0002_sums_by_currency")
    migration.fill(apps, None)
    for batch in (mixed, one, retail):
        batch.refresh_from_db()
    assert mixed.by_currency is None and sums_by_currency(mixed) == {}
    assert result(mixed)["source_total"] == "1297.009" and "by_currency" not in result(mixed)
    assert {batch.pk: sums_by_currency(batch) for batch in (one, retail)} == expected
    assert broken_laws() == []


def test_a_batch_that_began_before_is_not_told_by_the_currencies_of_its_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "CHUNK_LINES", 1)
    seen: list[int] = []

    def stop_once(batch: ImportBatch) -> None:
        seen.append(batch.pk)
        if len(seen) == 1:
            raise RuntimeError

    batch = prepare(several(tmp_path), **OPTIONS)
    with pytest.raises(RuntimeError):
        run_batch(batch_id=batch.pk, actor=importer(), progress=stop_once)
    ImportBatch.objects.update(by_currency=None)
    run_batch(batch_id=batch.pk, actor=importer(), progress=stop_once)
    batch.refresh_from_db()
    assert ImportBatch.objects.filter(by_currency__isnull=True).get() == batch and batch.by_currency is None
    assert batch.source_total == Decimal("1297.009")
    waiting = prepare(write_csv(tmp_path / "more.csv", [("Y1", *ROWS[3][1:])], HEADER), **OPTIONS)
    ImportBatch.objects.filter(pk=waiting.pk).update(by_currency=None)  # handed in before, begun after
    run_batch(batch_id=waiting.pk, actor=importer())
    waiting.refresh_from_db()
    assert list(sums_by_currency(waiting)) == ["USD"]
