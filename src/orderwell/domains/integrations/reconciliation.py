"""The sum of a file, explained: by kind of line, and where rounding to the currency made a difference."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from orderwell.domains.integrations.layouts.registry import time_zone_of
from orderwell.domains.integrations.models import ImportBatch, ImportRow
from orderwell.domains.integrations.queries import decimal_text
from orderwell.domains.integrations.verdicts import KINDS

_SHOWN_ROUNDINGS = 20


def reconciliation(batch: ImportBatch) -> dict[str, Any]:
    """Accepted lines by kind (their amounts add up to `accounted_total`), and the lines that had to be rounded.

    `unaccounted` is what the refused lines add up to. All amounts are exact.
    """
    rounded = ImportRow.objects.filter(batch=batch, data__has_key="rounding").order_by("row_number")
    return {
        "by_kind": [
            {"kind": kind, "lines": lines, "amount": decimal_text(Decimal(amount))}
            for kind, (lines, amount) in ((kind, batch.by_kind.get(kind, (0, "0"))) for kind in KINDS)
        ],
        "rounded_lines": rounded.count(),
        "roundings": [
            {
                "row": row.row_number,
                "document": row.target,
                "source": row.data["source"],
                "amount": decimal_text(row.amount or Decimal(0)),
                "rounding": row.data["rounding"],
            }
            for row in rounded[:_SHOWN_ROUNDINGS]
        ],
        "unaccounted": decimal_text(batch.source_total - batch.accounted_total - batch.rounding),
    }


def reconciliation_text(batch: ImportBatch) -> str:
    """The same for people, as the command line prints it."""
    data = reconciliation(batch)
    names = {
        "orders": gettext("goods on orders"),
        "returns": gettext("goods returned"),
        "charges": gettext("charges and credited charges"),
        "adjustments": gettext("stock adjustments"),
    }
    text = [
        gettext("{lines} lines: {done} done, {duplicate} duplicate, {refused} refused, in {seconds} s").format(
            lines=f"{batch.lines:,}",
            done=f"{batch.done:,}",
            duplicate=f"{batch.duplicate:,}",
            refused=f"{batch.refused:,}",
            seconds=f"{batch.seconds:,.1f}",
        ),
        gettext(
            "{orders} orders, {returns} returns, {adjustments} stock adjustments made; {charges} lines are charges"
        ).format(
            orders=f"{batch.orders:,}",
            returns=f"{batch.returns:,}",
            adjustments=f"{batch.adjustments:,}",
            charges=f"{batch.charges:,}",
        ),
        "",
        *(_line(names[item["kind"]], item["amount"], item["lines"]) for item in data["by_kind"]),
        _line(gettext("= accounted for"), decimal_text(batch.accounted_total), batch.done + batch.duplicate),
        _line(gettext("+ rounding to whole minor units"), decimal_text(batch.rounding), data["rounded_lines"]),
        _line(gettext("+ refused lines"), data["unaccounted"], batch.refused),
        _line(gettext("= sum of the file"), decimal_text(batch.source_total), batch.lines),
    ]
    row_text = gettext("  row {row}: {source} became {amount} in {document}")
    text += [row_text.format(**{**item, "document": item["document"] or "-"}) for item in data["roundings"]]
    if data["rounded_lines"] > _SHOWN_ROUNDINGS:
        text.append(gettext("  and {count} more").format(count=data["rounded_lines"] - _SHOWN_ROUNDINGS))
    if said := other_time_zone(batch):
        text += ["", said]
    return "\n".join(text)


def other_time_zone(batch: ImportBatch) -> str:
    """Said where days and months of the file are not those that figures are counted by; else empty."""
    zone = time_zone_of(batch)
    if zone in ("", settings.TIME_ZONE):
        return ""
    text = gettext(
        "The times of the file are those of {file}; the business time zone is {business}, so orders near midnight count "
        "for another day. ORDERWELL_TIME_ZONE changes it."
    )
    return text.format(file=zone, business=settings.TIME_ZONE)


def _line(name: str, amount: str, lines: int) -> str:
    return f"{name:<34}{Decimal(amount):>20,f}  {lines:>10,}"
