"""Who buys: records only. Phone, e-mail and street are encrypted; blind indexes make exact search possible."""

from __future__ import annotations

from django.db import models

from orderwell.platform.crypto import EncryptedTextField
from orderwell.platform.fields import AmountField
from orderwell.platform.search import SearchIndex


class CustomerGroup(models.Model):
    code = models.SlugField(max_length=40, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)

    def __str__(self) -> str:
        return self.code


class Tag(models.Model):
    name = models.CharField(max_length=60, unique=True)
    # What "VIP" and "vip" have in common, so that they are one tag. NULL: two such were made before that was so.
    key = models.TextField(null=True, unique=True)

    def __str__(self) -> str:
        return self.name


class Customer(models.Model):
    class Kind(models.TextChoices):
        PERSON = "person"
        COMPANY = "company"

    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=240)
    # Number in another system, such as the shop or the ERP it came from.
    external_id = models.CharField(max_length=80, null=True, unique=True)  # NULL: unique only where given
    tax_number = models.CharField(max_length=40, blank=True)
    group = models.ForeignKey(CustomerGroup, on_delete=models.PROTECT, null=True, related_name="customers")
    tags = models.ManyToManyField(Tag, related_name="customers")
    owner = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey("accounts.Team", on_delete=models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=10, default="zh-hans")
    currency = models.CharField(max_length=3, default="CNY")
    # NULL: no limit was agreed. 0: pays in advance.
    credit_limit = AmountField(null=True)
    payment_terms_days = models.PositiveSmallIntegerField(default=0)
    # Carrier, delivery window, invoice channel, substitutes: applied when an order is entered.
    preferences = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    custom = models.JSONField(default=dict)
    active = models.BooleanField(default=True)
    # Set for a customer that became part of another: its number and external id lead there.
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="aliases")
    search_key = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["name", "id"], name="customer_name"),
            models.Index(fields=["name", "id"], name="customer_archived", condition=models.Q(active=False)),
            models.Index(fields=["team", "id"], name="customer_team"),
            models.Index(fields=["tax_number"], name="customer_tax_number"),
            SearchIndex(fields=["search_key"], name="customer_search"),
        ]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A person to talk to. The index columns are HMACs of the normalised number or address."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=120)
    job_title = models.CharField(max_length=120, blank=True)
    phone = EncryptedTextField(aad="customers.contact.phone", blank=True)
    phone_index = models.BinaryField(max_length=16, null=True)
    phone_last4_index = models.BinaryField(max_length=16, null=True)
    email = EncryptedTextField(aad="customers.contact.email", blank=True)
    email_index = models.BinaryField(max_length=16, null=True)
    is_primary = models.BooleanField(default=False)
    # What this person is there for (see validation.py), and the language to write to them in; blank: the customer's.
    roles = models.JSONField(default=list, db_default=[])
    language = models.CharField(max_length=10, blank=True, db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["phone_index"], name="contact_phone"),
            models.Index(fields=["phone_last4_index"], name="contact_phone_last4"),
            models.Index(fields=["email_index"], name="contact_email"),
        ]


class Address(models.Model):
    class Kind(models.TextChoices):
        SHIPPING = "shipping"
        BILLING = "billing"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SHIPPING)
    label = models.CharField(max_length=60, blank=True)
    recipient = models.CharField(max_length=120)
    phone = EncryptedTextField(aad="customers.address.phone", blank=True)
    street = EncryptedTextField(aad="customers.address.street", blank=True)
    district = models.CharField(max_length=80, blank=True)
    city = models.CharField(max_length=80, blank=True)
    region = models.CharField(max_length=80, blank=True)
    postcode = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, default="CN")
    is_default = models.BooleanField(default=False)


class Consent(models.Model):
    """Append-only: the newest row of a purpose and medium is what holds."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=40)
    medium = models.CharField(max_length=20)
    granted = models.BooleanField()
    source = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=120)


class CustomerNote(models.Model):
    """What a colleague knows about a customer. Encrypted: it is about people. Taken away it stays, so that it can come back."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="notes")
    body = EncryptedTextField(aad="customers.note.body")
    pinned = models.BooleanField(default=False)
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    author_label = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)


class CustomerFile(models.Model):
    """A file of the customer itself, such as a contract."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to="customers/%Y/%m")
    name = models.CharField(max_length=240)
    content_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    author_label = models.CharField(max_length=120)
    created_at = models.DateTimeField()


class CustomerRelation(models.Model):
    """`customer` is a branch of `other`, or is billed to it. One parent and one payer each."""

    class Kind(models.TextChoices):
        PARENT = "parent"
        PAYER = "payer"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="relations")
    other = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="related")
    kind = models.CharField(max_length=10, choices=Kind)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind"], name="relation_once"),
            models.CheckConstraint(condition=~models.Q(customer=models.F("other")), name="relation_to_another"),
        ]


class NotDuplicate(models.Model):
    """Two customers who look alike and are not the same, as somebody found who looked. `first` is the older record."""

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="not_the_younger")
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="not_the_older")
    note = models.CharField(max_length=240, blank=True)
    said_at = models.DateTimeField()
    said_by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_duplicate_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="not_duplicate_in_order"),
        ]


class CustomerMerge(models.Model):
    """One customer that became part of another, as a document: what was chosen, what moved, and what was before."""

    survivor = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="merged_by")
    # Field -> "survivor" or "merged"; documents that moved, by kind.
    choices = models.JSONField(default=dict)
    moved = models.JSONField(default=dict)
    # Both records before and the survivor after, contacts and addresses among them, as one encrypted JSON object.
    records = EncryptedTextField(aad="customers.merge.records", blank=True)
    version_after = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    actor_label = models.CharField(max_length=120)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], name="merge_in_force_once", condition=models.Q(undone_at__isnull=True)
            ),
        ]
