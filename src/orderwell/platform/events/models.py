"""The outbox: one row per fact, written in the transaction that made it true."""

from __future__ import annotations

from django.db import models


class Event(models.Model):
    """`name` is `domain.object.verb`. `stream` is the timeline it belongs to ("order:12"), `subject` the object ("shipment:5")."""

    name = models.CharField(max_length=60)
    stream = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)
    occurred_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=120)
    source = models.CharField(max_length=10)
    address = models.CharField(max_length=45, blank=True)
    data = models.JSONField(default=dict)
    # True while subscribers wait for it; events nobody subscribed to are written with False.
    pending = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["stream", "id"], name="event_stream"),
            models.Index(fields=["id"], name="event_pending", condition=models.Q(pending=True)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"


class Delivery(models.Model):
    """One event for one subscriber: the unit that is retried, and that ends on the dead-letter list."""

    class State(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        DEAD = "dead"
        DISCARDED = "discarded"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    # The event's stream once more: finding what waits before a delivery must not join.
    stream = models.CharField(max_length=40)
    subscriber = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "subscriber"], name="delivery_once")]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="delivery_waiting", condition=models.Q(state="waiting")),
            models.Index(
                fields=["stream", "subscriber", "event"],
                name="delivery_order",
                condition=models.Q(state="waiting"),
            ),
            models.Index(fields=["finished_at"], name="delivery_finished"),
            models.Index(fields=["id"], name="delivery_dead", condition=models.Q(state="dead")),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.subscriber}"
