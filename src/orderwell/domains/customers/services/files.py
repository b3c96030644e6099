"""Files of a customer: contracts, certificates, whatever belongs to no order."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import PurePath

from django.core.files.base import ContentFile

from orderwell.domains.customers.events import CustomerEvent
from orderwell.domains.customers.models import CustomerFile
from orderwell.domains.customers.queries import visible_customers
from orderwell.kernel.errors import NotFound
from orderwell.kernel.refusals import EmptyFile, FileTooLarge
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

MAX_FILE = 25 * 1024 * 1024


def add_customer_file(
    *, customer_id: int, name: str, content: bytes, content_type: str, actor: Actor, now: datetime
) -> CustomerFile:
    """Keep a file with the customer. Raises EmptyFile, FileTooLarge (25 MiB), NotFound, PermissionDenied."""
    actor.require(Permission.CUSTOMERS_CUSTOMER_CHANGE)
    shown = PurePath(name.replace("\\", "/")).name[:240] or "file"
    if not content:
        raise EmptyFile(pointer="/file", name=shown)
    if len(content) > MAX_FILE:
        raise FileTooLarge(pointer="/file", size=len(content), limit=MAX_FILE)
    digest = hashlib.sha256(content).hexdigest()
    with atomic():
        rows = visible_customers(actor).filter(pk=customer_id, merged_into=None)
        customer = rows.select_for_update(of=("self",), no_key=True).first()
        if customer is None:
            raise NotFound(kind="customer", reference=customer_id)
        made = CustomerFile(
            customer=customer,
            name=shown,
            content_type=content_type[:120],
            size=len(content),
            sha256=digest,
            author_label=actor.label[:120],
            created_at=now,
        )
        # Stored under a name of our own, so that nothing in the sender's name can matter to the file system.
        made.file.save(f"{customer.pk}-{digest[:16]}{PurePath(shown).suffix[:10]}", ContentFile(content), save=False)
        made.save()
        fact = Fact(CustomerEvent.FILE_ADDED, f"customer:{customer.pk}", f"customer-file:{made.pk}", {"name": shown})
        record(fact, actor=actor, now=now)
    return made
