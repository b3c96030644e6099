"""The life of the demo company's orders, from the wish to the money, told to the services in the order of time.

Each order draws its fate when it is placed: paid at once or on terms, held, changed, cancelled, shipped at once or in
parts, late, delivered, returned, never paid. What would happen after today is left undone; so every state exists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

from orderwell.demo import names
from orderwell.demo.company import DESK, MARKET, PHONE, SHOP, Company
from orderwell.demo.diary import Diary
from orderwell.demo.people import CustomerSpec
from orderwell.demo.seasons import working
from orderwell.demo.voices import Voices
from orderwell.demo.wishes import Wishes
from orderwell.domains.automation.services.bill import ship_and_invoice
from orderwell.domains.automation.services.call_off import cancel_and_credit
from orderwell.domains.automation.services.take_back import take_back
from orderwell.domains.billing.models import Payment
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment, record_refund
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits
from orderwell.domains.fulfilment.services.track import deliver
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.change import OrderChange, change_order
from orderwell.domains.orders.services.hold import place_hold, release_hold
from orderwell.domains.orders.services.note import add_note
from orderwell.domains.orders.services.place import place_orders
from orderwell.domains.orders.services.quote import confirm_quote, save_quote
from orderwell.kernel.errors import DomainError
from orderwell.platform.accounts.actor import Actor

T = TypeVar("T")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAID_AT_ONCE = {SHOP: ("alipay", "wechat", "wechat", "card"), MARKET: ("marketplace",), PHONE: ("alipay", "bank")}


class Story:
    """Tells orders into the diary. `placed` counts the orders and quotes that came about, `refusals` what could not be."""

    def __init__(self, company: Company, diary: Diary, zone: str, random: Random) -> None:
        self.company, self.diary, self.zone, self.random = company, diary, zone, random
        self.wishes = Wishes(company, random)
        self.voices = Voices(company, diary, zone)
        self.placed = 0
        self.refusals: Counter[str] = Counter()

    def happens(self, share: float) -> bool:
        return self.random.random() < share

    def clerk(self) -> Actor:
        return self.random.choice(self.company.crew.clerks)

    def seller(self, draft: OrderDraft) -> Actor:
        """Who enters it: the shop by itself, a clerk, or the manager where a discount is given."""
        crew = self.company.crew
        if draft.channel in (SHOP, MARKET):
            return crew.shop if draft.channel == SHOP else crew.market
        return crew.manager if draft.discount or any(line.discount for line in draft.lines) else self.clerk()

    def packer(self) -> Actor:
        return self.random.choice(self.company.crew.packers)

    def at_work(self, moment: datetime) -> datetime:
        return working(moment, self.zone)

    def wish(self, now: datetime) -> None:
        """Somebody orders something. Who finds it sold out chooses something else, a few times."""
        draft, customer = self.wishes.draw(now)
        if draft.channel == DESK and self.happens(0.16):
            self.quote(draft, now)
            return
        for _ in range(6):
            outcome = place_orders([draft], actor=self.seller(draft), now=now)[0]
            if isinstance(outcome, Placed):
                self.placed += 1
                self.fate(outcome, draft.channel, customer, now)
                return
            draft, customer = self.wishes.draw(now)

    def quote(self, draft: OrderDraft, now: datetime) -> None:
        clerk = self.seller(draft)
        saved = save_quote(draft=draft, actor=clerk, now=now)
        self.placed += 1
        answer = self.at_work(now + self.random.uniform(0.5, 9) * DAY)
        turn = self.random.random()
        if turn < 0.62:
            self.diary.note(answer, lambda at: self.confirm(saved.order_id, clerk, at))
        elif turn < 0.85:
            self.diary.note(answer + 20 * DAY, lambda at: self.cancel(saved.order_id, at))

    def confirm(self, order_id: int, clerk: Actor, now: datetime) -> None:
        outcome = confirm_quote(order_id=order_id, actor=clerk, now=now)
        if isinstance(outcome, Placed):
            self.fate(outcome, DESK, None, now)

    def fate(self, order: Placed, channel: str, customer: CustomerSpec | None, now: datetime) -> None:
        """Draw what becomes of an order and note the first steps of it."""
        diary, order_id = self.diary, order.order_id
        on_terms = channel == DESK or bool(customer and customer.terms_days and channel == PHONE)
        if not on_terms and self.happens(0.97):
            method = self.random.choice(PAID_AT_ONCE[channel])
            pay_at = now + timedelta(minutes=self.random.randint(1, 15))
            diary.note(pay_at, lambda at: self.pay(order_id, method, Decimal(1), at))
        if self.happens(0.05):
            diary.note(self.at_work(now + 5 * HOUR), lambda at: self.say(order_id, at))
        if self.happens(0.02):
            diary.note(self.at_work(now + 2 * HOUR), lambda at: self.change(order_id, at))
        turn = self.random.random()
        if turn < 0.045:
            diary.note(self.at_work(now + self.random.uniform(1, 40) * HOUR), lambda at: self.cancel(order_id, at))
            return
        if turn < 0.115:
            diary.note(self.at_work(now + HOUR), lambda at: self.hold(order_id, at))
        delay = self.random.lognormvariate(-0.3, 0.6) * DAY
        if turn > 0.985:
            delay += self.random.uniform(15, 60) * DAY  # forgotten on a shelf
        partly = self.happens(0.08)
        diary.note(self.at_work(now + delay), lambda at: self.ship(order_id, on_terms=on_terms, partly=partly, now=at))

    def words(self, order: Order, choices: tuple[names.Said, ...]) -> str:
        """One of several things that people say, in the language of the order's customer."""
        return names.said_to(order.ship_country, self.random.choice(choices))

    # What people do to an order. Each may come too late, as in life.

    def pay(self, order_id: int, method: str, share: Decimal, now: datetime) -> None:
        order = Order.objects.get(pk=order_id)
        due = order.total_amount - order.credited_amount - order.paid_amount
        amount = (due * share).quantize(Decimal("0.01"))
        if amount <= 0 or order.state in (Order.State.CANCELLED, Order.State.DRAFT):
            return
        reference = f"{method[:2].upper()}{now:%y%m%d%H%M%S}{order_id:07d}"
        draft = PaymentDraft(order_id=order_id, amount=amount, method=method, reference=reference, received_at=now)
        automatic = {"marketplace": self.company.crew.market, "bank": self.company.crew.bookkeeper}
        record_payment(payment=draft, actor=automatic.get(method, self.company.crew.bookkeeper), now=now)

    def say(self, order_id: int, now: datetime) -> None:
        body = self.words(Order.objects.get(pk=order_id), names.NOTES)
        add_note(order_id=order_id, body=body, actor=self.clerk(), now=now)

    def change(self, order_id: int, now: datetime) -> None:
        more = self.random.choice(self.wishes.variants)
        order = Order.objects.get(pk=order_id)
        if order.external_id is None and order.state == Order.State.PLACED and order.paid_amount == 0:
            change = OrderChange(add_lines=(LineDraft(sku=more.sku, quantity=Decimal(2)),))
        else:
            change = OrderChange(note=self.words(order, names.NOTES))
        self.try_to(lambda: change_order(order_id=order_id, change=change, version=None, actor=self.clerk(), now=now))

    def cancel(self, order_id: int, now: datetime) -> None:
        reason = self.words(Order.objects.get(pk=order_id), names.CANCEL_REASONS)
        manager = self.company.crew.manager
        if self.happens(0.2):
            self.try_to(lambda: self.cancel_one_line(order_id, reason, manager, now))
        else:
            self.try_to(lambda: self.cancel_and_refund(order_id, reason, now))

    def cancel_and_refund(self, order_id: int, reason: str, now: datetime) -> None:
        crew = self.company.crew
        called_off = cancel_and_credit(order_id=order_id, lines=None, reason=reason, actor=crew.system, now=now)
        if called_off.order.state != Order.State.CANCELLED:
            return
        for payment in Payment.objects.filter(order_id=order_id, refunded_amount=0):
            refund_at = self.at_work(now + timedelta(minutes=20))
            self.diary.note(refund_at, lambda at, paid=payment: self.refund(paid, reason, at))  # type: ignore[misc]

    def refund(self, payment: Payment, reason: str, now: datetime) -> None:
        actor = self.company.crew.bookkeeper
        record_refund(payment_id=payment.pk, amount=payment.amount, reason=reason, actor=actor, now=now)

    def cancel_one_line(self, order_id: int, reason: str, actor: Actor, now: datetime) -> None:
        lines = OrderLine.objects.filter(order_id=order_id, kind=OrderLine.Kind.GOODS, quantity_shipped=0)
        line = lines.order_by("-position").first()
        order = Order.objects.get(pk=order_id)
        if line is not None and order.state == Order.State.PLACED and not line.quantity_cancelled:
            cancel_units(order_id=order_id, lines={line.pk: line.quantity}, reason=reason, actor=actor, now=now)
            self.diary.note(
                self.at_work(now + DAY), lambda at: self.ship(order_id, on_terms=False, partly=False, now=at)
            )

    def hold(self, order_id: int, now: datetime) -> None:
        order = Order.objects.get(pk=order_id)
        kind, words = self.random.choice(names.HOLD_REASONS)
        reason = names.said_to(order.ship_country, words)

        def place() -> None:
            hold = place_hold(order_id=order_id, kind=kind, reason=reason, actor=self.clerk(), now=now)
            if self.happens(0.75):
                later = self.at_work(now + self.random.lognormvariate(0.7, 0.8) * DAY)
                self.diary.note(
                    later, lambda at: self.release(hold.pk, names.said_to(order.ship_country, names.CHECKED), at)
                )

        self.try_to(place)

    def release(self, hold_id: int, reason: str, now: datetime) -> None:
        manager = self.company.crew.manager
        self.try_to(lambda: release_hold(hold_id=hold_id, reason=reason, actor=manager, now=now))

    def ship(self, order_id: int, *, on_terms: bool, partly: bool, now: datetime) -> None:
        """Ship and invoice what is there; come back for the rest. Who pays in advance waits until the money is there."""
        order = Order.objects.get(pk=order_id)
        if order.state != Order.State.PLACED:
            return
        again = self.at_work(now + self.random.uniform(1.5, 5) * DAY)
        if not on_terms and order.paid_amount < order.total_amount - order.credited_amount:
            self.diary.note(again, lambda at: self.ship(order_id, on_terms=True, partly=partly, now=at))
            return
        lines = None
        if partly:
            first = list(OrderLine.objects.filter(order_id=order_id, kind=OrderLine.Kind.GOODS).order_by("position"))
            if len(first) > 1 and not first[0].is_bundle and first[0].quantity > first[0].quantity_cancelled:
                lines = {first[0].pk: first[0].quantity - first[0].quantity_cancelled}
        abroad = order.ship_country != "CN"
        carrier, letters = self.random.choice(names.CARRIERS_WORLD if abroad else names.CARRIERS_CN)
        shipped = self.try_to(
            lambda: ship_and_invoice(
                order_id=order_id,
                lines=lines,
                carrier=carrier,
                tracking_number=f"{letters}{self.random.randrange(10**11):011d}",
                actor=self.company.crew.system,
                now=now,
            )
        )
        if shipped is None or order_is_open(order_id):
            self.diary.note(again, lambda at: self.ship(order_id, on_terms=on_terms, partly=False, now=at))
        if shipped is not None:
            self.follow(order_id, [shipment.pk for shipment in shipped[0]], on_terms=on_terms, abroad=abroad, now=now)

    def follow(self, order_id: int, shipments: list[int], *, on_terms: bool, abroad: bool, now: datetime) -> None:
        """What comes after the goods have left: arrival, the customer's money, goods that come back."""
        travel = self.random.uniform(5, 12) if abroad else self.random.uniform(1, 4)
        arrival = now + travel * DAY
        self.voices.left(order_id, arrival, now)
        if self.happens(0.97):
            for shipment in shipments:
                self.diary.note(arrival, lambda at, pk=shipment: self.arrive(pk, at))  # type: ignore[misc]
        if on_terms and self.happens(0.9):
            terms = self.random.choice((0, 14, 30, 30, 45)) + self.random.gauss(1, 7)
            share = Decimal("0.5") if self.happens(0.1) else Decimal(1)
            paid = self.at_work(now + max(terms, 0.5) * DAY)
            self.diary.note(paid, lambda at: self.pay(order_id, "bank", share, at))
            if share != 1 and self.happens(0.6):
                self.diary.note(paid + 20 * DAY, lambda at: self.pay(order_id, "bank", Decimal(1), at))
        if self.happens(0.045):
            back = self.at_work(arrival + self.random.uniform(2, 12) * DAY)
            self.diary.note(back, lambda at: self.bring_back(order_id, at))

    def arrive(self, shipment_id: int, now: datetime) -> None:
        shipment = deliver(shipment_id=shipment_id, actor=self.packer(), now=now)
        self.voices.arrived(shipment.order_id, now)

    def bring_back(self, order_id: int, now: datetime) -> None:
        order = Order.objects.get(pk=order_id)
        if order.state not in (Order.State.PLACED, Order.State.COMPLETED):
            return
        lines = OrderLine.objects.filter(order_id=order_id, kind=OrderLine.Kind.GOODS, quantity_shipped__gt=0)
        line = lines.select_related("order").order_by("position").first()
        if line is None or line.quantity_returned >= line.quantity_shipped:
            return
        everything = self.happens(0.4)
        disposition = "scrap" if self.happens(0.3) else "restock"
        found = list(lines) if everything else [line]
        back = [
            ReturnedUnits(
                each.pk, each.quantity_shipped - each.quantity_returned if everything else Decimal(1), disposition
            )
            for each in found
            if each.quantity_shipped > each.quantity_returned
        ]
        reason, system = self.words(order, names.RETURN_REASONS), self.company.crew.system
        self.try_to(lambda: take_back(order_id=order_id, lines=back, reason=reason, refund=True, actor=system, now=now))

    def try_to(self, deed: Callable[[], T]) -> T | None:
        try:
            return deed()
        except DomainError as refusal:
            # As in life: somebody was faster, a hold forbids it, the goods are gone. The services keep what is right.
            self.refusals[refusal.code] += 1
            return None


def order_is_open(order_id: int) -> bool:
    return (
        Order.objects.filter(pk=order_id, state=Order.State.PLACED)
        .exclude(fulfilment_state__in=(Order.FulfilmentState.SHIPPED, Order.FulfilmentState.DELIVERED))
        .exists()
    )
