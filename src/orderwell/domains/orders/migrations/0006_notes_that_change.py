"""Notes on orders that their author changes and takes away."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0005_ascending_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="ordernote",
            name="author_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="ordernote",
            name="before",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="ordernote",
            name="changed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="ordernote",
            name="removed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="ordernote",
            name="version",
            field=models.PositiveIntegerField(db_default=1, default=1),
        ),
    ]
