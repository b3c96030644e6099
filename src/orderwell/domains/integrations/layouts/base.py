"""What every layout offers to the importer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime

from orderwell.domains.integrations.errors import OtherLineRefused
from orderwell.domains.integrations.grouping import MAX_GROUP, Group
from orderwell.domains.integrations.plans import Plan, PlannedLine
from orderwell.domains.integrations.reading import Fault, SourceRow
from orderwell.domains.orders.errors import TooManyLines, ValueMissing
from orderwell.kernel.errors import Phrase
from orderwell.platform.accounts.actor import Actor


class Layout(ABC):
    """Made once per run. `survey` sees the whole file before anything is written; `plan` is pure."""

    channel: str
    currency: str
    warehouse = ""
    # Whether a reference means the same document for good, so that lines it gains later belong to it.
    supplements = False
    # Whether a product may be named by its barcode or its name too.
    names_products = False
    reference_column: str

    def survey(self, rows: Iterable[SourceRow]) -> int:
        """Look at all rows once; the number of lines."""
        return sum(1 for _ in rows)

    def prepare(self, *, actor: Actor, now: datetime) -> None:  # noqa: B027  most layouts need nothing
        """Make the master data that the documents need. Repeating it changes nothing."""

    def customer_number(self, customer: str) -> str:
        """The number of the customer that the file calls `customer`."""
        return customer

    @abstractmethod
    def key(self, row: SourceRow) -> str:
        """The reference of the document that a row belongs to; "" when it has none."""

    def plan(self, group: Group) -> Plan:
        """What the group is to become. When a line has a fault, the whole group has."""
        if group.too_long:
            fault = Fault.of(
                self.reference_column, TooManyLines(limit=MAX_GROUP, count=Phrase("more than {count}", count=MAX_GROUP))
            )
            return Plan(group.reference, [PlannedLine(row.number, fault=fault) for row in group.rows])
        if not group.reference:
            missing = Fault.of(self.reference_column, ValueMissing())
            lines = [PlannedLine(row.number, fault=row.fault or missing) for row in group.rows]
            return Plan("", lines)
        plan = self._plan(group)
        spread_faults(plan)
        return plan

    @abstractmethod
    def _plan(self, group: Group) -> Plan: ...

    @abstractmethod
    def column_of(self, pointer: str) -> str:
        """The column that a field of the draft came from, for the refusals of the order engine."""


def spread_faults(plan: Plan) -> None:
    """A document comes in as a whole or not at all: the lines beside a refused one say which it was."""
    first = next((line for line in plan.lines if line.fault is not None), None)
    if first is None:
        return
    other = Fault.of("", OtherLineRefused(row=first.number, reference=plan.reference))
    for line in plan.lines:
        line.fault = line.fault or other
