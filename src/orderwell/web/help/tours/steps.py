"""What a tour is made of: steps that say what is to be done, where, and how it is checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

from orderwell.web.help.tours.checks import Check

POINTS, POINTS_WITH_HINT = 10, 5


@dataclass(frozen=True, slots=True)
class Task:
    """`place` is where to begin ("order" is the order made for the learner), `mark` the element a hint shows, as a selector.

    `doing` names the addresses where it is done: who may not open them is not asked to.
    """

    key: str
    text: str | Promise
    hint: str | Promise
    check: Check
    place: str = ""
    mark: str = ""
    help: str = ""
    needs: str = ""
    doing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tour:
    """`role` is the built-in role whose work it is: it may do every step.

    `orders`, `shipped` and `returned` say what is prepared for the learner: placed orders, one that has been shipped,
    and two whose goods came back, paid and not credited.
    """

    code: str
    title: str | Promise
    about: str | Promise
    role: str
    all_tasks: tuple[Task, ...]
    orders: int = 0
    shipped: bool = False
    returned: bool = False
    minutes: int = 5

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """Those whose screen is there: a part that an installation left out asks for nothing."""
        return tuple(task for task in self.all_tasks if not task.needs or _is_there(task.needs))

    def task(self, key: str) -> Task | None:
        return next((task for task in self.tasks if task.key == key), None)


def _is_there(url_name: str) -> bool:
    try:
        reverse(url_name)
    except NoReverseMatch:
        return False
    return True
