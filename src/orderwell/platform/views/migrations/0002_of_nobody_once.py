"""Views that programs made: one of a name for each list. Two keys could make the same one at the same moment."""

from django.db import migrations, models

NAME_LENGTH = 80


def tell_apart(apps, schema_editor):
    """The first keeps its name; the others get a number behind it that no view of that list has."""
    views = apps.get_model("views", "SavedView").objects.filter(owner=None)
    taken = set()
    rows = list(views.order_by("pk"))
    names = {(row.list_name, row.name) for row in rows}
    for row in rows:
        name, number = row.name, 1
        while (row.list_name, name) in taken or (number > 1 and (row.list_name, name) in names):
            number += 1
            end = f" ({number})"
            name = row.name[: NAME_LENGTH - len(end)] + end
        taken.add((row.list_name, name))
        if name != row.name:
            row.name = name
            row.save(update_fields=["name"])


class Migration(migrations.Migration):
    dependencies = [("views", "0001_foundation")]

    operations = [
        migrations.RunPython(tell_apart, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.UniqueConstraint(
                condition=models.Q(("owner", None)), fields=("list_name", "name"), name="saved_view_of_nobody_once"
            ),
        ),
    ]
