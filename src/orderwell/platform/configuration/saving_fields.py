"""Own fields: what an administrator adds to products, variants, customers and orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from orderwell.kernel.errors import DomainError, InvalidValue, NotFound
from orderwell.kernel.refusals import ValueMissing, text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.batches import find_if_taken
from orderwell.platform.coded_rows import refuse
from orderwell.platform.configuration.custom_fields import forget_custom_fields
from orderwell.platform.configuration.events import ConfigurationEvent
from orderwell.platform.configuration.models import CustomField
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.events.versions import require_version
from orderwell.platform.permissions import Permission

ENTITIES = ("product", "variant", "customer", "order")


class FieldKindFixed(DomainError):
    """Values of the old kind lie in rows already."""

    code = "field_kind_fixed"
    message = "The field {key} holds values of the kind {kind} already; make a new field instead."


def list_custom_fields(*, actor: Actor) -> list[CustomField]:
    actor.require(Permission.SYSTEM_SETTING_CHANGE)
    return list(CustomField.objects.order_by("entity", "id"))


@find_if_taken
def save_custom_field(
    *,
    entity: str,
    key: str,
    label_zh: str = "",
    label_en: str = "",
    kind: str,
    choices: Sequence[str] = (),
    required: bool = False,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> CustomField:
    """Create or change the field `key` of `entity`. What rows hold already stays; its kind is fixed."""
    actor.require(Permission.SYSTEM_SETTING_CHANGE)
    key, offered = key.strip(), list(dict.fromkeys(choice.strip() for choice in choices if choice.strip()))
    label_zh, label_en = label_zh.strip() or label_en.strip() or key, label_en.strip() or label_zh.strip() or key
    refuse(_problems(entity, key, label_zh, label_en, kind, offered))
    with atomic():
        field = CustomField.objects.select_for_update().filter(entity=entity, key=key).first()
        if field is not None:
            require_version(version, f"custom-field:{field.pk}", kind="custom field")
        created = field is None
        field = field or CustomField(entity=entity, key=key, kind=kind)
        if field.kind != kind:
            raise FieldKindFixed(pointer="/kind", key=key, kind=field.kind)
        changes: dict[str, list[object]] = {}
        new = {"label_zh": label_zh, "label_en": label_en, "choices": offered, "required": required}
        for column, value in new.items():
            before = getattr(field, column)
            if value != before:
                changes[column] = [before, value]
                setattr(field, column, value)
        if created or changes:
            field.save()
            name = ConfigurationEvent.FIELD_CREATED if created else ConfigurationEvent.FIELD_CHANGED
            _record(name, field, changes, actor, now)
    forget_custom_fields()
    return field


def remove_custom_field(*, entity: str, key: str, actor: Actor, now: datetime) -> None:
    """The field is asked for no more. What rows hold of it stays in their history."""
    actor.require(Permission.SYSTEM_SETTING_CHANGE)
    with atomic():
        field = CustomField.objects.select_for_update().filter(entity=entity, key=key).first()
        if field is None:
            raise NotFound(kind="custom field", reference=f"{entity}/{key}"[:100])
        _record(ConfigurationEvent.FIELD_REMOVED, field, {}, actor, now)
        field.delete()
    forget_custom_fields()


def _record(
    name: ConfigurationEvent, field: CustomField, changes: dict[str, list[object]], actor: Actor, now: datetime
) -> None:
    subject = f"custom-field:{field.pk}"
    data = {"entity": field.entity, "key": field.key, "kind": field.kind, "changes": changes}
    record(Fact(name, subject, subject, data), actor=actor, now=now)


def _problems(
    entity: str, key: str, label_zh: str, label_en: str, kind: str, choices: Sequence[str]
) -> Iterator[DomainError]:
    if entity not in ENTITIES:
        yield InvalidValue(pointer="/entity", value=entity[:20], expected=", ".join(ENTITIES))
    yield from text_problems(key, "/key", 40, needed=True)
    if not all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in key):
        yield InvalidValue(pointer="/key", value=key[:40], expected="letters, digits, hyphens, underscores")
    yield from text_problems(label_zh, "/label_zh", 80)
    yield from text_problems(label_en, "/label_en", 80)
    if kind not in CustomField.Kind.values:
        yield InvalidValue(pointer="/kind", value=kind[:20], expected=", ".join(CustomField.Kind.values))
    if kind == CustomField.Kind.CHOICE and not choices:
        yield ValueMissing(pointer="/choices")
    if len(choices) > 200 or any(len(choice) > 120 for choice in choices):
        yield InvalidValue(pointer="/choices", value=len(choices), expected="at most 200 choices of 120 characters")
