"""The key ring: a JSON file outside the database, readable by its owner only.

    {"version": 1, "primary": "a1b2c3d4", "rotating": false, "index_key": "...",
     "keys": {"a1b2c3d4": {"secret": "...", "created_at": "...", "replaced_at": null}}}

New values are sealed with the primary key; the others stay to open what was sealed before. The blind index has a key of
its own that never changes, because an index cannot be rebuilt without opening every row.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext_noop as _

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import InstallationFault

KEY_ID_BYTES = 4
# How long a process may go on sealing with a key that another process has just replaced.
REFRESH_SECONDS = 5.0


class KeyRingError(InstallationFault):
    """The key ring cannot be used: missing, unreadable, or not the one that sealed the data."""

    code = "key_ring_unusable"


@dataclass(frozen=True)
class Key:
    secret: bytes
    created_at: datetime
    replaced_at: datetime | None = None


@dataclass(frozen=True)
class KeyRing:
    """An immutable reading of the file; `ciphers` maps the key id that starts every sealed value to its AES-GCM."""

    primary: str
    keys: dict[str, Key]
    index_key: bytes
    rotating: bool = False
    ciphers: dict[bytes, AESGCM] = field(init=False, repr=False, compare=False)
    primary_id: bytes = field(init=False, repr=False, compare=False)
    primary_cipher: AESGCM = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ciphers = {bytes.fromhex(key_id): AESGCM(key.secret) for key_id, key in self.keys.items()}
        object.__setattr__(self, "ciphers", ciphers)
        object.__setattr__(self, "primary_id", bytes.fromhex(self.primary))
        object.__setattr__(self, "primary_cipher", ciphers[self.primary_id])

    def with_new_primary(self, now: datetime) -> KeyRing:
        keys = {**self.keys, self.primary: replace(self.keys[self.primary], replaced_at=now)}
        key_id = _new_key_id(keys)
        keys[key_id] = Key(AESGCM.generate_key(256), now)
        return KeyRing(key_id, keys, self.index_key, rotating=True)

    def without(self, key_ids: set[str]) -> KeyRing:
        return replace(self, keys={key_id: key for key_id, key in self.keys.items() if key_id not in key_ids})


def new_ring(now: datetime) -> KeyRing:
    key_id = _new_key_id({})
    return KeyRing(key_id, {key_id: Key(AESGCM.generate_key(256), now)}, secrets.token_bytes(32))


def _new_key_id(taken: dict[str, Key]) -> str:
    while (key_id := secrets.token_hex(KEY_ID_BYTES)) in taken:
        pass
    return key_id


def ring_path() -> Path:
    return Path(settings.HOME) / "keys" / "ring.json"


# Path, when to look at the file again (monotonic), its time of change, and what it held.
_loaded: tuple[Path, float, int, KeyRing] | None = None
_lock = threading.Lock()


def key_ring() -> KeyRing:
    """The ring of this installation, re-read when the file changes; made at first use when nothing is encrypted yet."""
    loaded = _loaded
    if loaded is not None and time.monotonic() < loaded[1]:
        return loaded[3]
    return refresh()


def refresh() -> KeyRing:
    """Look at the file now, whatever was remembered."""
    global _loaded
    with _lock:
        path = ring_path()
        if not path.exists():
            _make(path)
        changed_at = path.stat().st_mtime_ns
        if _loaded is not None and _loaded[0] == path and _loaded[2] == changed_at:
            ring = _loaded[3]
        else:
            ring = read_ring(path)
        _loaded = (path, time.monotonic() + REFRESH_SECONDS, changed_at, ring)
        return ring


def read_ring(path: Path) -> KeyRing:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        keys = {key_id: _read_key(key) for key_id, key in content["keys"].items()}
        return KeyRing(content["primary"], keys, _bytes(content["index_key"]), rotating=content["rotating"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyRingError(
            _(
                "The key ring {path} cannot be read ({error}). Personal data cannot be opened without it. Put back the "
                "key ring from your backup; do not delete or edit the file."
            ),
            path=path,
            error=f"{type(error).__name__}: {error}",
        ) from None


def write_ring(ring: KeyRing) -> None:
    """Replace the file in one step: a crash leaves the old ring or the new one, never half of one."""
    path = ring_path()
    staged = _stage(path, ring)
    staged.replace(path)
    _sync_folder(path)
    refresh()


def _make(path: Path) -> None:
    """Write the first ring, unless something was encrypted with a ring that is now missing."""
    from orderwell.platform.crypto.inventory import traces_of_encryption  # it knows the models, which know this module

    if traces := traces_of_encryption():
        raise KeyRingError(
            _(
                "The key ring {path} is missing, but the database holds data that was encrypted with it ({traces}). Put "
                "back the key ring from your backup (keys/ring.json of the data folder), or point ORDERWELL_HOME to the "
                "data folder that belongs to this database. A new key ring could not open this data."
            ),
            path=path,
            traces=traces,
        )
    staged = _stage(path, new_ring(utc_now()))
    try:
        os.link(staged, path)  # fails when another process was first, which is as good
    except FileExistsError:
        pass
    finally:
        staged.unlink()
    _sync_folder(path)


def _stage(path: Path, ring: KeyRing) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    staged = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(_content(ring), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return staged


def _sync_folder(path: Path) -> None:
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _content(ring: KeyRing) -> dict[str, Any]:
    return {
        "version": 1,
        "primary": ring.primary,
        "rotating": ring.rotating,
        "index_key": _text(ring.index_key),
        "keys": {
            key_id: {
                "secret": _text(key.secret),
                "created_at": key.created_at.isoformat(),
                "replaced_at": key.replaced_at.isoformat() if key.replaced_at else None,
            }
            for key_id, key in ring.keys.items()
        },
    }


def _read_key(content: dict[str, Any]) -> Key:
    replaced_at = content["replaced_at"]
    return Key(
        _bytes(content["secret"]),
        datetime.fromisoformat(content["created_at"]),
        datetime.fromisoformat(replaced_at) if replaced_at else None,
    )


def _text(secret: bytes) -> str:
    return base64.b64encode(secret).decode()


def _bytes(text: str) -> bytes:
    secret = base64.b64decode(text, validate=True)
    if len(secret) != 32:
        raise ValueError("a key has the wrong length")
    return secret
