"""Name what may be offered in place of a variant that is out of stock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from orderwell.domains.catalog.errors import GivenTwice, SubstituteOfItself, TooManySubstitutes, UnknownSku
from orderwell.domains.catalog.events import CatalogEvent
from orderwell.domains.catalog.models import ProductSubstitute, Variant
from orderwell.domains.catalog.substitutes import MOST
from orderwell.kernel.errors import DomainError, NotFound
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.coded_rows import refuse
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.events.versions import require_version
from orderwell.platform.permissions import Permission

CHANGES = (CatalogEvent.SUBSTITUTES_CHANGED,)


@dataclass(frozen=True, slots=True)
class Substitute:
    """`note` tells the clerk what is different, such as "5 cm shorter"."""

    sku: str
    note: str = ""


def set_substitutes(
    *, variant_id: int, substitutes: Sequence[Substitute], version: int | None = None, actor: Actor, now: datetime
) -> list[ProductSubstitute]:
    """The whole list, the best first; an empty one takes all away. Raises NotFound, StaleVersion, Refusal."""
    actor.require(Permission.CATALOG_PRODUCT_CHANGE)
    wanted = [Substitute(item.sku.strip(), item.note.strip()) for item in substitutes]
    with atomic():
        variant = Variant.objects.select_for_update(no_key=True).filter(pk=variant_id).first()
        if variant is None:
            raise NotFound(kind="variant", reference=str(variant_id))
        require_version(version, f"product:{variant.product_id}", kind="variant", names=CHANGES)
        known = {row.sku: row for row in Variant.objects.filter(sku__in=[item.sku for item in wanted])}
        refuse(_problems(variant, wanted, known))
        known_rows = list(
            ProductSubstitute.objects.filter(variant=variant).select_related("substitute").order_by("position", "pk")
        )
        before = [(row.substitute.sku, row.note) for row in known_rows]
        after = [(item.sku, item.note) for item in wanted]
        if before == after:
            return known_rows
        ProductSubstitute.objects.filter(variant=variant).delete()
        made = ProductSubstitute.objects.bulk_create(
            ProductSubstitute(variant=variant, substitute=known[item.sku], position=place, note=item.note)
            for place, item in enumerate(wanted)
        )
        stream = f"product:{variant.product_id}"
        was, now_is = (", ".join(sku for sku, _note in rows) for rows in (before, after))
        data = {"sku": variant.sku, "before": was, "after": now_is}
        record(Fact(CatalogEvent.SUBSTITUTES_CHANGED, stream, f"variant:{variant.pk}", data), actor=actor, now=now)
    return made


def _problems(variant: Variant, wanted: Sequence[Substitute], known: dict[str, Variant]) -> Iterator[DomainError]:
    if len(wanted) > MOST:
        yield TooManySubstitutes(pointer="/substitutes", limit=MOST, count=len(wanted))
    seen: set[str] = set()
    for place, item in enumerate(wanted[:MOST]):
        pointer = f"/substitutes/{place}"
        found = known.get(item.sku)
        if found is None or not found.active:
            yield UnknownSku(pointer=f"{pointer}/sku", value=item.sku[:60])
        elif found.pk == variant.pk:
            yield SubstituteOfItself(pointer=f"{pointer}/sku", sku=variant.sku)
        elif item.sku in seen:
            yield GivenTwice(pointer=f"{pointer}/sku", value=item.sku)
        seen.add(item.sku)
        yield from text_problems(item.note, f"{pointer}/note", 240, lines=True)
