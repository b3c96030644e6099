"""Files that people put beside a record: what is taken, and under which name it lies in the data folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile

from orderwell.kernel.refusals import EmptyFile, FileTooLarge

MEGABYTE = 1024 * 1024
MAX_FILE = 25 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that may be kept; `name` is the sender's, without folders."""

    name: str
    content: bytes
    content_type: str
    sha256: str

    @property
    def columns(self) -> dict[str, Any]:
        """What the record of the file says of it."""
        return {
            "name": self.name,
            "content_type": self.content_type,
            "size": len(self.content),
            "sha256": self.sha256,
        }

    def keep(self, row: Any, owner: int) -> None:
        """Write the content and save `row`, whose `file` it becomes; `owner` is the key of what it lies beside."""
        # Stored under a name of our own, so that nothing in the sender's name can matter to the file system.
        stored = f"{owner}-{self.sha256[:16]}{PurePath(self.name).suffix[:10]}"
        row.file.save(stored, ContentFile(self.content), save=False)
        row.save()


def checked_upload(name: str, content: bytes, content_type: str, *, pointer: str) -> Upload:
    """Raises EmptyFile, FileTooLarge (25 MiB)."""
    # A browser sends a quote in a name as %22.
    name = name.replace("%22", '"')
    shown = PurePath(name.replace("\\", "/")).name.replace("\0", "")[:240] or "file"
    if not content:
        raise EmptyFile(pointer=pointer, name=shown)
    if len(content) > MAX_FILE:
        sizes = {"size": len(content), "limit": MAX_FILE}
        megabytes = {"megabytes": f"{len(content) / MEGABYTE:.1f}", "most": f"{MAX_FILE // MEGABYTE}"}
        raise FileTooLarge(pointer=pointer, **sizes, **megabytes)
    return Upload(shown, content, content_type[:120], hashlib.sha256(content).hexdigest())
