"""What a rule says: what it noticed, with its figures, and what helps. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from orderwell.kernel.errors import Phrase
from orderwell.kernel.quantities import plain
from orderwell.platform.permissions import Permission


class Severity(StrEnum):
    """How much is at stake: a likely mistake, something to look at, something that would be better."""

    WARNING = "warning"
    NOTICE = "notice"
    ADVICE = "advice"


ORDER_OF_SEVERITY = {Severity.WARNING: 0, Severity.NOTICE: 1, Severity.ADVICE: 2}


@dataclass(frozen=True, slots=True)
class Remedy:
    """One click that helps. `name` says what it does: one of `performing.py` changes something, one of the screens' own
    opens a page or a dialog with `data`, and one with an `address` opens that. Who lacks `permission` isn't offered it.
    """

    name: str
    label: str
    data: Mapping[str, Any] = field(default_factory=dict)
    permission: Permission | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """`reason` is a Phrase with its figures. `inputs` are all the values it rests on: while they stay the same it is the
    same hint, so a dismissed one stays away. `line` is the key of the order line it is about.
    """

    rule: str
    subject: str
    severity: Severity
    reason: Phrase
    inputs: Mapping[str, Any]
    remedies: tuple[Remedy, ...] = ()
    line: int | None = None

    @property
    def fingerprint(self) -> str:
        """The same for an order while it is typed and after it is placed, so it doesn't hold the subject."""
        text = json.dumps([self.rule, _canonical(self.inputs)], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def key(self) -> str:
        return f"{self.rule}:{self.fingerprint}"

    def remedy(self, name: str) -> Remedy | None:
        return next((remedy for remedy in self.remedies if remedy.name == name), None)


def _canonical(value: Any) -> Any:
    """The same text for the same value, typed or read from the database: 3 and 3.0000 are one number."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(item) for item in value]
    return value
