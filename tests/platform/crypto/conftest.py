from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path, settings, monkeypatch) -> Path:
    """An installation without a key ring, whose database (never asked here) holds nothing encrypted."""
    settings.HOME = tmp_path
    monkeypatch.setattr("orderwell.platform.crypto.inventory.traces_of_encryption", lambda: "")
    monkeypatch.setattr("orderwell.platform.crypto.keyring._loaded", None)
    return tmp_path
