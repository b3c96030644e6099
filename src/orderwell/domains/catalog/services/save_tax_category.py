"""Tax categories and their rates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import UNSET

from orderwell.domains.catalog.drafts import TaxCategoryDraft
from orderwell.domains.catalog.events import CatalogEvent
from orderwell.domains.catalog.models import TaxCategory
from orderwell.domains.catalog.resolving import forget_reference
from orderwell.kernel.errors import DomainError, InvalidValue
from orderwell.kernel.money import RATE_SCALE
from orderwell.kernel.quantities import has_scale
from orderwell.kernel.refusals import ValueMissing
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.batches import find_if_taken
from orderwell.platform.coded_rows import apply, code_and_name_problems, complete_names, refuse
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.events.versions import require_version
from orderwell.platform.permissions import Permission


@find_if_taken
def save_tax_category(
    draft: TaxCategoryDraft, *, version: int | None = None, actor: Actor, now: datetime
) -> TaxCategory:
    """Create or change the tax category `draft.code`. Orders that exist keep the rate they were placed with."""
    actor.require(Permission.SYSTEM_SETTING_CHANGE)
    with atomic():
        category = TaxCategory.objects.select_for_update().filter(code=draft.code).first()
        if category is not None:
            require_version(version, f"tax-category:{category.pk}", kind="tax category")
        refuse(_problems(draft, category))
        created = category is None
        category = category or TaxCategory(code=draft.code)
        changes = apply(category, draft, {"name_zh": "name_zh", "name_en": "name_en", "rate": "rate"})
        complete_names(category)
        if created or changes:
            category.save()
            name = CatalogEvent.TAX_CATEGORY_CREATED if created else CatalogEvent.TAX_CATEGORY_CHANGED
            subject = f"tax-category:{category.pk}"
            record(Fact(name, subject, subject, {"code": category.code, "changes": changes}), actor=actor, now=now)
    forget_reference()
    return category


def _problems(draft: TaxCategoryDraft, category: TaxCategory | None) -> Iterator[DomainError]:
    yield from code_and_name_problems(draft, limit=40)
    if draft.rate is UNSET:
        if category is None:
            yield ValueMissing(pointer="/rate")
    elif not draft.rate.is_finite() or not 0 <= draft.rate <= 1 or not has_scale(draft.rate, RATE_SCALE):
        yield InvalidValue(
            pointer="/rate", value=str(draft.rate)[:40], expected="a fraction from 0 to 1, such as 0.13 for 13 %"
        )
