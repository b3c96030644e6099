"""String foreign keys are invisible to import-linter; the model registry sees them all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import AppConfig, apps
from django.db import models

# From the bottom to the top; apps on one line don't know each other.
LINES = (
    ("orderwell.platform",),
    ("orderwell.domains.catalog", "orderwell.domains.customers"),
    ("orderwell.domains.prices",),
    ("orderwell.domains.inventory", "orderwell.domains.purchasing"),
    ("orderwell.domains.orders",),
    ("orderwell.domains.fulfilment", "orderwell.domains.billing", "orderwell.domains.cases"),
    (
        "orderwell.domains.automation",
        "orderwell.domains.integrations",
        "orderwell.domains.analytics",
        "orderwell.domains.planning",
    ),
    ("orderwell.web", "orderwell.api", "orderwell.cli"),
)
DELETIONS = (models.PROTECT, models.SET_NULL, models.RESTRICT)
# Rows that are nothing but a setting of what they point to go with it; they are the cause of no balance.
SETTINGS_OF_ANOTHER = {"inventory.ChannelBuffer"}


def own_apps() -> list[AppConfig]:
    return [config for config in apps.get_app_configs() if config.name.startswith("orderwell.")]


def line_of(name: str) -> int:
    for number, packages in enumerate(LINES):
        if any(name == package or name.startswith(f"{package}.") for package in packages):
            return number
    raise AssertionError(f"{name} is on no line of the house; add it to LINES here and to the layers in pyproject.toml")


def relations() -> Iterator[tuple[type[models.Model], models.ForeignObject]]:
    for config in own_apps():
        for model in config.get_models():
            for field in model._meta.get_fields():
                if isinstance(field, models.ForeignKey | models.ManyToManyField) and field.model is model:
                    yield model, field


def crossing() -> list[tuple[type[models.Model], models.ForeignObject]]:
    return [
        (model, field)
        for model, field in relations()
        if model._meta.app_config.name != field.related_model._meta.app_config.name
        and field.related_model._meta.app_config.name.startswith("orderwell.")
    ]


def label(model: type[models.Model], field: models.ForeignObject) -> str:
    return f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"


def test_every_app_has_a_line() -> None:
    assert own_apps()
    for config in own_apps():
        line_of(config.name)


def test_foreign_keys_point_down() -> None:
    wrong = []
    for model, field in crossing():
        source, target = model._meta.app_config.name, field.related_model._meta.app_config.name
        # Inside the platform one app may use another; import-linter has nothing to say about that either.
        below = line_of(target) < line_of(source) or line_of(target) == line_of(source) == 0
        if not below:
            wrong.append(label(model, field))
    assert not wrong, "foreign keys that point up or across: " + ", ".join(wrong)


def test_a_lower_app_gets_no_attribute_from_a_higher_one() -> None:
    wrong = [label(model, field) for model, field in crossing() if not field.remote_field.hidden]
    assert not wrong, "these need related_name='+': " + ", ".join(wrong)


def test_deleting_across_apps_is_never_silent() -> None:
    wrong = [
        label(model, field)
        for model, field in crossing()
        if isinstance(field, models.ForeignKey)
        and field.remote_field.on_delete not in DELETIONS
        and model._meta.label not in SETTINGS_OF_ANOTHER
    ]
    assert not wrong, "use on_delete=PROTECT: " + ", ".join(wrong)


@pytest.mark.parametrize("kind", [models.FloatField, models.DecimalField])
def test_numbers_are_scaled_integers(kind: type[models.Field]) -> None:
    """SQLite keeps decimals as floating point, so neither money nor quantities may use such a column."""
    wrong = [
        f"{model._meta.label}.{field.name}"
        for config in own_apps()
        for model in config.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, kind)
        and field.get_internal_type() != "BigIntegerField"
        # How long something took is measured, not counted.
        and not field.name.endswith("seconds")
    ]
    assert not wrong, f"{kind.__name__} columns: " + ", ".join(wrong)


def test_models_have_no_logic_in_save() -> None:
    wrong = [
        model._meta.label
        for config in own_apps()
        for model in config.get_models()
        if model.__module__.startswith("orderwell.") and {"save", "delete"} & model.__dict__.keys()
    ]
    assert not wrong, "save() or delete() overridden: " + ", ".join(wrong)
