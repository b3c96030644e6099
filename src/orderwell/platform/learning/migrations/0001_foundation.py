import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [("learning", "0001_initial")]

    initial = True

    dependencies = [
        ("accounts", "0001_foundation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HandOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nonce", models.CharField(max_length=64, unique=True)),
                ("used_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="InstalledVersion",
            fields=[
                ("version", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("installed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="SeenNews",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("version", models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name="TourResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tour", models.CharField(max_length=40)),
                ("points", models.PositiveSmallIntegerField()),
                ("most", models.PositiveSmallIntegerField()),
                ("tasks", models.PositiveSmallIntegerField()),
                ("hints", models.PositiveSmallIntegerField()),
                ("seconds", models.PositiveIntegerField()),
                ("finished_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("user", "tour"), name="tour_result_once")],
            },
        ),
        migrations.CreateModel(
            name="TourRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("learner", models.BigIntegerField()),
                ("tour", models.CharField(max_length=40)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("after_event", models.BigIntegerField()),
                ("material", models.JSONField(default=dict)),
                ("state", models.JSONField(default=dict)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["user", "-id"], name="tour_run_of_user")],
            },
        ),
    ]
