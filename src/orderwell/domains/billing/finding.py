"""The search box's look for invoices, credit notes and payments: beginnings and counts of numbers, whole payment
references."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from orderwell.domains.billing.models import CreditNote, Invoice, Payment
from orderwell.domains.billing.queries import visible_credit_notes, visible_invoices, visible_payments
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.numbering.queries import numbers_that_count
from orderwell.platform.permissions import Permission
from orderwell.platform.search import keys_begun

LOOKED_AT = 60
# Longer ones are phone numbers and the like, and no counter gets there.
MOST_DIGITS = 10


def find_invoices(actor: Actor, text: str, *, limit: int) -> list[Invoice]:
    actor.require(Permission.BILLING_INVOICE_VIEW)
    ids = _ids(Invoice.objects.all(), text, "billing.invoice")
    if not ids:
        return []
    return list(visible_invoices(actor).filter(pk__in=ids).select_related("order").order_by("-id")[:limit])


def find_credit_notes(actor: Actor, text: str, *, limit: int) -> list[CreditNote]:
    actor.require(Permission.BILLING_INVOICE_VIEW)
    ids = _ids(CreditNote.objects.all(), text, "billing.credit_note")
    if not ids:
        return []
    rows = visible_credit_notes(actor).filter(pk__in=ids)
    return list(rows.select_related("order", "invoice").order_by("-id")[:limit])


def find_payments(actor: Actor, text: str, *, limit: int) -> list[Payment]:
    """By the provider's or bank's own reference, whole."""
    actor.require(Permission.BILLING_PAYMENT_VIEW)
    ids = list(Payment.objects.filter(reference=text).values_list("pk", flat=True)[:LOOKED_AT]) if text else []
    if not ids:
        return []
    return list(visible_payments(actor).filter(pk__in=ids).select_related("order").order_by("-id")[:limit])


def _ids(rows: QuerySet[Any], text: str, sequence: str) -> list[int]:
    """`sequence` is the one that counts them: 563 alone means INV-2026-000563 as well."""
    if text.isascii() and text.isdecimal() and len(text) < MOST_DIGITS:
        numbers = numbers_that_count(sequence, int(text))
        return list(rows.filter(number__in=numbers).values_list("pk", flat=True)[:LOOKED_AT])
    return keys_begun(rows, text)
