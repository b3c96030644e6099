"""Answers may tell of people: those that lie in the database in clear are sealed, a few thousand at a time.

All of them, also those that tell of nobody: the table doesn't say what was asked. Nothing is dropped, so that whatever was
sent before the upgrade can be repeated after it.
"""

from typing import Any

from django.db import migrations, transaction

import orderwell.platform.crypto.fields
from orderwell.platform.crypto import encrypt

SEALED_AS = "idempotency.request_key.sealed"
ROWS_AT_ONCE = 5000


def seal(apps: Any, schema_editor: Any) -> None:
    connection = schema_editor.connection
    last = 0
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA secure_delete = ON")  # or what was in clear stays legible in free pages
        while True:
            cursor.execute(
                "SELECT id, response FROM idempotency_requestkey WHERE id > %s ORDER BY id LIMIT %s",
                [last, ROWS_AT_ONCE],
            )
            rows = cursor.fetchall()
            if not rows:
                break
            last = rows[-1][0]
            changes = [
                (encrypt(bytes(response).decode(), SEALED_AS), b"", pk) for pk, response in rows if len(response)
            ]
            with transaction.atomic(using=connection.alias):
                cursor.executemany(
                    "UPDATE idempotency_requestkey SET sealed = %s, response = %s WHERE id = %s", changes
                )
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA secure_delete = OFF")


class Migration(migrations.Migration):
    # Each batch is a transaction of its own: a break leaves what was sealed, and going on seals the rest.
    atomic = False

    dependencies = [("idempotency", "0002_without_age_index"), ("crypto", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="requestkey",
            name="sealed",
            field=orderwell.platform.crypto.fields.EncryptedTextField(aad=SEALED_AS, null=True),
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]
