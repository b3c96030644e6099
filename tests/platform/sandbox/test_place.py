"""The practice company is told nothing of the real one, and somebody who isn't there is not taken for running."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orderwell.platform.sandbox import handover, place


def test_nothing_of_the_real_company_is_passed_on(tmp_path: Path) -> None:
    outer = {
        "PATH": "/bin",
        "DATABASE_URL": "postgresql://live",
        "ORDERWELL_HOME": "/live",
        "ORDERWELL_SECRET_KEY": "live",
        "ORDERWELL_SANDBOX_URL": "https://x",
        "ORDERWELL_TIME_ZONE": "Europe/Berlin",
        "AWS_SECRET": "live",
    }
    inner = place.environment(tmp_path, outer)
    assert inner["ORDERWELL_HOME"] == str(tmp_path) and inner["ORDERWELL_TIME_ZONE"] == "Europe/Berlin"
    assert not {"DATABASE_URL", "ORDERWELL_SECRET_KEY", "ORDERWELL_SANDBOX_URL", "AWS_SECRET"} & inner.keys()
    assert "live" not in " ".join(inner.values())


def test_a_supervisor_that_died_is_absent(tmp_path: Path) -> None:
    assert place.read_state(tmp_path) == {"phase": place.ABSENT}
    place.write_state(tmp_path, phase=place.RUNNING, supervisor=os.getpid(), port=1)
    assert place.read_state(tmp_path)["phase"] == place.RUNNING
    place.write_state(tmp_path, phase=place.RUNNING, supervisor=2**22 + 12345, port=1)
    assert place.read_state(tmp_path) == {"phase": place.ABSENT}
    (tmp_path / "state.json").write_text("{broken")
    assert place.read_state(tmp_path) == {"phase": place.ABSENT}


def test_notes_can_be_neither_forged_nor_mixed_up(db: None) -> None:
    note = handover.send(user=1, name="x", tour="clerk", language="en", theme="", back="http://x/")
    assert handover.receive(note).user == 1
    for wrong in (note[:-1], note.replace(":", "."), "", "a:b:c"):
        with pytest.raises(handover.Unreadable):
            handover.receive(wrong)
    with pytest.raises(handover.Unreadable):
        handover.read_certificate(note)  # a way in is no certificate
