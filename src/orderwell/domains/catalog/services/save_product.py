"""Create and change products with all that belongs to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import msgspec

from orderwell.domains.catalog.drafts import ProductDraft
from orderwell.domains.catalog.events import CatalogEvent
from orderwell.domains.catalog.models import Product
from orderwell.domains.catalog.products import ProductState, differences, merged
from orderwell.domains.catalog.storing import Loaded, load, store
from orderwell.domains.catalog.validation import problems
from orderwell.kernel.errors import ErrorDetail, StaleVersion
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.batches import Verdict, refused, save_in_batches
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission


def save_product(draft: ProductDraft, *, actor: Actor, now: datetime) -> Product:
    """Create the product `draft.code`, or change it when it exists. Raises Refusal with everything that is wrong."""
    verdict = save_products([draft], actor=actor, now=now)[0]
    return Product.objects.get(pk=verdict.or_raise())


def save_products(drafts: Sequence[ProductDraft], *, actor: Actor, now: datetime) -> list[Verdict]:
    """Create or change many products; one verdict per draft, in their order. Later drafts see earlier ones."""
    actor.require(Permission.CATALOG_PRODUCT_CHANGE)
    return save_in_batches(
        [_tidy(draft) for draft in drafts],
        save=partial(_save, actor=actor, now=now),
        reference=lambda draft: draft.code,
    )


def _tidy(draft: ProductDraft) -> ProductDraft:
    """Codes without the spaces that come with copying."""
    variants = tuple(msgspec.structs.replace(variant, sku=variant.sku.strip()) for variant in draft.variants)
    return msgspec.structs.replace(draft, code=draft.code.strip(), variants=variants)


def _save(drafts: Sequence[ProductDraft], *, actor: Actor, now: datetime) -> list[Verdict]:
    loaded = load(drafts)
    catalogue = loaded.catalogue
    touched: dict[str, ProductState | None] = {}  # as the tables hold it
    facts: list[tuple[CatalogEvent, str, dict[str, object]]] = []
    decided: list[tuple[str, str, list[ErrorDetail]]] = []
    for draft in drafts:
        errors = _stale(draft, loaded) or problems(draft, catalogue)
        if errors:
            decided.append((draft.code, "refused", errors))
            continue
        before = catalogue.products.get(draft.code)
        after = merged(before, draft)
        changes = differences(before, after) if before else {}
        if before is not None and not changes:
            decided.append((draft.code, "unchanged", []))
            continue
        touched.setdefault(draft.code, before)
        catalogue.accept(after)
        if before is None:
            facts.append((CatalogEvent.PRODUCT_CREATED, draft.code, {"skus": sorted(after.variants)}))
        else:
            facts.append((_what_happened(changes), draft.code, {"changes": changes}))
        decided.append((draft.code, "created" if before is None else "updated", []))
    store(loaded, touched, now)
    subjects = {code: f"product:{product.pk}" for code, product in loaded.products.items()}
    record(
        [Fact(name, subjects[code], subjects[code], {"code": code, **data}) for name, code, data in facts],
        actor=actor,
        now=now,
    )
    return [
        refused(code, errors) if errors else Verdict(code, outcome, loaded.products[code].pk)  # type: ignore[arg-type]
        for code, outcome, errors in decided
    ]


def _stale(draft: ProductDraft, loaded: Loaded) -> list[ErrorDetail]:
    product = loaded.products.get(draft.code)
    if draft.version is None or product is None or product.version == draft.version:
        return []
    return [StaleVersion(pointer="/version", kind="product", current=product.version, given=draft.version).detail()]


def _what_happened(changes: dict[str, list[object]]) -> CatalogEvent:
    if list(changes) == ["active"]:
        return CatalogEvent.PRODUCT_RESTORED if changes["active"][1] else CatalogEvent.PRODUCT_ARCHIVED
    return CatalogEvent.PRODUCT_CHANGED
