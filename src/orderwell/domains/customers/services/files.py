"""Files of a customer: contracts, certificates, whatever belongs to no order."""

from __future__ import annotations

from datetime import datetime

from orderwell.domains.customers.events import CustomerEvent
from orderwell.domains.customers.models import CustomerFile
from orderwell.domains.customers.queries import visible_customers
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission
from orderwell.platform.uploads import checked_upload


def add_customer_file(
    *, customer_id: int, name: str, content: bytes, content_type: str, actor: Actor, now: datetime
) -> CustomerFile:
    """Keep a file with the customer. Raises EmptyFile, FileTooLarge (25 MiB), NotFound, PermissionDenied."""
    actor.require(Permission.CUSTOMERS_CUSTOMER_CHANGE)
    upload = checked_upload(name, content, content_type, pointer="/file")
    with atomic():
        rows = visible_customers(actor).filter(pk=customer_id, merged_into=None)
        customer = rows.select_for_update(of=("self",), no_key=True).first()
        if customer is None:
            raise NotFound(kind="customer", reference=customer_id)
        made = CustomerFile(customer=customer, **upload.columns, author_label=actor.label[:120], created_at=now)
        upload.keep(made, customer.pk)
        fact = Fact(
            CustomerEvent.FILE_ADDED, f"customer:{customer.pk}", f"customer-file:{made.pk}", {"name": upload.name}
        )
        record(fact, actor=actor, now=now)
    return made
