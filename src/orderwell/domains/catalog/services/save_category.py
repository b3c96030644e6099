"""The tree of categories."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import UNSET

from orderwell.domains.catalog.drafts import CategoryDraft
from orderwell.domains.catalog.errors import CategoryCircle, UnknownCategory
from orderwell.domains.catalog.events import CatalogEvent
from orderwell.domains.catalog.models import Category
from orderwell.kernel.errors import DomainError, choices
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.batches import find_if_taken
from orderwell.platform.coded_rows import apply, code_and_name_problems, complete_names, refuse
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.events.versions import require_version
from orderwell.platform.permissions import Permission


@find_if_taken
def save_category(draft: CategoryDraft, *, version: int | None = None, actor: Actor, now: datetime) -> Category:
    """Create or change the category `draft.code`; `parent` is a category's code, None for the top."""
    actor.require(Permission.CATALOG_PRODUCT_CHANGE)
    with atomic():
        # The whole small tree is locked, so that two moves at the same time cannot close a circle between them.
        tree = {category.code: category for category in Category.objects.select_for_update().order_by("pk")}
        if draft.code in tree:
            require_version(version, f"category:{tree[draft.code].pk}", kind="category")
        refuse(_problems(draft, tree))
        created = draft.code not in tree
        category = tree.get(draft.code) or Category(code=draft.code)
        changes = apply(category, draft, {"name_zh": "name_zh", "name_en": "name_en"})
        if draft.parent is not UNSET:
            parent = None if draft.parent is None else tree[draft.parent].pk
            if parent != category.parent_id:
                changes["parent"] = [_code(tree, category.parent_id), draft.parent]
                category.parent_id = parent
        complete_names(category)
        if created or changes:
            category.save()
            name = CatalogEvent.CATEGORY_CREATED if created else CatalogEvent.CATEGORY_CHANGED
            subject = f"category:{category.pk}"
            record(Fact(name, subject, subject, {"code": category.code, "changes": changes}), actor=actor, now=now)
    return category


def _code(tree: dict[str, Category], category_id: int | None) -> str | None:
    return next((category.code for category in tree.values() if category.pk == category_id), None)


def _problems(draft: CategoryDraft, tree: dict[str, Category]) -> Iterator[DomainError]:
    yield from code_and_name_problems(draft, limit=60)
    if draft.parent is UNSET or draft.parent is None:
        return
    above = tree.get(draft.parent)
    if above is None:
        yield UnknownCategory(pointer="/parent", value=draft.parent[:60], expected=choices(tree))
    by_id = {category.pk: category for category in tree.values()}
    while above is not None:
        if above.code == draft.code:
            yield CategoryCircle(pointer="/parent", value=draft.code)
            return
        above = by_id.get(above.parent_id) if above.parent_id is not None else None
