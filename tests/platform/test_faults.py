"""A sick machine is told in a sentence that says what would be right, wherever it shows."""

from __future__ import annotations

import errno
import json
import logging
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import InternalError, OperationalError
from django.test import RequestFactory
from django.utils import translation

from orderwell.cli import frame
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.placement.answers import answer
from orderwell.domains.orders.services import place as placing
from orderwell.kernel.clock import utc_now
from orderwell.platform import health
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.diagnostics import recent
from orderwell.platform.faults import FORBIDDEN, FULL, LOCKED, READ_ONLY, fault_of
from orderwell.testing import factories
from orderwell.web import errors


def os_error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OperationalError("database or disk is full"), FULL),
        (OperationalError('could not extend file "base/1": No space left on device'), FULL),
        (OperationalError("attempt to write a readonly database"), READ_ONLY),
        (InternalError("cannot execute INSERT in a read-only transaction"), READ_ONLY),
        (OperationalError("database is locked"), LOCKED),
        (os_error(errno.ENOSPC), FULL),
        (os_error(errno.EROFS), READ_ONLY),
        (os_error(errno.EACCES), FORBIDDEN),
        (os_error(errno.ENOENT), ""),
        (OperationalError("server closed the connection"), ""),
        (ValueError("database is locked"), ""),
    ],
)
def test_what_the_machine_says_is_known_by_its_kind(error: Exception, sentence: str) -> None:
    assert fault_of(error) == sentence


def test_the_doctor_of_a_full_disk_asks_for_space_and_not_for_rights(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: Any) -> Any:
        raise os_error(errno.ENOSPC)

    monkeypatch.setattr(health, "TemporaryFile", full)
    (disk,) = [check for check in health.examine(now=utc_now()) if check.name == "disk"]
    assert disk.state == health.PROBLEM and disk.next_step == FULL


def test_the_log_of_a_full_disk_adds_no_traceback_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise os_error(errno.ENOSPC)

    handler = recent.RecentLog(str(tmp_path / "recent.jsonl"))
    monkeypatch.setattr(Path, "open", full)
    handler.emit(logging.LogRecord("x", logging.WARNING, __file__, 1, "m", (), None))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "said", ["database or disk is full", "database is locked", "attempt to write a readonly database"]
)
def test_an_order_that_cannot_be_written_is_no_defect_and_is_placed_when_sent_again(
    db: None, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    factories.make_channel("shop", backorder=True)
    factories.make_variant("CUP")
    draft = OrderDraft(channel="shop", lines=(LineDraft("CUP", Decimal(1)),))

    def refuses(*_: Any, **__: Any) -> None:
        raise OperationalError(said)

    with monkeypatch.context() as patch:
        patch.setattr(placing, "write", refuses)
        (refused,) = placing.place_orders([draft], actor=system_actor(), now=utc_now())
    status, body = answer(refused, "en")
    told = json.loads(body)
    assert (status, told["code"], told["detail"]) == (503, "database_busy", fault_of(OperationalError(said)))
    assert not Order.objects.exists()
    (placed,) = placing.place_orders([draft], actor=system_actor(), now=utc_now())
    assert placed.verdict == "placed"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_page_says_what_the_machine_lacks(rf: RequestFactory, language: str) -> None:
    for error, sentence in ((os_error(errno.ENOSPC), FULL), (OperationalError("database is locked"), LOCKED)):
        with translation.override(language):
            try:
                raise error
            except Exception:  # noqa: BLE001
                page = errors.broken(rf.get("/orders/"))
            assert page.status_code == 503 and translation.gettext(sentence) in page.content.decode()
            assert (translation.gettext(sentence) == sentence) == (language == "en")


def test_a_command_on_a_full_disk_says_so_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from orderwell.cli import app

    def full(*_: Any, **__: Any) -> None:
        raise os_error(errno.ENOSPC)

    monkeypatch.setattr(app, "load_commands", full)
    assert app.run(["diagnostics", "--json"]) == frame.NOT_OK
    captured = capsys.readouterr()
    (error,) = json.loads(captured.out)["errors"]
    assert error["code"] == "machine_fault" and error["message"].endswith(FULL)
    assert "Traceback" not in captured.err
