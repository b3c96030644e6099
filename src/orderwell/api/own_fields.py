"""Own fields: what the company adds to products, variants, customers and orders."""

from __future__ import annotations

from pydantic import Field

from orderwell.api.bodies import ApiRequest
from orderwell.api.routing import Routes
from orderwell.api.shapes import Code, Input, Shape
from orderwell.kernel.clock import utc_now
from orderwell.platform.configuration.models import CustomField
from orderwell.platform.configuration.saving_fields import (
    list_custom_fields,
    remove_custom_field,
    save_custom_field,
)
from orderwell.platform.permissions import Permission

routes = Routes("custom fields")
SETTING = Permission.SYSTEM_SETTING_CHANGE


class CustomFieldShape(Shape):
    entity: str
    key: str
    label_zh: str
    label_en: str
    kind: str
    choices: list[str]
    required: bool


class NewCustomField(Input):
    """`entity` is product, variant, customer or order; `kind` is text, number, yes_no, date or choice."""

    entity: Code
    key: Code
    label_zh: str = Field(default="", max_length=80)
    label_en: str = Field(default="", max_length=80)
    kind: Code
    choices: list[str] = Field(default=[], max_length=200)
    required: bool = False


@routes.read("/custom-fields", permission=SETTING, response=list[CustomFieldShape])
def all_custom_fields(request: ApiRequest) -> list[CustomField]:
    return list_custom_fields(actor=request.actor)


@routes.write("POST", "/custom-fields", permission=SETTING, response=CustomFieldShape)
def put_custom_field(request: ApiRequest, body: NewCustomField) -> CustomField:
    """Create the field `key` of `entity`, or change it when it exists. Its kind is fixed."""
    return save_custom_field(**body.model_dump(), actor=request.actor, now=utc_now())


@routes.write("DELETE", "/custom-fields/{entity}/{key}", permission=SETTING, response=list[CustomFieldShape])
def drop_custom_field(request: ApiRequest, entity: str, key: str) -> list[CustomField]:
    """The field is asked for no more; the fields that are left."""
    remove_custom_field(entity=entity, key=key, actor=request.actor, now=utc_now())
    return list_custom_fields(actor=request.actor)
