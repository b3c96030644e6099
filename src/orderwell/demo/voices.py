"""What the demo company's customers say and what is answered: questions on the way, scores afterwards, goods to send back.

Drawn from numbers of its own, so that the story of the orders is the same with and without.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from orderwell.demo import names
from orderwell.demo.company import Company
from orderwell.demo.diary import Diary
from orderwell.demo.seasons import working
from orderwell.domains.cases.access import OrderAccess
from orderwell.domains.cases.errors import AlreadyRated, NotDelivered
from orderwell.domains.cases.services.converse import write_message
from orderwell.domains.cases.services.link import enter_by_link, order_link, token_of
from orderwell.domains.cases.services.manage import close_case
from orderwell.domains.cases.services.speak import ask, rate, request_return, returnable_units
from orderwell.domains.cases.services.tasks import add_task
from orderwell.domains.orders.models import Order

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# How many of a hundred give each score.
SCORES = {5: 58, 4: 26, 3: 9, 2: 4, 1: 3}


class Voices:
    """Told into the diary by the story, as what was ordered leaves and arrives."""

    def __init__(self, company: Company, diary: Diary, zone: str) -> None:
        self.crew, self.diary, self.zone = company.crew, diary, zone
        self.random = Random(2_012)

    def happens(self, share: float) -> bool:
        return self.random.random() < share

    def left(self, order_id: int, arrival: datetime, now: datetime) -> None:
        """Some ask where it is, once they have waited."""
        if self.happens(0.03):
            self.diary.note(now + (arrival - now) * 0.7, lambda at: self.question(order_id, at))

    def arrived(self, order_id: int, now: datetime) -> None:
        if self.happens(0.22):
            self.diary.note(now + self.random.uniform(0.2, 6) * DAY, lambda at: self.score(order_id, at))
        elif now > self.diary.end - 4 * DAY and self.happens(0.05):
            self.diary.note(now + self.random.uniform(0.2, 2) * DAY, lambda at: self.send_back(order_id, at))

    def question(self, order_id: int, now: datetime) -> None:
        order = Order.objects.get(pk=order_id)
        asked, answered = self.random.choice(names.QUESTIONS)
        case = ask(access=self.access(order_id, now), body=names.said_to(order.ship_country, asked), now=now)
        answer = names.said_to(order.ship_country, answered)
        if self.happens(0.9):
            later = working(now + self.random.uniform(0.5, 5) * HOUR, self.zone)
            self.diary.note(later, lambda at: self.answer(case.pk, answer, at))

    def answer(self, case_id: int, body: str, now: datetime) -> None:
        clerk = self.random.choice(self.crew.clerks)
        write_message(case_id=case_id, body=body, actor=clerk, now=now)
        self.diary.note(now + 2 * DAY, lambda at: close_case(case_id=case_id, actor=clerk, now=at))

    def score(self, order_id: int, now: datetime) -> None:
        order = Order.objects.get(pk=order_id)
        (score,) = self.random.choices(list(SCORES), list(SCORES.values()))
        # Who is content says little, who is not says why.
        words = self.random.choice(names.COMMENTS[score])
        comment = names.said_to(order.ship_country, words) if score < 4 or self.happens(0.4) else ""
        try:
            rate(access=self.access(order_id, now), score=score, comment=comment, now=now)
        except (NotDelivered, AlreadyRated):
            return  # of two parcels, the other is still under way, or came first

    def send_back(self, order_id: int, now: datetime) -> None:
        order = Order.objects.get(pk=order_id)
        units = dict(list(returnable_units(order).items())[:1])
        if units:
            reason = names.said_to(order.ship_country, self.random.choice(names.RETURN_REASONS))
            request_return(access=self.access(order_id, now), units=units, reason=reason, now=now)

    def remind(self, now: datetime) -> None:
        """What the manager gave the clerks to do, about orders of these days."""
        recent = Order.objects.filter(state=Order.State.PLACED).order_by("-placed_at", "-pk")[:40:10]
        for days, (order, (chinese, english)) in enumerate(zip(recent, names.TASKS, strict=False)):
            add_task(
                stream=f"order:{order.pk}",
                text=english if days % 2 else chinese,
                assignee="emily" if days % 2 else "zhouming",
                due_at=now + days * DAY,
                actor=self.crew.manager,
                now=now,
            )

    def access(self, order_id: int, now: datetime) -> OrderAccess:
        """By the link that was sent to the customer with the confirmation."""
        link = order_link(order_id=order_id, actor=self.crew.manager, now=now)
        return enter_by_link(token=token_of(link), address="", now=now)
