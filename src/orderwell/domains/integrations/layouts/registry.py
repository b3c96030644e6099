"""The layouts by name."""

from __future__ import annotations

from orderwell.domains.integrations.errors import UnknownPreset
from orderwell.domains.integrations.layouts.base import Layout
from orderwell.domains.integrations.layouts.online_retail import LONDON, OnlineRetail
from orderwell.domains.integrations.layouts.order_lines import OrderLines
from orderwell.domains.integrations.mapping import check_options
from orderwell.domains.integrations.models import ImportBatch
from orderwell.domains.integrations.reading import SourceInfo

ORDER_LINES = "order-lines"
ONLINE_RETAIL = "online-retail"
# Name -> what it is for, shown where a person chooses.
PRESETS = {
    ORDER_LINES: "One line per order line, with a mapping of columns; lines with the same order number are one order.",
    ONLINE_RETAIL: "The invoice lines of the UCI data set Online Retail: orders, returns, write-offs, charges, products.",
}


def time_zone_of(batch: ImportBatch) -> str:
    """Where the times in the file are local times; "" where nothing says it and the business's own zone is meant."""
    if batch.preset == ONLINE_RETAIL:
        return LONDON.key
    return str(batch.mapping.get("options", {}).get("time_zone") or "")


def layout_for(batch: ImportBatch) -> Layout:
    """The layout of a batch. Raises MissingColumns when the file does not have what it needs."""
    info = SourceInfo.from_json(batch.source)
    history = batch.mode == ImportBatch.Mode.HISTORY
    if batch.preset == ONLINE_RETAIL:
        return OnlineRetail(info.header, history=history)
    if batch.preset == ORDER_LINES:
        columns, options = batch.mapping.get("columns", {}), check_options(batch.mapping.get("options", {}))
        return OrderLines(info.header, columns, options, history=history)
    raise UnknownPreset(value=batch.preset, expected=", ".join(PRESETS))
