"""What every company has on a bad day: an order of each kind that hints point out, among those of the last hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from orderwell.demo.catalogue import VariantSpec
from orderwell.demo.company import DESK, MAIN, Company
from orderwell.demo.diary import Deed, Diary
from orderwell.demo.people import CustomerSpec, PlaceSpec
from orderwell.demo.story import Story
from orderwell.domains.automation.services.bill import ship_and_invoice
from orderwell.domains.catalog.models import Variant
from orderwell.domains.catalog.services.set_substitutes import Substitute, set_substitutes
from orderwell.domains.inventory.drafts import ExpectedReceiptDraft
from orderwell.domains.inventory.models import StockItem
from orderwell.domains.inventory.services.expect_receipt import expect_receipt
from orderwell.domains.orders.drafts import AddressDraft, LineDraft, OrderDraft
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.services.place import place_orders
from orderwell.domains.orders.services.quote import save_quote

# How many orders are placed here; a company with fewer than LEAST does without.
COUNT, LEAST = 16, 200
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HABIT = "TAB-002-M"
ODD_ADDRESS = {"postcode": "100020", "region": "上海市", "city": "上海市", "district": "徐汇区", "country": "CN"}


class Oddities:
    """Told into the diary, like everything else."""

    def __init__(self, company: Company, diary: Diary, story: Story) -> None:
        self.company, self.diary, self.story = company, diary, story
        firms = [item for item in company.customers if item.company and not item.abroad and item.currency == "CNY"]
        self.regular, self.debtor, self.others = firms[0], firms[1], firms[2:]
        self.abroad = next((item for item in company.customers if item.abroad), firms[0])

    def plan(self, now: datetime) -> None:
        for days in (78, 50, 22):
            self.diary.note(now - days * DAY, self.habit)
        self.diary.note(now - 85 * DAY, self.unpaid)
        for hours, deed in enumerate(self._today(), 2):
            self.diary.note(now - hours * HOUR, deed)

    def _today(self) -> Iterator[Deed]:
        yield lambda at: self.place(self.regular, at, (HABIT, 120))
        yield lambda at: self.place(self.regular, at, (HABIT, 12), price=Decimal("19.90"))
        yield lambda at: self.place(self.debtor, at, ("KIT-006", 4))
        yield self.twice
        yield lambda at: self.place(self.others[1], at, ("KIT-007", 3), place=self.bare(self.others[1]))
        yield lambda at: self.place(self.others[2], at, ("KIT-015", 5), place=self.wrong(self.others[2]))
        yield lambda at: self.place(
            self.abroad, at, ("TAB-006", 6), place=replace(self.abroad.shipping[0], postcode="")
        )
        yield lambda at: self.place(self.others[3], at, ("TEA-003-100", 10))
        yield lambda at: self.place(self.others[4], at, ("TAB-001-M", 6), (HABIT, 6), ("TAB-006", 6))
        yield self.short
        yield self.offer

    def offer(self, now: datetime) -> None:
        """A quote that waits for its answer."""
        save_quote(draft=self.draft(self.others[6], ("OUT-003-M", 3)), actor=self.story.clerk(), now=now)
        self.story.placed += 1

    def draft(
        self,
        customer: CustomerSpec,
        *lines: tuple[str, int],
        price: Decimal | None = None,
        place: PlaceSpec | None = None,
        requested_at: datetime | None = None,
    ) -> OrderDraft:
        where = place or customer.shipping[0]
        return OrderDraft(
            channel=DESK,
            customer=customer.number,
            lines=tuple(LineDraft(sku, Decimal(quantity), price) for sku, quantity in lines),
            ship_to=AddressDraft(
                recipient=where.recipient,
                phone=where.phone,
                street=where.street,
                district=where.district,
                city=where.city,
                region=where.region,
                postcode=where.postcode,
                country=where.country,
            ),
            requested_at=requested_at,
        )

    def place(self, customer: CustomerSpec, now: datetime, *lines: tuple[str, int], **more: Any) -> Placed | None:
        actor = self.company.crew.manager if "price" in more else self.story.clerk()
        outcome = place_orders([self.draft(customer, *lines, **more)], actor=actor, now=now)[0]
        if not isinstance(outcome, Placed):
            return None
        self.story.placed += 1
        return outcome

    def habit(self, now: datetime) -> None:
        """The same goods once a month, paid as agreed."""
        placed = self.place(self.regular, now, (HABIT, 12))
        if placed is not None:
            later = self.story.at_work(now + DAY)
            self.diary.note(later, lambda at: self.story.ship(placed.order_id, on_terms=True, partly=False, now=at))
            self.diary.note(
                self.story.at_work(now + 15 * DAY),
                lambda at: self.story.pay(placed.order_id, "bank", Decimal(1), at),
            )

    def unpaid(self, now: datetime) -> None:
        placed = self.place(self.debtor, now, ("KIT-006", 6))
        if placed is not None:
            system = self.company.crew.system
            self.story.try_to(lambda: ship_and_invoice(order_id=placed.order_id, actor=system, now=now))

    def twice(self, now: datetime) -> None:
        """Ordered by telephone and once more by e-mail."""
        for minutes in (0, 40):
            self.place(self.others[0], now + timedelta(minutes=minutes), ("TAB-006", 8), ("KIT-015", 2))

    def bare(self, customer: CustomerSpec) -> PlaceSpec:
        return replace(customer.shipping[0], phone="")

    def wrong(self, customer: CustomerSpec) -> PlaceSpec:
        return replace(customer.shipping[0], **ODD_ADDRESS)

    def short(self, now: datetime) -> None:
        """More than is there, for a day that is near; the supplier is late, and another colour lies in the warehouse."""
        pair = self._pair()
        if pair is None:
            return
        wanted, other, free = pair
        crew = self.company.crew
        variant = Variant.objects.get(sku=wanted.sku)
        set_substitutes(
            variant_id=variant.pk,
            substitutes=[Substitute(other.sku, "另一种颜色 another colour")],
            actor=crew.system,
            now=now,
        )
        announced = ExpectedReceiptDraft(
            reference=f"PO-{now:%y%m%d}-900", sku=wanted.sku, warehouse=MAIN, quantity=Decimal(48), due_at=now - 2 * DAY
        )
        expect_receipt(announced, actor=crew.system, now=now - 12 * DAY)
        self.place(self.others[5], now, (wanted.sku, int(free) + 4), requested_at=now + 4 * DAY)

    def _pair(self) -> tuple[VariantSpec, VariantSpec, Decimal] | None:
        """Two colours of one product: one of which little is free, and one with enough."""
        found = None
        stock: dict[str, Decimal] = {}
        for sku, on_hand, reserved in StockItem.objects.values_list("variant__sku", "on_hand", "reserved"):
            stock[sku] = stock.get(sku, Decimal(0)) + on_hand - reserved
        for product in self.company.products:
            if product.option != "color":
                continue
            few, *_rest, many = sorted(product.variants, key=lambda item: stock.get(item.sku, Decimal(0)))
            free = stock.get(few.sku, Decimal(0))
            if stock.get(many.sku, Decimal(0)) >= 12 and (found is None or free < found[2]):
                found = few, many, free
        return found
