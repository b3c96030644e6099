"""Rules of the state machine: invoices, payments, refunds, credit notes; files imported and taken back."""

from __future__ import annotations

import csv
import tempfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import rule

from orderwell.domains.automation.crediting import awaiting_credit
from orderwell.domains.automation.services.bill import invoice_shipment
from orderwell.domains.automation.services.credit_invoice import credit_invoice
from orderwell.domains.automation.services.no_credit import settle_without, undo_settlement
from orderwell.domains.automation.services.take_back import settle_return
from orderwell.domains.billing.models import CreditNote, Invoice, InvoiceLine, Payment, Refund
from orderwell.domains.billing.queries import due_amount
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment, record_refund
from orderwell.domains.billing.services.undo_credit import undo_credit_note
from orderwell.domains.billing.services.undo_money import undo_payment, undo_refund
from orderwell.domains.fulfilment.models import Return, Shipment
from orderwell.domains.integrations.models import ImportBatch
from orderwell.domains.integrations.services.create import create_batch
from orderwell.domains.integrations.services.run import run_batch
from orderwell.domains.integrations.services.undo import undo_batch
from orderwell.domains.orders.models import Order
from orderwell.testing.state_machine_base import ACTOR, FIRST_DAY, Company, pick, share, small, yes

ZERO = Decimal(0)


class MoneyRules(Company):
    @rule(index=pick, quantity=small, everything=yes)
    def invoice(self, index: int, quantity: Decimal, everything: bool) -> None:
        order = self.an_order(index)
        if order is None:
            return
        line = self.one(self.goods(order), index)
        quantities = None if everything or line is None else {line.pk: quantity}
        self.attempt(
            "invoice", lambda: issue_invoice(order_id=order.pk, quantities=quantities, actor=ACTOR, now=self.now)
        )

    @rule(index=pick)
    def bill_shipment(self, index: int) -> None:
        shipment = self.one(list(Shipment.objects.order_by("pk")), index)
        if shipment is not None:
            self.attempt(
                "invoice shipment", lambda: invoice_shipment(shipment_id=shipment.pk, actor=ACTOR, now=self.now)
            )

    @rule(index=pick, part=share, named=yes, by_name=yes)
    def pay(self, index: int, part: Decimal, named: bool, by_name: bool) -> None:
        """Half of the payments name an invoice; now and then it is another order's, which is refused."""
        order = self.an_order(index, "placed", "completed", "cancelled")
        if order is None:
            return
        amount = (
            (order.total_amount * part).to_integral_value()
            if order.currency == "JPY"
            else round(order.total_amount * part, 2)
        )
        reference = f"ref-{index % 5}-{order.pk}" if named else None
        theirs = Invoice.objects.all() if index % 7 == 0 else Invoice.objects.filter(order=order)
        invoice = self.one(list(theirs.order_by("pk")), index) if by_name else None
        draft = PaymentDraft(
            order_id=order.pk,
            amount=amount,
            method="bank",
            reference=reference,
            invoice=invoice.number if invoice else None,
        )
        self.attempt(
            "pay by name" if invoice else "pay", lambda: record_payment(payment=draft, actor=ACTOR, now=self.now)
        )

    @rule(index=pick, part=share)
    def refund(self, index: int, part: Decimal) -> None:
        payment = self.one(list(Payment.objects.order_by("pk")), index)
        if payment is None:
            return
        amount = (payment.amount * part).to_integral_value()
        self.attempt(
            "refund",
            lambda: record_refund(payment_id=payment.pk, amount=amount, reason="sorry", actor=ACTOR, now=self.now),
        )

    @rule(index=pick)
    def undo_pay(self, index: int) -> None:
        payment = self.one(list(Payment.objects.order_by("pk")), index)
        if payment is not None:
            self.attempt(
                "undo payment",
                lambda: undo_payment(payment_id=payment.pk, reason="a mistake", actor=ACTOR, now=self.now),
            )

    @rule(index=pick)
    def undo_back(self, index: int) -> None:
        refund = self.one(list(Refund.objects.order_by("pk")), index)
        if refund is not None:
            self.attempt(
                "undo refund", lambda: undo_refund(refund_id=refund.pk, reason="a mistake", actor=ACTOR, now=self.now)
            )

    @rule(index=pick)
    def undo_credit(self, index: int) -> None:
        note = self.one(list(CreditNote.objects.order_by("pk")), index)
        if note is None:
            return
        before = Order.objects.get(pk=note.order_id)
        anew = self.attempt(
            "undo credit note",
            lambda: undo_credit_note(note_id=note.pk, reason="a mistake", actor=ACTOR, now=self.now),
        )
        if anew is not None:
            after = Order.objects.get(pk=note.order_id)
            owed = ZERO if note.reverses else note.gross_amount
            assert due_amount(after) == due_amount(before) + owed, note.number  # noqa: S101 - what is tested

    @rule(index=pick, quantity=small, everything=yes, reverses=yes, refund=yes)
    def credit(self, index: int, quantity: Decimal, everything: bool, reverses: bool, refund: bool) -> None:
        invoice = self.one(list(Invoice.objects.order_by("pk")), index)
        if invoice is None:
            return
        line = self.one(list(InvoiceLine.objects.filter(invoice=invoice).order_by("pk")), index)
        quantities = None if everything or line is None else {line.pk: quantity}
        self.attempt(
            "credit",
            lambda: credit_invoice(
                invoice_id=invoice.pk,
                quantities=quantities,
                reason="goodwill",
                reverses=reverses,
                refund=refund,
                actor=ACTOR,
                now=self.now,
            ),
        )

    @rule(index=pick, refund=yes, agreed=yes)
    def settle(self, index: int, refund: bool, agreed: bool) -> None:
        """A return that came in without its money: credited later, or left uncredited because that was agreed."""
        came_back = list(Return.objects.filter(history=False).order_by("pk"))
        # Mostly one that waits: most of what came back has its money already.
        document = self.one(awaiting_credit(came_back) if index % 4 else came_back, index)
        if document is None:
            return
        if agreed and not refund:
            self.attempt(
                "settle without credit",
                lambda: settle_without(return_id=document.pk, reason="exchanged", actor=ACTOR, now=self.now),
            )
            return
        self.attempt(
            "settle return",
            lambda: settle_return(return_id=document.pk, refund=refund, actor=ACTOR, now=self.now),
        )

    @rule(index=pick)
    def undo_settle(self, index: int) -> None:
        document = self.one(list(Return.objects.exclude(settled_without="").order_by("pk")), index)
        if document is not None:
            self.attempt(
                "undo settlement",
                lambda: undo_settlement(return_id=document.pk, reason="a mistake", actor=ACTOR, now=self.now),
            )

    @rule(index=pick, quantities=st.lists(small, min_size=1, max_size=4), live=yes)
    def import_file(self, index: int, quantities: list[Decimal], live: bool) -> None:
        """A file of two orders, one line of which nobody knows the product of."""
        self.serial += 1
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "orders.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(("order_reference", "placed_at", "sku", "quantity", "unit_price", "customer"))
                placed_at = (FIRST_DAY - timedelta(days=index % 200)).strftime("%Y-%m-%d %H:%M:%S")
                for place, quantity in enumerate(quantities):
                    sku = self.skus[(index + place) % len(self.skus)]
                    writer.writerow(
                        (f"F{self.serial}-{place % 2}", placed_at, sku, quantity, "9.99", self.customers[0])
                    )
                writer.writerow((f"F{self.serial}-unknown", placed_at, "NOBODY-KNOWS", 1, "9.99", self.customers[0]))
            batch = self.attempt(
                "hand in",
                lambda: create_batch(
                    path=path,
                    file_name=path.name,
                    preset="order-lines",
                    mode="live" if live else "history",
                    mapping={"options": {"channel": "refusing"}},
                    actor=ACTOR,
                    now=self.now,
                ),
            )
        if batch is not None:
            self.attempt("import", lambda: run_batch(batch_id=batch.pk, actor=ACTOR, clock=lambda: self.now))

    @rule(index=pick)
    def undo_import(self, index: int) -> None:
        batch = self.one(list(ImportBatch.objects.order_by("pk")), index)
        if batch is not None:
            self.attempt("undo import", lambda: undo_batch(batch_id=batch.pk, actor=ACTOR, clock=lambda: self.now))
