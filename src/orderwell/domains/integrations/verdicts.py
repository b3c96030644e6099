"""The verdicts of source lines, and the counters and totals that they add up to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from orderwell.domains.integrations.models import ImportRow
from orderwell.domains.integrations.plans import ZERO, PlannedLine
from orderwell.domains.integrations.reading import Fault
from orderwell.kernel.errors import Phrase, all_codes

DONE, DUPLICATE, REFUSED = ImportRow.Verdict.DONE, ImportRow.Verdict.DUPLICATE, ImportRow.Verdict.REFUSED


KINDS = ("orders", "returns", "charges", "adjustments")


class Verdict(NamedTuple):
    """What became of one source line."""

    number: int
    verdict: str
    target: str = ""
    amount: Decimal | None = None
    fault: Fault | None = None
    rounding: Decimal = ZERO


@dataclass(slots=True)
class Sums:
    """What lines of one currency add up to."""

    source_total: Decimal = ZERO
    accounted_total: Decimal = ZERO
    rounding: Decimal = ZERO


SUMS = ("source_total", "accounted_total", "rounding")


@dataclass(slots=True)
class Written:
    """The verdicts of a chunk, and what it adds to the batch's counters and totals."""

    verdicts: list[Verdict] = field(default_factory=list)
    orders: int = 0
    returns: int = 0
    adjustments: int = 0
    charges: int = 0
    source_total: Decimal = ZERO
    accounted_total: Decimal = ZERO
    created_total: Decimal = ZERO
    rounding: Decimal = ZERO
    by_currency: dict[str, Sums] = field(default_factory=dict)
    by_kind: dict[str, list[Any]] = field(default_factory=lambda: {kind: [0, ZERO] for kind in KINDS})

    def count(self, verdict: str) -> int:
        return sum(1 for item in self.verdicts if item.verdict == verdict)

    def _sums(self, currency: str) -> Sums:
        return self.by_currency.setdefault(currency, Sums())

    def refuse(self, lines: Iterable[PlannedLine], fault: Fault | None = None) -> None:
        for line in lines:
            if line.exact is not None:
                self.source_total += line.exact
                self._sums(line.currency).source_total += line.exact
            self.verdicts.append(Verdict(line.number, REFUSED, fault=line.fault or fault))

    def accept(self, lines: Sequence[PlannedLine], verdict: str, target: str) -> None:
        """Done or duplicate: the document `target` holds these lines."""
        verdicts = self.verdicts
        exact_sum = amount_sum = ZERO
        currency = ""  # a document has one, which its lines with an amount name
        for line in lines:
            exact, amount = line.exact, line.amount
            counted = self.by_kind[line.kind]
            counted[0] += 1
            if exact is None or amount is None:
                verdicts.append(Verdict(line.number, verdict, target))
                continue
            exact_sum += exact
            amount_sum += amount
            counted[1] += amount
            currency = line.currency
            verdicts.append(Verdict(line.number, verdict, target, amount, rounding=exact - amount))
        self.source_total += exact_sum
        self.accounted_total += amount_sum
        self.rounding += exact_sum - amount_sum
        if currency:
            sums = self._sums(currency)
            sums.source_total += exact_sum
            sums.accounted_total += amount_sum
            sums.rounding += exact_sum - amount_sum
        if verdict == DONE:
            self.created_total += amount_sum
            self.charges += sum(1 for line in lines if line.kind == "charges")

    def compare(
        self, lines: Sequence[PlannedLine], keys: Sequence[Hashable], existing: Mapping[str, Counter[Hashable]]
    ) -> list[int]:
        """Lines that one of the existing documents has are duplicates; the positions of the others."""
        known: dict[str, list[PlannedLine]] = defaultdict(list)
        unknown = []
        for position, (line, key) in enumerate(zip(lines, keys, strict=True)):
            target = next((target for target, held in existing.items() if held[key] > 0), None)
            if target is None:
                unknown.append(position)
            else:
                existing[target][key] -= 1
                known[target].append(line)
        for target, held_lines in known.items():
            self.accept(held_lines, DUPLICATE, target)
        return unknown


ROW_FIELDS = ("batch", "row_number", "verdict", "target", "amount", "column", "code", "data")


def row_of(batch_id: int, verdict: Verdict) -> tuple[Any, ...]:
    """A verdict as a row of ROW_FIELDS."""
    fault = verdict.fault
    if fault is not None:
        return (batch_id, verdict.number, verdict.verdict, "", None, fault.column[:80], fault.code, as_data(fault.data))
    data: Any = "{}"
    if verdict.rounding and verdict.amount is not None:
        data = {"source": _plain(verdict.amount + verdict.rounding), "rounding": _plain(verdict.rounding)}
    return (batch_id, verdict.number, verdict.verdict, verdict.target, verdict.amount, "", "", data)


# Under this name `data` keeps what of it is a sentence, for readers of another language.
PHRASES = "phrases"


def as_data(data: Any) -> dict[str, Any]:
    """The data of a refusal as JSON; of texts that are sentences the parts are kept too."""
    plain = {key: value if isinstance(value, int) else str(value)[:240] for key, value in data.items()}
    phrases = {
        key: {"template": value.template, "data": {name: str(part)[:240] for name, part in value.data.items()}}
        for key, value in data.items()
        if isinstance(value, Phrase)
    }
    return {**plain, PHRASES: phrases} if phrases else plain


def told(code: str, data: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The message of a stored refusal, and its data with sentences as sentences again."""
    error = all_codes().get(code)
    filled = {key: value for key, value in data.items() if key != PHRASES}
    for key, phrase in data.get(PHRASES, {}).items():
        filled[key] = Phrase(phrase["template"], **phrase["data"])
    return (error.message if error else code), filled


@lru_cache(maxsize=1024)
def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")
