"""Conversations, tasks, mentions and ratings, and how a customer reaches an order without signing in: records only.

What people write is personal data and encrypted. A case points to its order; what came of it in other domains is named
("return:12"), because those domains stand beside this one.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from orderwell.platform.crypto import EncryptedTextField
from orderwell.platform.fields import QuantityField


class Case(models.Model):
    """A conversation with one subject. See states.py for its states."""

    class Kind(models.TextChoices):
        QUESTION = "question"
        RETURN_REQUEST = "return_request"
        COMPLAINT = "complaint"
        STAFF_QUESTION = "staff_question"

    class Priority(models.IntegerChoices):
        HIGH = 10
        NORMAL = 50
        LOW = 90

    number = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    # Blank where the kind and the order say it all: what customers write stays in their messages.
    subject = models.CharField(max_length=240, blank=True)
    state = models.CharField(max_length=20)
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.NORMAL)
    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, null=True, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, null=True, related_name="+")
    assignee = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    # The colleague who opened it; NULL for customers, programs and the system.
    opener = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    opened_by_customer = models.BooleanField(default=False)
    opener_label = models.CharField(max_length=120)
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    # When somebody last wrote, or its state changed: the order of the inbox.
    touched_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    # What came of a return request: "return:12", or "refused".
    outcome = models.CharField(max_length=40, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="case_closed_at",
            ),
        ]
        indexes = [
            models.Index(fields=["-touched_at", "-id"], name="case_recent"),
            models.Index(fields=["state", "-touched_at", "-id"], name="case_state"),
            models.Index(fields=["order"], name="case_order", condition=Q(order__isnull=False)),
            models.Index(fields=["customer"], name="case_customer", condition=Q(customer__isnull=False)),
            models.Index(
                fields=["assignee", "-touched_at"],
                name="case_assignee",
                condition=~Q(state="closed") & Q(assignee__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RequestedUnits(models.Model):
    """What a customer wants to send back, in units of the order line."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="requested")
    order_line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "order_line"], name="requested_units_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="requested_units_positive"),
        ]


class Message(models.Model):
    class Direction(models.TextChoices):
        IN = "in"
        OUT = "out"
        INTERNAL = "internal"  # never shown to the customer

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=10, choices=Direction)
    body = EncryptedTextField(aad="cases.message.body")
    author = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    author_label = models.CharField(max_length=120)
    created_at = models.DateTimeField()


class MessageFile(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to="cases/%Y/%m")
    name = models.CharField(max_length=240)
    content_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)


class Task(models.Model):
    """Something to be done about a document; `stream` names it as events do: "order:12", "customer:5", "case:7"."""

    stream = models.CharField(max_length=40)
    text = EncryptedTextField(aad="cases.task.text")
    assignee = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    author_label = models.CharField(max_length=120)
    done_at = models.DateTimeField(null=True)
    done_label = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["stream"], name="task_stream"),
            models.Index(fields=["assignee"], name="task_open", condition=Q(done_at__isnull=True)),
        ]


class Notice(models.Model):
    """Tells one colleague that something waits for them: they were mentioned, or given a task or a case."""

    class Kind(models.TextChoices):
        MENTION = "mention"
        TASK = "task"
        CASE = "case"
        MESSAGE = "message"

    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    stream = models.CharField(max_length=40)
    # What it is about: "message:4", "task:2", "note:7".
    subject = models.CharField(max_length=40)
    # What the document is called: "SO00000012".
    title = models.CharField(max_length=80)
    text = EncryptedTextField(aad="cases.notice.text", blank=True)
    actor_label = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "subject"], name="notice_once")]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="notice_recent"),
            models.Index(fields=["user"], name="notice_unread", condition=Q(read_at__isnull=True)),
        ]


class Rating(models.Model):
    """What a customer thinks of a delivered order, once."""

    order = models.OneToOneField("orders.Order", on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, null=True, related_name="+")
    score = models.PositiveSmallIntegerField()
    comment = EncryptedTextField(aad="cases.rating.comment", blank=True)
    created_at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True)
    hidden_by = models.CharField(max_length=120, blank=True)
    hidden_reason = models.CharField(max_length=240, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(score__gte=1) & Q(score__lte=5), name="rating_one_to_five"),
            models.CheckConstraint(
                condition=Q(hidden_at__isnull=True) | ~Q(hidden_reason=""), name="rating_hidden_with_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="rating_recent"),
            models.Index(
                fields=["customer", "-created_at", "-id"],
                name="rating_customer_recent",
                condition=Q(customer__isnull=False),
            ),
        ]


class OrderLink(models.Model):
    """A customer's way to one order without signing in. The link itself is the signed id; it can be taken back."""

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=120)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=120, blank=True)
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["order", "-id"], name="order_link_order")]


class LookupFailure(models.Model):
    """An order number and a phone number that did not belong together, kept to stop guessing.

    `subject` is a keyed hash of the number that was tried, whether there is such an order or not.
    """

    address = models.CharField(max_length=45)
    subject = models.BinaryField(max_length=16)
    failed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["address", "failed_at"], name="lookup_failure_address"),
            models.Index(fields=["subject", "failed_at"], name="lookup_failure_subject"),
        ]
