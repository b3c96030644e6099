"""Running the jobs that were put into the queue with Django's Tasks interface (django-tasks-db keeps them as rows)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker as TaskRunner
from django_tasks_db.models import DBTaskResult

from orderwell.platform.database import atomic
from orderwell.platform.jobs.heartbeats import living

logger = logging.getLogger("orderwell.jobs")

BACKEND = "default"
# A task that has taken so many workers with it is the cause, not the victim.
MOST_STARTS = 3


class WorkerLost(Exception):
    """The process that ran a task died, time and again."""


def run_next_task(worker: str) -> bool:
    """Claim the next ready task and run it; whether there was one."""
    ready = DBTaskResult.objects.ready().filter(backend_name=BACKEND)
    if not ready.exists():  # a look costs no lock
        return False
    with atomic():
        task = ready.get_locked()
        if task is None:
            return False
        task.claim(worker)
    runner = TaskRunner(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name=BACKEND,
        startup_delay=False,
        max_tasks=None,
        worker_id=worker,
        excluded_queue_names=[],
    )
    runner.run_task(task)
    return True


def take_back_abandoned(*, now: datetime, patience: timedelta) -> int:
    """Put tasks whose worker has shown no sign of life for `patience` back into the queue; how many.

    Tasks are written so that they go on where they stopped.
    """
    taken = 0
    alive = living(now=now, patience=patience)
    for task in DBTaskResult.objects.running():
        if task.worker_ids and task.worker_ids[-1] in alive:
            continue
        if len(task.worker_ids) >= MOST_STARTS:
            task.set_failed(WorkerLost(f"{len(task.worker_ids)} workers died while they ran this task"))
            continue
        running = DBTaskResult.objects.filter(pk=task.pk, status=TaskResultStatus.RUNNING, worker_ids=task.worker_ids)
        taken += running.update(status=TaskResultStatus.READY)
        logger.warning("task %s (%s) was abandoned by its worker and is started again", task.pk, task.task_path)
    return taken
