"""What may be offered in place of goods that are out of stock."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from orderwell.api.bodies import ApiRequest
from orderwell.api.catalog.routes import routes
from orderwell.api.requests import may_also
from orderwell.api.shapes import Code, Id, Input, Shape, Text
from orderwell.domains.catalog.models import Variant
from orderwell.domains.catalog.services.set_substitutes import Substitute, set_substitutes
from orderwell.domains.catalog.substitutes import MOST, substitutes_of
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

VIEW, CHANGE = Permission.CATALOG_PRODUCT_VIEW, Permission.CATALOG_PRODUCT_CHANGE


class SubstituteShape(Shape):
    """The best first."""

    variant_id: int
    sku: str
    note: str


class NewSubstitute(Input):
    sku: Code
    note: Text = ""


class NewSubstitutes(Input):
    substitutes: list[NewSubstitute] = Field(max_length=MOST)


def _shown(actor: Actor, variant_id: int) -> list[dict[str, Any]]:
    found = substitutes_of(actor, [variant_id]).get(variant_id, [])
    return [{"variant_id": row.substitute_id, "sku": row.substitute.sku, "note": row.note} for row in found]


@routes.read("/variants/{variant_id}/substitutes", permission=VIEW, response=list[SubstituteShape])
def list_substitutes(request: ApiRequest, variant_id: Id) -> list[dict[str, Any]]:
    if not Variant.objects.filter(pk=variant_id).exists():
        raise NotFound(kind="variant", reference=str(variant_id))
    return _shown(request.actor, variant_id)


@routes.write("PUT", "/variants/{variant_id}/substitutes", permission=CHANGE, response=list[SubstituteShape])
def replace_substitutes(request: ApiRequest, variant_id: Id, body: NewSubstitutes) -> list[dict[str, Any]]:
    """The whole list, the best first; an empty one takes all away."""
    wanted = [Substitute(item.sku, item.note) for item in body.substitutes]
    set_substitutes(variant_id=variant_id, substitutes=wanted, actor=request.actor, now=utc_now())
    return _shown(may_also(request.actor, VIEW), variant_id)
