"""Daily figures prepared for reports: a copy of what the orders say, never a source. See prepared.py for how it is read."""

from __future__ import annotations

from django.db import models

from orderwell.platform.fields import AmountField


class PreparedDay(models.Model):
    """A business day whose figures are prepared, in the time zone that said when it began and ended.

    A day without a row here, or with a mark, is read from the orders themselves.
    """

    day = models.DateField(unique=True)
    zone = models.CharField(max_length=64)
    prepared_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.day.isoformat()


class DayFigure(models.Model):
    """What the orders placed on a day add up to: by channel, team and currency, so that row filters hold."""

    prepared = models.ForeignKey(PreparedDay, on_delete=models.CASCADE, related_name="figures", db_index=False)
    # The day once more: reading a period must not join.
    day = models.DateField()
    channel = models.ForeignKey("catalog.Channel", on_delete=models.PROTECT, related_name="+", db_index=False)
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    orders = models.PositiveIntegerField()
    revenue = AmountField()
    # Orders with goods to ship, and those of them of which everything has left.
    to_fill = models.PositiveIntegerField()
    filled = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prepared", "channel", "team", "currency"], name="day_figure_once")
        ]
        indexes = [models.Index(fields=["day"], name="day_figure_day")]


class DayMark(models.Model):
    """An order placed on this UTC day has changed: written with the change, taken away when the day is prepared anew.

    Rows are only ever added and removed, so that changes of the same day never wait for each other.
    """

    day = models.DateField(db_index=True)


class Preparation(models.Model):
    """One row: counts the preparations, so that one that was overtaken by another throws its work away."""

    run = models.PositiveBigIntegerField(default=0)
