from django.db import migrations, models


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [("configuration", "0001_initial")]

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Setting",
            fields=[
                ("key", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("value", models.JSONField()),
                ("changed_at", models.DateTimeField()),
                ("changed_by", models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name="CustomField",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entity", models.CharField(max_length=20)),
                ("key", models.SlugField(max_length=40)),
                ("label_zh", models.CharField(max_length=80)),
                ("label_en", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("number", "Number"),
                            ("yes_no", "Yes No"),
                            ("date", "Date"),
                            ("choice", "Choice"),
                        ],
                        max_length=10,
                    ),
                ),
                ("choices", models.JSONField(default=list)),
                ("required", models.BooleanField(default=False)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("entity", "key"), name="custom_field_once")],
            },
        ),
    ]
