"""What must hold of imports, recomputed by `orderwell verify`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import Case, Count, F, Sum, When

from orderwell.domains.fulfilment.models import Return
from orderwell.domains.integrations.models import ImportBatch, ImportRow
from orderwell.domains.integrations.plans import ZERO
from orderwell.domains.integrations.verdicts import SUMS
from orderwell.domains.orders.models import Order
from orderwell.platform.fields import AmountField
from orderwell.platform.verify import Difference, LawResult, law

_BATCH = 5_000
_ENDED = ("finished", "undoing", "undone")


@law("integrations.every_line_has_a_verdict")
def every_line_has_a_verdict() -> LawResult:
    """Every line of an import that ended has one verdict; done, duplicate and refused add up to its lines."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = ImportRow.objects.values_list("batch", "verdict").annotate(count=Count("id")).order_by()
    for batch_id, verdict, count in rows:
        found[batch_id][verdict] = count
    differences, checked = [], 0
    for batch in ImportBatch.objects.order_by("id"):
        counted = {"done": batch.done, "duplicate": batch.duplicate, "refused": batch.refused}
        actual = {verdict: found[batch.pk].get(verdict, 0) for verdict in counted}
        checked += sum(actual.values())
        if counted != actual:
            differences.append(Difference(f"import {batch.pk}", expected=counted, actual=actual))
        elif batch.state in _ENDED and sum(actual.values()) != batch.lines:
            differences.append(Difference(f"import {batch.pk}", expected=batch.lines, actual=sum(actual.values())))
    return LawResult(checked, differences)


@law("integrations.totals_add_up")
def totals_add_up() -> LawResult:
    """The accounted total of an import is the sum of its lines; with the rounding it is the sum of the file.

    Its currencies add up to both.
    """
    sums = dict(
        ImportRow.objects.exclude(verdict=ImportRow.Verdict.REFUSED)
        .values_list("batch")
        .annotate(amount=Sum("amount", output_field=AmountField()))
        .order_by()
    )
    differences = []
    batches = list(ImportBatch.objects.order_by("id"))
    for batch in batches:
        expected = sums.get(batch.pk) or ZERO
        by_kind = sum((Decimal(amount) for _, amount in batch.by_kind.values()), ZERO)
        if not expected == batch.accounted_total == by_kind:
            actual = f"{batch.accounted_total}, by kind {by_kind}"
            differences.append(Difference(f"import {batch.pk}", expected=expected, actual=actual))
        if batch.by_currency is not None:
            told = {name: sum((Decimal(sums[name]) for sums in batch.by_currency.values()), ZERO) for name in SUMS}
            kept = {name: getattr(batch, name) for name in SUMS}
            if told != kept:
                differences.append(Difference(f"import {batch.pk}, by currency", expected=kept, actual=told))
        accounted = batch.accounted_total + batch.rounding
        if not batch.refused and accounted != batch.source_total:
            differences.append(Difference(f"import {batch.pk}", expected=batch.source_total, actual=accounted))
    return LawResult(len(batches), differences)


@law("integrations.documents_hold_their_lines")
def documents_hold_their_lines() -> LawResult:
    """A past order or return that an import made is worth exactly what the source lines in it are worth."""
    # A line without a price of its own has no amount; its document takes the price list's, and is not compared.
    lines = (
        ImportRow.objects.filter(
            verdict=ImportRow.Verdict.DONE, code="", batch__dry_run=False, batch__mode=ImportBatch.Mode.HISTORY
        )
        .exclude(target="")
        .exclude(target__startswith="adjustment:")
        .values_list("target")
        .annotate(
            expected=Sum("amount", output_field=AmountField()),
            unpriced=Count("id") - Count("amount"),
        )
        .order_by("target")
    )
    checked, differences = 0, []
    for chunk in _chunks(lines.iterator(chunk_size=_BATCH)):
        worth = _worth([target for target, _, _ in chunk])
        for target, expected, unpriced in chunk:
            if unpriced:
                continue
            checked += 1
            if worth.get(target) != expected:
                actual = worth.get(target, "no such document")
                differences.append(Difference(target, expected=expected, actual=actual))
    return LawResult(checked, differences)


def _chunks(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while chunk := list(islice(rows, _BATCH)):
        yield chunk


def _worth(targets: list[str]) -> dict[str, Decimal]:
    """What each document adds to the sum of the file: returns take away. Net where prices exclude tax."""
    ids: dict[str, list[int]] = defaultdict(list)
    for target in targets:
        kind, _, pk = target.partition(":")
        ids[kind].append(int(pk))
    orders = Order.objects.filter(pk__in=ids["order"]).annotate(
        worth=Case(
            When(prices_include_tax=True, then=F("total_amount")), default=F("net_amount"), output_field=AmountField()
        )
    )
    worth: dict[str, Decimal] = {f"order:{pk}": amount for pk, amount in orders.values_list("pk", "worth")}
    returns = Return.objects.filter(pk__in=ids["return"]).values_list("pk", "gross_amount")
    worth.update({f"return:{pk}": -amount for pk, amount in returns})
    return worth
