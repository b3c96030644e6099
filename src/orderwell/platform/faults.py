"""What a sick machine says, as a sentence that tells what is wrong and what would be right."""

from __future__ import annotations

import errno
import os

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext_noop

from orderwell.kernel.errors import DomainError

FULL = gettext_noop("The disk is full. Nothing was changed; free some space on it, then try again.")
READ_ONLY = gettext_noop(
    "What the data lies on can only be read. Nothing was changed; make the data folder and its disk writable, then try again."
)
FORBIDDEN = gettext_noop(
    "The system does not let this user read or write that. Nothing was changed; give it to the user that Orderwell runs as, then try again."
)
MISSING = gettext_noop(
    "A file that this data names is gone from the data folder. Nothing was changed; bring the folder back from the backup, then try again."
)
LOCKED = gettext_noop(
    "Another program has been writing to the database for a minute, such as an import. Nothing was changed; try again later."
)
_BY_NUMBER = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EROFS: READ_ONLY,
    errno.EACCES: FORBIDDEN,
    errno.EPERM: FORBIDDEN,
}
# What SQLite and PostgreSQL say, in parts that their versions share.
_BY_WORDS = {
    "disk is full": FULL,
    "No space left on device": FULL,
    "readonly database": READ_ONLY,
    "read-only": READ_ONLY,
    "database is locked": LOCKED,
}


def fault_of(error: BaseException | None) -> str:
    """The sentence for a fault of the machine and not of the program; empty for any other."""
    if isinstance(error, FileNotFoundError) and str(error.filename).startswith(f"{settings.MEDIA_ROOT}{os.sep}"):
        return MISSING
    if isinstance(error, OSError):
        return _BY_NUMBER.get(error.errno or 0, "")
    if isinstance(error, DatabaseError):
        text = str(error)
        return next((sentence for words, sentence in _BY_WORDS.items() if words in text), "")
    return ""


class DatabaseBusy(DomainError):
    """The same request may simply be sent again; when the machine is at fault, the sentence says what to do first."""

    code = "database_busy"
    message = "The database did not answer in time. Nothing was changed; send the same request again."

    def __init__(self, cause: BaseException | None = None) -> None:
        if sentence := fault_of(cause):
            self.message = sentence
        super().__init__()
