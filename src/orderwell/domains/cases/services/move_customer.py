"""Cases, ratings and tasks follow a customer who became part of another, and come back with what they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orderwell.domains.cases.models import Case, Notice, Rating, Task


def move_talk(*, source_id: int, target_id: int) -> dict[str, list[int]]:
    """Everything of one customer; the ids of what no order tells the way back of."""
    cases = Case.objects.filter(customer_id=source_id)
    tasks = Task.objects.filter(stream=f"customer:{source_id}")
    moved = {
        "cases": list(cases.filter(order=None).order_by("pk").values_list("pk", flat=True)),
        "tasks": list(tasks.order_by("pk").values_list("pk", flat=True)),
    }
    cases.update(customer_id=target_id)
    Rating.objects.filter(customer_id=source_id).update(customer_id=target_id)
    tasks.update(stream=f"customer:{target_id}")
    Notice.objects.filter(stream=f"customer:{source_id}").update(stream=f"customer:{target_id}")
    return moved


def move_talk_back(
    order_ids: Sequence[int], moved: Mapping[str, Sequence[int]], *, source_id: int, target_id: int
) -> None:
    Case.objects.filter(pk__in=list(moved.get("cases", ())), customer_id=source_id).update(customer_id=target_id)
    tasks = Task.objects.filter(pk__in=list(moved.get("tasks", ())), stream=f"customer:{source_id}")
    tasks.update(stream=f"customer:{target_id}")
    for start in range(0, len(order_ids), 500):
        part = list(order_ids[start : start + 500])
        for model in (Case, Rating):
            model.objects.filter(order_id__in=part, customer_id=source_id).update(customer_id=target_id)
