"""Figures prepared for reports: a copy of what orders and returns say, never a source. prepared.py and rankings.py read them."""

from __future__ import annotations

from django.db import models

from orderwell.platform.fields import AmountField


class PreparedDay(models.Model):
    """A business day whose figures are prepared, in the time zone that said when it began and ended.

    A day without a row here, or with a mark, is read from the orders and returns themselves.
    """

    day = models.DateField(unique=True)
    zone = models.CharField(max_length=64)
    prepared_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.day.isoformat()


class DayFigure(models.Model):
    """What the orders placed and the returns received on a day add up to: by channel, team and currency, so that row filters hold."""

    prepared = models.ForeignKey(PreparedDay, on_delete=models.CASCADE, related_name="figures", db_index=False)
    # The day once more: reading a period must not join.
    day = models.DateField()
    channel = models.ForeignKey("catalog.Channel", on_delete=models.PROTECT, related_name="+", db_index=False)
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    currency = models.CharField(max_length=3)
    orders = models.PositiveIntegerField()
    revenue = AmountField()
    returned = AmountField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prepared", "channel", "team", "currency"], name="day_figure_once")
        ]
        indexes = [models.Index(fields=["day"], name="day_figure_day")]


class DayMark(models.Model):
    """An order placed or a return received on this UTC day has changed: written with the change, taken away when the day is
    prepared anew.

    Rows are only ever added and removed, so that changes of the same day never wait for each other.
    """

    day = models.DateField(db_index=True)


class Preparation(models.Model):
    """One row: counts the preparations, so that one that was overtaken by another throws its work away."""

    run = models.PositiveBigIntegerField(default=0)


class PreparedRanking(models.Model):
    """The best of a period with very many orders, as they were at `made_at`: keys and sums, names are read anew."""

    class Kind(models.TextChoices):
        CUSTOMERS = "customers"
        VARIANTS = "variants"

    kind = models.CharField(max_length=10, choices=Kind)
    first = models.DateField()
    last = models.DateField()
    currency = models.CharField(max_length=3)
    zone = models.CharField(max_length=64)
    # [key, count, revenue, returned] for each place.
    rows = models.JSONField()
    made_at = models.DateTimeField()
    # What finding them took, which says how often it may be done.
    seconds = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "first", "last", "currency", "zone"], name="prepared_ranking_once")
        ]
