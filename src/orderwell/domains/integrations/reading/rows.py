"""What every reader yields, and what it needs to know before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from orderwell.kernel.errors import DomainError

# A longer line is a damaged file (an unclosed quote, a binary), and must not fill the memory.
MAX_LINE = 1_000_000
MAX_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a source line cannot be used: which column ("" for the whole line), the stable code, and its data."""

    column: str
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, column: str, error: DomainError) -> Fault:
        return cls(column, error.code, error.data)


class SourceRow(NamedTuple):
    """One line of the file. `number` is its row in a spreadsheet (the header is 1); cells are text in header order."""

    number: int
    cells: Sequence[str]
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """How a file is read. Stored with the batch, so that a resumed import reads it in the same way."""

    format: str
    header: tuple[str, ...]
    packed: bool = False
    encoding: str = "utf-8"
    delimiter: str = ","

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "header": list(self.header)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SourceInfo:
        return cls(**{**data, "header": tuple(data["header"])})
