"""Files that are sent with a message."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orderwell.domains.cases.models import Message, MessageFile
from orderwell.platform.uploads import Upload, checked_upload


@dataclass(frozen=True, slots=True)
class SentFile:
    name: str
    content: bytes
    content_type: str = "application/octet-stream"


def checked_files(files: Iterable[SentFile]) -> list[Upload]:
    """Raises Refusal."""
    return [checked_upload(file.name, file.content, file.content_type, pointer="/files") for file in files]


def keep_files(uploads: Sequence[Upload], message: Message) -> None:
    """Inside the transaction that wrote the message."""
    for upload in uploads:
        upload.keep(MessageFile(message=message, **upload.columns), message.pk)
