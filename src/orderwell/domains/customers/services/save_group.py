"""Customer groups."""

from __future__ import annotations

from datetime import datetime

from orderwell.domains.customers.drafts import CustomerGroupDraft
from orderwell.domains.customers.events import CustomerEvent
from orderwell.domains.customers.models import CustomerGroup
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.batches import find_if_taken
from orderwell.platform.coded_rows import apply, code_and_name_problems, complete_names, refuse
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.events.versions import require_version
from orderwell.platform.permissions import Permission


@find_if_taken
def save_group(draft: CustomerGroupDraft, *, version: int | None = None, actor: Actor, now: datetime) -> CustomerGroup:
    """Create or change the group `draft.code`."""
    actor.require(Permission.CUSTOMERS_CUSTOMER_CHANGE)
    refuse(code_and_name_problems(draft, limit=40))
    with atomic():
        group = CustomerGroup.objects.select_for_update().filter(code=draft.code).first()
        if group is not None:
            require_version(version, f"customer-group:{group.pk}", kind="customer group")
        created = group is None
        group = group or CustomerGroup(code=draft.code)
        changes = apply(group, draft, {"name_zh": "name_zh", "name_en": "name_en"})
        complete_names(group)
        if created or changes:
            group.save()
            name = CustomerEvent.GROUP_CREATED if created else CustomerEvent.GROUP_CHANGED
            subject = f"customer-group:{group.pk}"
            record(Fact(name, subject, subject, {"code": group.code, "changes": changes}), actor=actor, now=now)
    return group
