import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import orderwell.platform.crypto.fields
import orderwell.platform.fields
import orderwell.platform.search.index


class Migration(migrations.Migration):
    # What databases have on record that were made before the first release.
    replaces = [
        ("customers", "0001_initial"),
        ("customers", "0002_search_index"),
        ("customers", "0003_people_notes_relations_merges"),
        ("customers", "0004_archived_index"),
        ("customers", "0005_tax_number_index"),
        ("customers", "0006_not_duplicate"),
        ("customers", "0007_files"),
    ]

    initial = True

    dependencies = [
        ("accounts", "0001_foundation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomerGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40, unique=True)),
                ("name_zh", models.CharField(max_length=120)),
                ("name_en", models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True)),
                ("kind", models.CharField(choices=[("person", "Person"), ("company", "Company")], max_length=10)),
                ("name", models.CharField(max_length=240)),
                ("external_id", models.CharField(max_length=80, null=True, unique=True)),
                ("tax_number", models.CharField(blank=True, max_length=40)),
                ("language", models.CharField(default="zh-hans", max_length=10)),
                ("currency", models.CharField(default="CNY", max_length=3)),
                ("credit_limit", orderwell.platform.fields.AmountField(null=True)),
                ("payment_terms_days", models.PositiveSmallIntegerField(default=0)),
                ("preferences", models.JSONField(default=dict)),
                ("note", models.TextField(blank=True)),
                ("custom", models.JSONField(default=dict)),
                ("active", models.BooleanField(default=True)),
                ("search_key", models.TextField(blank=True)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aliases",
                        to="customers.customer",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.team"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="customers",
                        to="customers.customergroup",
                    ),
                ),
                ("tags", models.ManyToManyField(related_name="customers", to="customers.tag")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["name", "id"], name="customer_name"),
                    models.Index(
                        condition=models.Q(("active", False)), fields=["name", "id"], name="customer_archived"
                    ),
                    models.Index(fields=["team", "id"], name="customer_team"),
                    models.Index(fields=["tax_number"], name="customer_tax_number"),
                    orderwell.platform.search.index.SearchIndex(fields=["search_key"], name="customer_search"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("purpose", models.CharField(max_length=40)),
                ("medium", models.CharField(max_length=20)),
                ("granted", models.BooleanField()),
                ("source", models.CharField(max_length=80)),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=120)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="consents", to="customers.customer"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("shipping", "Shipping"), ("billing", "Billing")], default="shipping", max_length=10
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=60)),
                ("recipient", models.CharField(max_length=120)),
                (
                    "phone",
                    orderwell.platform.crypto.fields.EncryptedTextField(aad="customers.address.phone", blank=True),
                ),
                (
                    "street",
                    orderwell.platform.crypto.fields.EncryptedTextField(aad="customers.address.street", blank=True),
                ),
                ("district", models.CharField(blank=True, max_length=80)),
                ("city", models.CharField(blank=True, max_length=80)),
                ("region", models.CharField(blank=True, max_length=80)),
                ("postcode", models.CharField(blank=True, max_length=20)),
                ("country", models.CharField(default="CN", max_length=2)),
                ("is_default", models.BooleanField(default=False)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="addresses", to="customers.customer"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CustomerFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("file", models.FileField(upload_to="customers/%Y/%m")),
                ("name", models.CharField(max_length=240)),
                ("content_type", models.CharField(max_length=120)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("author_label", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="customers.customer"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CustomerNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("body", orderwell.platform.crypto.fields.EncryptedTextField(aad="customers.note.body")),
                ("pinned", models.BooleanField(default=False)),
                ("author_label", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField(null=True)),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="customers.customer"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("job_title", models.CharField(blank=True, max_length=120)),
                (
                    "phone",
                    orderwell.platform.crypto.fields.EncryptedTextField(aad="customers.contact.phone", blank=True),
                ),
                ("phone_index", models.BinaryField(max_length=16, null=True)),
                ("phone_last4_index", models.BinaryField(max_length=16, null=True)),
                (
                    "email",
                    orderwell.platform.crypto.fields.EncryptedTextField(aad="customers.contact.email", blank=True),
                ),
                ("email_index", models.BinaryField(max_length=16, null=True)),
                ("is_primary", models.BooleanField(default=False)),
                ("roles", models.JSONField(db_default=[], default=list)),
                ("language", models.CharField(blank=True, db_default="", max_length=10)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="contacts", to="customers.customer"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["phone_index"], name="contact_phone"),
                    models.Index(fields=["phone_last4_index"], name="contact_phone_last4"),
                    models.Index(fields=["email_index"], name="contact_email"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerMerge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("choices", models.JSONField(default=dict)),
                ("moved", models.JSONField(default=dict)),
                (
                    "records",
                    orderwell.platform.crypto.fields.EncryptedTextField(aad="customers.merge.records", blank=True),
                ),
                ("version_after", models.PositiveIntegerField()),
                ("made_at", models.DateTimeField()),
                ("actor_label", models.CharField(max_length=120)),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.CharField(blank=True, max_length=120)),
                (
                    "merged",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merged_by", to="customers.customer"
                    ),
                ),
                (
                    "survivor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="merges", to="customers.customer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at__isnull", True)), fields=("merged",), name="merge_in_force_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomerRelation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("parent", "Parent"), ("payer", "Payer")], max_length=10)),
                ("created_at", models.DateTimeField()),
                ("created_by", models.CharField(max_length=120)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="relations", to="customers.customer"
                    ),
                ),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="related", to="customers.customer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("customer", "kind"), name="relation_once"),
                    models.CheckConstraint(
                        condition=models.Q(("customer", models.F("other")), _negated=True), name="relation_to_another"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NotDuplicate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("note", models.CharField(blank=True, max_length=240)),
                ("said_at", models.DateTimeField()),
                ("said_by", models.CharField(max_length=120)),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="not_the_younger",
                        to="customers.customer",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="not_the_older",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("first", "second"), name="not_duplicate_once"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="not_duplicate_in_order"
                    ),
                ],
            },
        ),
    ]
