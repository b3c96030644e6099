from django.db import migrations, models


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [("automation", "0001_initial")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="HintDismissal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=60)),
                ("rule", models.CharField(max_length=60)),
                ("fingerprint", models.CharField(max_length=32)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("not_true", "Not True"),
                            ("known", "Known"),
                            ("not_useful", "Not Useful"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=240)),
                ("dismissed_at", models.DateTimeField()),
                ("dismissed_by", models.CharField(max_length=120)),
            ],
            options={
                "indexes": [models.Index(fields=["dismissed_at", "rule"], name="hint_dismissal_recent")],
                "constraints": [
                    models.UniqueConstraint(fields=("subject", "rule", "fingerprint"), name="hint_dismissed_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="HintSight",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("who", models.CharField(max_length=40)),
                ("subject", models.CharField(max_length=60)),
                ("rule", models.CharField(max_length=60)),
                ("fingerprint", models.CharField(max_length=32)),
                ("shown_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(null=True)),
                ("remedy", models.CharField(blank=True, max_length=60)),
            ],
            options={
                "indexes": [models.Index(fields=["shown_at", "rule"], name="hint_sight_recent")],
                "constraints": [
                    models.UniqueConstraint(fields=("who", "subject", "rule", "fingerprint"), name="hint_seen_once")
                ],
            },
        ),
    ]
