import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [("events", "0001_initial")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("stream", models.CharField(max_length=40)),
                ("subject", models.CharField(max_length=40)),
                ("occurred_at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=10)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_label", models.CharField(max_length=120)),
                ("source", models.CharField(max_length=10)),
                ("address", models.CharField(blank=True, max_length=45)),
                ("data", models.JSONField(default=dict)),
                ("pending", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["stream", "id"], name="event_stream"),
                    models.Index(condition=models.Q(("pending", True)), fields=["id"], name="event_pending"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stream", models.CharField(max_length=40)),
                ("subscriber", models.CharField(max_length=120)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("done", "Done"),
                            ("dead", "Dead"),
                            ("discarded", "Discarded"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
                ("claimed_until", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("last_error", models.TextField(blank=True)),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="deliveries", to="events.event"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["next_attempt_at"], name="delivery_waiting"
                    ),
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["stream", "subscriber", "event"],
                        name="delivery_order",
                    ),
                    models.Index(fields=["finished_at"], name="delivery_finished"),
                    models.Index(condition=models.Q(("state", "dead")), fields=["id"], name="delivery_dead"),
                ],
                "constraints": [models.UniqueConstraint(fields=("event", "subscriber"), name="delivery_once")],
            },
        ),
    ]
