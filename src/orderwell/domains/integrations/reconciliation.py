"""The sum of a file, explained: by kind of line, and where rounding to the currency made a difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext

from orderwell.domains.integrations.layouts.registry import time_zone_of
from orderwell.domains.integrations.models import ImportBatch, ImportRow
from orderwell.domains.integrations.queries import decimal_text, result, sums_by_currency
from orderwell.domains.integrations.verdicts import KINDS

_SHOWN_ROUNDINGS = 20


def reconciliation(batch: ImportBatch) -> dict[str, Any]:
    """Accepted lines by kind (their amounts add up to `accounted_total`), and the lines that had to be rounded.

    `unaccounted` is what the refused lines add up to. All amounts are exact. Several currencies have no sum: then there is
    None instead, and the sums of each in `by_currency`.
    """
    by_currency = sums_by_currency(batch)
    one = len(by_currency) < 2
    unaccounted = decimal_text(batch.source_total - batch.accounted_total - batch.rounding)
    rounded = ImportRow.objects.filter(batch=batch, data__has_key="rounding").order_by("row_number")
    return {
        "by_kind": [
            {"kind": kind, "lines": lines, "amount": decimal_text(Decimal(amount)) if one else None}
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
        "unaccounted": unaccounted if one else None,
        "by_currency": {code: {**sums, "unaccounted": _unaccounted(sums)} for code, sums in by_currency.items()},
    }


def _unaccounted(sums: Mapping[str, str]) -> str:
    return decimal_text(Decimal(sums["source_total"]) - Decimal(sums["accounted_total"]) - Decimal(sums["rounding"]))


def reconciliation_text(batch: ImportBatch) -> str:
    """The same for people, as the command line prints it."""
    data = reconciliation(batch)
    names = {
        "orders": gettext("goods on orders"),
        "returns": gettext("goods returned"),
        "charges": gettext("charges and credited charges"),
        "adjustments": gettext("stock adjustments"),
    }
    lines = (batch.done + batch.duplicate, data["rounded_lines"], batch.refused, batch.lines)
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
        *_totals({**result(batch), "unaccounted": data["unaccounted"]}, lines),
    ]
    if len(data["by_currency"]) > 1:
        for code, sums in data["by_currency"].items():
            text += ["", code, *_totals(sums)]
        text.append("")
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


def _totals(sums: Mapping[str, Any], lines: Sequence[int | None] = (None,) * 4) -> list[str]:
    names = {
        "accounted_total": gettext("= accounted for"),
        "rounding": gettext("+ rounding to whole minor units"),
        "unaccounted": gettext("+ refused lines"),
        "source_total": gettext("= sum of the file"),
    }
    return [_line(text, sums[name], count) for (name, text), count in zip(names.items(), lines, strict=True)]


def _line(name: str, amount: str | None, lines: int | None) -> str:
    shown = "" if amount is None else f"{Decimal(amount):,f}"
    return f"{name:<34}{shown:>20}" + ("" if lines is None else f"  {lines:>10,}")
