"""Sealed values open only with their key and in their column; indexes find without revealing."""

from __future__ import annotations

import json
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwell.kernel.clock import utc_now
from orderwell.platform.crypto import KeyRingError, blind_index, decrypt, encrypt
from orderwell.platform.crypto.keyring import key_ring, refresh, ring_path, write_ring

AAD = "customers.contact.phone"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(text=st.text(min_size=1))
def test_what_was_sealed_opens_again(home: Path, text: str) -> None:
    sealed = encrypt(text, AAD)
    assert text.encode() not in sealed[16:] or len(text.encode()) < 3
    assert decrypt(sealed, AAD) == text
    assert decrypt(memoryview(sealed), AAD) == text


def test_the_same_text_is_sealed_differently_every_time(home: Path) -> None:
    assert encrypt("13800138000", AAD) != encrypt("13800138000", AAD)


def test_the_empty_text_stays_empty(home: Path) -> None:
    assert encrypt("", AAD) == b""
    assert decrypt(b"", AAD) == ""


def test_a_value_copied_into_another_column_does_not_open(home: Path) -> None:
    sealed = encrypt("13800138000", AAD)
    with pytest.raises(KeyRingError, match="does not open"):
        decrypt(sealed, "customers.contact.email")


@pytest.mark.parametrize("position", [5, 20, -1])
def test_a_changed_byte_is_noticed(home: Path, position: int) -> None:
    sealed = bytearray(encrypt("13800138000", AAD))
    sealed[position] ^= 1
    with pytest.raises(KeyRingError, match="does not open"):
        decrypt(bytes(sealed), AAD)


def test_a_value_of_another_ring_is_refused_with_the_way_out(home: Path) -> None:
    sealed = encrypt("13800138000", AAD)
    ring_path().unlink()
    refresh()
    with pytest.raises(KeyRingError, match="not in this key ring"):
        decrypt(sealed, AAD)


def test_the_ring_is_private_and_made_once_when_many_start_together(home: Path) -> None:
    seen: set[str] = set()
    threads = [threading.Thread(target=lambda: seen.add(key_ring().primary)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 1
    assert stat.S_IMODE(ring_path().stat().st_mode) == 0o600
    assert [path.name for path in ring_path().parent.iterdir()] == ["ring.json"]


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", '{"version": 1, "keys": {"00": 1}}', '{"keys": {}, "primary": "aa", "index_key": "AA=="}'],
)
def test_a_damaged_ring_stops_everything_and_is_left_alone(home: Path, content: str) -> None:
    ring_path().parent.mkdir(parents=True)
    ring_path().write_text(content)
    with pytest.raises(KeyRingError, match="cannot be read"):
        encrypt("x", AAD)
    assert ring_path().read_text() == content


def test_a_missing_ring_is_not_replaced_while_encrypted_data_exists(home: Path, monkeypatch) -> None:
    monkeypatch.setattr("orderwell.platform.crypto.inventory.traces_of_encryption", lambda: "contact: phone")
    with pytest.raises(KeyRingError, match="is missing, but the database holds data"):
        encrypt("x", AAD)
    assert not ring_path().exists()


def test_a_ring_changed_by_another_process_is_noticed_when_its_key_is_met(home: Path) -> None:
    before = encrypt("x", AAD)
    other = key_ring().with_new_primary(utc_now())
    content = json.loads(ring_path().read_text())
    write_ring(other)
    after = encrypt("y", AAD)
    assert after[:4].hex() == other.primary != before[:4].hex()
    assert len(json.loads(ring_path().read_text())["keys"]) == len(content["keys"]) + 1
    assert decrypt(before, AAD) == "x"
    assert decrypt(after, AAD) == "y"


def test_equal_texts_of_one_kind_have_one_index_and_other_kinds_another(home: Path) -> None:
    assert blind_index("phone", "+8613800138000") == blind_index("phone", "+8613800138000")
    assert len(blind_index("phone", "+8613800138000")) == 16
    assert blind_index("phone", "a") != blind_index("email", "a")


def test_the_index_depends_on_the_ring(home: Path) -> None:
    before = blind_index("phone", "+8613800138000")
    ring_path().unlink()
    refresh()
    assert blind_index("phone", "+8613800138000") != before
