"""Running, resuming, repeating, rehearsing and undoing a batch."""

from __future__ import annotations

import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from orderwell.domains.customers.models import Tag
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.integrations.errors import BatchBusy, ClaimLost, FileChanged
from orderwell.domains.integrations.grouping import group_rows
from orderwell.domains.integrations.models import ImportBatch, ImportRow
from orderwell.domains.integrations.queries import explain, progress, refused_rows, result
from orderwell.domains.integrations.services import run as running
from orderwell.domains.integrations.services.claim import advance, claim
from orderwell.domains.integrations.services.create import stored_file, unfinished_batch
from orderwell.domains.integrations.services.forget_files import forget_old_files
from orderwell.domains.integrations.services.run import run_batch
from orderwell.domains.integrations.services.undo import undo_batch
from orderwell.domains.inventory.models import Adjustment, StockItem, StockMovement
from orderwell.domains.orders.models import Order, OrderLine, OrderNote
from orderwell.kernel.clock import utc_now
from orderwell.kernel.transitions import IllegalTransition
from orderwell.platform import rehearsal as rehearsing
from orderwell.platform.database import atomic, is_postgresql, without_waiting
from orderwell.platform.permissions import PermissionDenied
from orderwell.platform.verify import run_laws
from orderwell.testing.actors import clerk
from tests.domains.integrations.bringing import INVOICES, bring_in, importer, prepare, verdicts, write_csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "retail.csv", INVOICES)


def documents() -> tuple[int, int, int, int]:
    return Order.objects.count(), OrderLine.objects.count(), Return.objects.count(), Adjustment.objects.count()


def broken_laws() -> list[Any]:
    return [difference for verdict in run_laws() for difference in verdict.result.differences]


def counters(batch: ImportBatch) -> dict[str, Any]:
    answer = result(batch)
    answer.pop("seconds")
    return answer


class Stop(Exception):
    """Stands for whatever ends a process between two chunks."""


def stop(_: ImportBatch) -> None:
    raise Stop


def test_a_second_import_of_the_same_file_changes_nothing(source: Path) -> None:
    first = bring_in(source)
    before = documents(), StockMovement.objects.count()
    second = bring_in(source)
    assert (documents(), StockMovement.objects.count()) == before
    assert (second.done, second.duplicate, second.refused) == (0, 14, 0)
    assert (second.source_total, second.accounted_total) == (first.source_total, first.accounted_total)
    assert (second.orders, second.returns, second.adjustments, second.created_total) == (0, 0, 0, Decimal(0))
    assert broken_laws() == []


def test_a_file_that_overlaps_brings_only_what_is_new(tmp_path: Path) -> None:
    bring_in(write_csv(tmp_path / "a.csv", INVOICES[:8]))
    batch = bring_in(write_csv(tmp_path / "b.csv", INVOICES[3:]))
    assert (batch.done, batch.duplicate, batch.refused) == (6, 5, 0)
    assert documents()[0] == 5
    assert broken_laws() == []


# Cut at 1, between two equal lines, the second could as well be a repetition, and is taken for one.
@pytest.mark.parametrize("cut", range(2, len(INVOICES)))
def test_a_file_cut_anywhere_brings_the_same_as_the_whole(tmp_path: Path, cut: int) -> None:
    parts = [
        bring_in(write_csv(tmp_path / f"{number}.csv", rows))
        for number, rows in enumerate((INVOICES[:cut], INVOICES[cut:]))
    ]
    assert [(part.done, part.duplicate, part.refused) for part in parts] == [(cut, 0, 0), (len(INVOICES) - cut, 0, 0)]
    before = documents()
    whole = bring_in(write_csv(tmp_path / "whole.csv", INVOICES))
    assert (whole.done, whole.duplicate, whole.refused) == (0, 14, 0)
    assert whole.accounted_total == parts[0].accounted_total + parts[1].accounted_total
    assert documents() == before
    assert broken_laws() == []


@pytest.mark.parametrize(
    "rows", [INVOICES[:2], INVOICES[10:11] * 2, INVOICES[6:7] * 2], ids=["sale", "return", "write-off"]
)
def test_lines_of_a_reference_that_lie_too_far_apart_make_a_supplement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[Any]
) -> None:
    monkeypatch.setattr(running, "group_rows", lambda rows, key: group_rows(rows, key, window=1))
    apart = [rows[0], *INVOICES[3:6], rows[1]]
    batch = bring_in(write_csv(tmp_path / "apart.csv", apart))
    # The second of two equal lines cannot be told from a repetition once the first is there.
    assert (batch.done, batch.duplicate, batch.refused) == (4, 1, 0)
    other = list(rows[1])
    other[3] = int(other[3]) * 3
    batch = bring_in(write_csv(tmp_path / "gained.csv", [rows[0], *INVOICES[3:6], other]))
    assert (batch.done, batch.duplicate, batch.refused) == (1, 4, 0)
    again = bring_in(write_csv(tmp_path / "again.csv", [other, rows[0]]))
    assert (again.done, again.duplicate) == (0, 2)
    assert broken_laws() == []


def test_a_batch_that_was_stopped_goes_on_with_the_first_line_without_a_verdict(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "CHUNK_LINES", 2)
    batch = prepare(source)
    rounds = 0
    while True:
        rounds += 1
        try:
            run_batch(batch_id=batch.pk, actor=importer(), progress=stop)
            break
        except Stop:
            # As a dead process leaves it: running, and claimed until the claim runs out.
            ImportBatch.objects.filter(pk=batch.pk).update(state="running", claimed_by="", claimed_until=None)
    batch.refresh_from_db()
    assert rounds > 5
    whole = [(row, verdict) for row, verdict, _, _ in verdicts(batch)]
    assert whole == [(row, "done") for row in range(2, 16)]
    assert (batch.done, batch.orders, batch.returns, batch.adjustments) == (14, 5, 3, 3)
    assert broken_laws() == []


def test_a_chunk_is_written_as_a_whole_or_not_at_all(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise Stop

    batch = prepare(source)
    with monkeypatch.context() as patch:
        patch.setattr(
            running, "advance", lambda batch, **changes: fail() if "done" in changes else advance(batch, **changes)
        )
        with pytest.raises(Stop):
            run_batch(batch_id=batch.pk, actor=importer())
    batch.refresh_from_db()
    assert (batch.state, batch.error["code"], batch.lines_read) == ("failed", "internal_failure", 0)
    assert documents() == (0, 0, 0, 0) and not ImportRow.objects.exists()
    assert run_batch(batch_id=batch.pk, actor=importer()).done == 14


def test_a_dry_run_tells_the_same_verdicts_and_changes_nothing(source: Path) -> None:
    rehearsal = bring_in(source, dry_run=True)
    assert documents() == (0, 0, 0, 0) and not StockMovement.objects.exists()
    real = bring_in(source)
    assert verdicts(rehearsal) == verdicts(real)
    assert counters(rehearsal) == counters(real)
    again = bring_in(source, dry_run=True)
    assert {verdict for _, verdict, _, _ in verdicts(again)} == {"duplicate"}
    assert broken_laws() == []


def test_two_processes_never_run_the_same_batch(source: Path) -> None:
    batch = prepare(source)
    first = claim(batch.pk, event="run", now=utc_now())
    with pytest.raises(BatchBusy):
        run_batch(batch_id=batch.pk, actor=importer())
    later = utc_now() + timedelta(hours=1)
    second = claim(batch.pk, event="run", now=later)
    with pytest.raises(ClaimLost):
        advance(first, now=later, done=99)
    advance(second, now=later, done=1)
    assert ImportBatch.objects.get(pk=batch.pk).done == 1


def test_the_claim_of_a_process_that_died_here_is_taken_over_at_once(source: Path) -> None:
    import socket

    batch = prepare(source)
    claim(batch.pk, event="run", now=utc_now())
    ImportBatch.objects.filter(pk=batch.pk).update(claimed_by=f"{socket.gethostname()}:4194304:x")  # no such process
    assert run_batch(batch_id=batch.pk, actor=importer()).done == 14


def test_the_unfinished_batch_of_a_file_is_found_again(source: Path) -> None:
    how = {"preset": "online-retail", "mode": "history"}
    assert unfinished_batch(path=source, dry_run=False, **how) is None
    batch = prepare(source)
    assert unfinished_batch(path=source, dry_run=False, **how) == batch
    run_batch(batch_id=batch.pk, actor=importer())
    assert unfinished_batch(path=source, dry_run=False, **how) is None


def test_a_stored_file_that_changed_is_not_read(source: Path) -> None:
    batch = prepare(source)
    stored = stored_file(batch)
    stored.write_text("something else")
    try:
        with pytest.raises(FileChanged):
            run_batch(batch_id=batch.pk, actor=importer())
    finally:
        stored.unlink()


def test_undo_takes_back_all_documents_and_the_file_can_come_in_again(source: Path) -> None:
    batch = bring_in(source)
    told: list[tuple[int, int]] = []
    undone = undo_batch(batch_id=batch.pk, actor=importer(), progress=lambda *at: told.append(at))
    assert told and told[-1] == (undone.undone, undone.undone) and told == sorted(told)
    assert (undone.undone, undone.kept) == (11, [])
    assert documents() == (0, 0, 0, 3)  # stock corrections stay, with counter-movements
    assert set(StockItem.objects.values_list("on_hand", flat=True)) == {Decimal(0)}
    assert ImportBatch.objects.get(pk=batch.pk).state == "undone"
    assert broken_laws() == []
    again = bring_in(source)
    assert (again.done, again.duplicate) == (14, 0)
    with pytest.raises(IllegalTransition):
        undo_batch(batch_id=batch.pk, actor=importer())


def test_undo_keeps_what_somebody_has_worked_with(source: Path) -> None:
    batch = bring_in(source)
    order = Order.objects.get(external_id="536366")
    OrderNote.objects.create(order=order, body="call back", author_label="x", created_at=utc_now())
    undone = undo_batch(batch_id=batch.pk, actor=importer())
    assert [(kept.document, kept.code) for kept in undone.kept] == [(f"order:{order.pk}", "import_cannot_undo")]
    assert documents()[0] == 1
    row = ImportRow.objects.filter(batch=batch, target=f"order:{order.pk}").first()
    assert row is not None
    with translation.override("zh-hans"):
        assert explain(row) == "没有撤销：还有其他记录引用它。"
    with translation.override("en"):
        assert explain(row) == "It was not undone: other records refer to it."
    OrderNote.objects.all().delete()
    assert undo_batch(batch_id=batch.pk, actor=importer()).undone == 1
    assert documents()[0] == 0


def test_undo_leaves_documents_of_other_batches_alone(tmp_path: Path) -> None:
    bring_in(write_csv(tmp_path / "a.csv", INVOICES[:3]))
    second = bring_in(write_csv(tmp_path / "b.csv", INVOICES[:5]))
    undo_batch(batch_id=second.pk, actor=importer())
    assert list(Order.objects.values_list("external_id", flat=True)) == ["536365"]


def test_only_who_may_import_may_import(source: Path) -> None:
    batch = prepare(source)
    for act in (run_batch, undo_batch):
        with pytest.raises(PermissionDenied):
            act(batch_id=batch.pk, actor=clerk())


def test_progress_has_rate_and_remaining_time() -> None:
    now = utc_now()
    batch = ImportBatch(
        state="running", lines=1000, lines_read=600, resumed_lines=200, resumed_at=now - timedelta(seconds=4)
    )
    told = progress(batch, now=now)
    assert (told["share"], told["rate"], told["seconds_left"]) == (0.6, 100.0, 4.0)


def test_a_refusal_is_told_as_a_sentence(tmp_path: Path) -> None:
    row = list(INVOICES[0])
    row[3] = "many"
    batch = bring_in(write_csv(tmp_path / "f.csv", [row]))
    assert "many" in explain(ImportRow.objects.get(batch=batch))


def test_the_laws_notice_a_document_that_was_tampered_with(source: Path) -> None:
    batch = bring_in(source)
    order = Order.objects.get(external_id="536365")
    Order.objects.filter(pk=order.pk).update(net_amount=Decimal(1), total_amount=Decimal(1))
    ImportBatch.objects.filter(pk=batch.pk).update(done=13)
    ImportRow.objects.filter(batch=batch, row_number=5).update(amount=Decimal(7))
    told = {difference.document for difference in broken_laws()}
    assert {f"order:{order.pk}", f"import {batch.pk}"} <= told


def aged(batch: ImportBatch, *, days: int = 31) -> None:
    """As if all that happened to the batch and its file had happened `days` ago."""
    past = utc_now() - timedelta(days=days)
    moments = {"created_at": past, "resumed_at": batch.resumed_at and past, "finished_at": batch.finished_at and past}
    ImportBatch.objects.filter(pk=batch.pk).update(**moments)
    os.utime(stored_file(batch), (past.timestamp(), past.timestamp()))


def test_files_go_thirty_days_after_the_last_run_and_undoing_needs_none(source: Path) -> None:
    batch = bring_in(source)
    aged(batch, days=29)
    assert forget_old_files(now=utc_now()) == 0
    aged(batch)
    assert forget_old_files(now=utc_now()) == 1
    assert not stored_file(batch).exists()
    with pytest.raises(FileChanged):
        list(refused_rows(importer(), batch.pk))
    assert undo_batch(batch_id=batch.pk, actor=importer()).kept == []
    assert documents()[0] == 0
    assert bring_in(source).done == 14, "the same file may be handed in again"


def test_the_file_of_a_run_that_was_broken_off_waits_for_it(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "CHUNK_LINES", 3)
    batch = prepare(source)
    claim(batch.pk, event="run", now=utc_now() - timedelta(days=31))
    aged(batch)
    assert forget_old_files(now=utc_now()) == 0
    assert run_batch(batch_id=batch.pk, actor=importer()).done == 14


def test_a_file_that_is_handed_in_again_stays_and_one_that_never_ran_goes(source: Path) -> None:
    first = bring_in(source)
    aged(first)
    again = prepare(source)
    assert forget_old_files(now=utc_now()) == 0
    aged(again)
    assert forget_old_files(now=utc_now()) == 1
    with pytest.raises(FileChanged):
        run_batch(batch_id=again.pk, actor=importer())


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_says_how_far_it_is_and_keeps_nobody_from_writing(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "CHUNK_LINES", 4)
    batch = prepare(source, dry_run=True)
    seen: list[tuple[str, int, bool]] = []

    def elsewhere(told: ImportBatch) -> None:
        """What somebody else may do meanwhile, on a connection of their own; nothing of the rehearsal is to be seen."""
        with without_waiting(), atomic():
            Tag.objects.create(name=f"meanwhile {len(seen)}")
        claimed = ImportBatch.objects.get(pk=batch.pk)
        assert claimed.claimed_until == told.claimed_until
        seen.append((claimed.state, told.lines_read, Order.objects.exists()))

    ran = run_batch(batch_id=batch.pk, actor=importer(), progress=elsewhere)
    assert seen and seen[-1] == ("running", ran.lines_read, False)
    assert {state for state, _, _ in seen} == {"running"} and not any(visible for _, _, visible in seen)
    assert (ran.state, ran.done) == ("finished", 14)
    assert Tag.objects.count() == len(seen) and documents() == (0, 0, 0, 0)
    if not is_postgresql():
        assert not list(Path(connection.settings_dict["NAME"]).parent.glob("rehearsal-*"))


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_that_fails_leaves_the_database_as_it_was(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = prepare(source, dry_run=True)
    with pytest.raises(Stop):
        run_batch(batch_id=batch.pk, actor=importer(), progress=stop)
    batch.refresh_from_db()
    assert (batch.state, batch.error["code"]) == ("failed", "internal_failure")
    assert documents() == (0, 0, 0, 0) and not ImportRow.objects.exists()
    assert run_batch(batch_id=batch.pk, actor=importer()).done == 14


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_without_room_for_a_copy_says_how_much_is_needed(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if is_postgresql():
        pytest.skip("PostgreSQL rolls a transaction back and copies nothing")
    batch = prepare(source, dry_run=True)
    monkeypatch.setattr(rehearsing.shutil, "disk_usage", lambda _: SimpleNamespace(free=1_500_000))
    with pytest.raises(rehearsing.NoRoomToRehearse) as refused:
        run_batch(batch_id=batch.pk, actor=importer())
    assert refused.value.data["free"] == 1 and refused.value.data["needed"] > 1
    batch.refresh_from_db()
    assert (batch.state, batch.error["code"]) == ("failed", "no_room_to_rehearse")
