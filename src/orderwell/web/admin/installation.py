"""The overview, settings, own fields, schedules and number sequences."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.kernel.identifiers import format_number
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.configuration import services as configuration
from orderwell.platform.configuration.models import CustomField
from orderwell.platform.configuration.saving_fields import (
    list_custom_fields,
    remove_custom_field,
    save_custom_field,
)
from orderwell.platform.database import snapshot
from orderwell.platform.events.versions import NEW, Version, version_of
from orderwell.platform.formats import listed
from orderwell.platform.jobs.queries import planned_schedules
from orderwell.platform.jobs.services import change_schedule
from orderwell.platform.numbering.queries import number_sequences
from orderwell.platform.numbering.services import year_of_numbers
from orderwell.platform.permissions import Permission, PermissionDenied
from orderwell.web.admin.forms import ENTITY_WORDS, FIELD_KINDS, OwnFieldForm, ScheduleForm, SettingForm
from orderwell.web.admin.sections import Column, Row, Table, Two, sections, show_table
from orderwell.web.components.actions import ActionForm, perform
from orderwell.web.components.merging import over
from orderwell.web.components.option_words import option_rule, option_value
from orderwell.web.components.schedules import schedule_name
from orderwell.web.pages import form_page, page
from orderwell.web.templatetags.orderwell import localname, moment, thousands

SETTING = Permission.SYSTEM_SETTING_CHANGE
# What the parts of a setting's key stand for, in the order of the page.
SETTING_GROUPS = {
    "business": gettext_lazy("Company"),
    "orders": gettext_lazy("Orders"),
    "customers": gettext_lazy("Customers"),
    "inventory": gettext_lazy("Stock"),
    "fulfilment": gettext_lazy("Shipments and returns"),
    "billing": gettext_lazy("Money"),
    "printing": gettext_lazy("Printing"),
    "cases": gettext_lazy("Cases"),
    "public": gettext_lazy("Pages of customers"),
    "hints": gettext_lazy("Hints"),
}
SEQUENCES = {
    "billing.invoice": gettext_lazy("Invoice numbers"),
    "billing.credit_note": gettext_lazy("Credit note numbers"),
}


@page()
def overview(request: HttpRequest, actor: Actor) -> HttpResponse:
    groups = sections(actor)
    if not groups:
        raise PermissionDenied(actor=actor.label, permission=str(SETTING))
    return render(request, "admin/index.html", {"groups": groups})


def _example(option: configuration.Option, value: Any) -> str:
    return format_number(value, 123, year=year_of_numbers(utc_now())) if option.kind.name == "number_template" else ""


def _place(option: configuration.Option) -> tuple[str, bool, str]:
    """The switch of a rule stands before what the rule reckons with."""
    whole, _dot, last = option.key.rpartition(".")
    return whole if whole.count(".") else option.key, last != "on", last


@page(SETTING)
def settings_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    by_group: dict[str, list[dict[str, Any]]] = {name: [] for name in SETTING_GROUPS}
    for option in sorted(configuration.options(), key=_place):
        value = configuration.get(option.key)
        by_group.setdefault(option.key.partition(".")[0], []).append(
            {
                "key": option.key,
                "title": _(option.title),
                "of": option_rule(option),
                "help": _(option.help),
                "value": option_value(option, value),
                "example": _example(option, value),
                "changed": value != option.default,
            }
        )
    groups = [
        {"title": SETTING_GROUPS.get(name, name), "options": options} for name, options in by_group.items() if options
    ]
    here = next(s for group in sections(actor) for s in group["sections"] if s.name == "admin-settings")
    return render(request, "admin/settings.html", {"groups": sections(actor), "here": here, "options": groups})


@form_page(SETTING)
def setting(request: HttpRequest, actor: Actor, key: str) -> HttpResponse:
    option = next((option for option in configuration.options() if option.key == key), None)
    if option is None:
        raise NotFound(kind="setting", reference=key[:80])
    values, seen = configuration.newest(key)
    value = values[key]
    stored = ("yes" if value else "no") if option.kind.name == "yes_no" else str(option.kind.stored(value))
    form = SettingForm(
        request.POST or None,
        **over({"value": stored}, seen),
        kind=option.kind,
        label=_(option.title),
        help_text=_(option.help),
    )
    return perform(
        request,
        actor,
        form,
        template="admin/form.html",
        act=lambda data: configuration.set_value(
            key=key, value=data["value"], version=seen.number, actor=actor, now=utc_now()
        ),
        done=_("Saved."),
        to=reverse("admin-settings"),
        context={"form_title": _(option.title)},
    )


@page(SETTING)
def own_fields(request: HttpRequest, actor: Actor) -> HttpResponse:
    rows = [
        Row(
            (
                _name(row),
                ENTITY_WORDS.get(row.entity, row.entity),
                row.key,
                Two(FIELD_KINDS.get(row.kind, row.kind), listed(row.choices[:8])),
                _("Yes") if row.required else _("No"),
            ),
            reverse("admin-field", args=[row.entity, row.key]),
        )
        for row in list_custom_fields(actor=actor)
    ]
    columns = (
        Column(_("Name")),
        Column(_("Belongs to")),
        Column(_("Code"), "hide-narrow"),
        Column(_("Kind")),
        Column(_("Must be filled in"), "hide-narrow"),
    )
    table = Table(
        columns,
        rows,
        reverse("admin-field-new"),
        _("New field"),
        empty_title=_("No fields of your own yet"),
        empty_text=_("Add what your company keeps about customers, products or orders and Orderwell doesn't know."),
    )
    return show_table(request, actor, "admin-fields", table)


def _name(field: CustomField) -> str:
    return localname({"name_zh": field.label_zh, "name_en": field.label_en})


def _field(request: HttpRequest, actor: Actor, found: CustomField | None, seen: Version) -> HttpResponse:
    stored: dict[str, Any] = {}
    if found is not None:
        names = ("entity", "key", "label_zh", "label_en", "kind", "required")
        stored = {**{name: getattr(found, name) for name in names}, "choices": "\n".join(found.choices)}
    form = OwnFieldForm(request.POST or None, **over(stored, seen))
    if found is not None:
        form.freeze()

    def act(data: dict[str, Any]) -> None:
        values = {**data, "choices": data["choices"].splitlines() if data["kind"] == "choice" else []}
        save_custom_field(**values, version=seen.number, actor=actor, now=utc_now())

    context: dict[str, Any] = {"form_title": _name(found) if found else _("New field")}
    if found is not None:
        context["remove_url"] = reverse("admin-field-remove", args=[found.entity, found.key])
    return perform(
        request,
        actor,
        form,
        template="admin/own_field.html",
        act=act,
        done=_("Saved."),
        to=reverse("admin-fields"),
        context=context,
    )


def _found(actor: Actor, entity: str, key: str) -> CustomField:
    for field in list_custom_fields(actor=actor):
        if (field.entity, field.key) == (entity, key):
            return field
    raise NotFound(kind="custom field", reference=f"{entity}/{key}"[:80])


@form_page(SETTING)
def new_field(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _field(request, actor, None, Version(NEW))


@form_page(SETTING)
def own_field(request: HttpRequest, actor: Actor, entity: str, key: str) -> HttpResponse:
    with snapshot():
        found = _found(actor, entity, key)
        seen = version_of(f"custom-field:{found.pk}")
    return _field(request, actor, found, seen)


@form_page(SETTING)
def remove_field(request: HttpRequest, actor: Actor, entity: str, key: str) -> HttpResponse:
    found = _found(actor, entity, key)
    return perform(
        request,
        actor,
        ActionForm(request.POST or None),
        template="admin/form.html",
        act=lambda data: remove_custom_field(entity=entity, key=key, actor=actor, now=utc_now()),
        done=_("The field is removed."),
        to=reverse("admin-fields"),
        context={
            "form_title": _("Remove %(name)s") % {"name": _name(found)},
            "submit": _("Remove"),
            "danger": True,
            "form_text": _("Nobody is asked for it any more. What was entered stays in the history."),
        },
    )


def _interval(seconds: int) -> str:
    """How often, in the largest unit that has no remainder."""
    minutes = max(seconds // 60, 1)
    if minutes % 1440 == 0:
        days = minutes // 1440
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": thousands(days)}
    if minutes % 60 == 0:
        return _("%(count)s h") % {"count": thousands(minutes // 60)}
    return _("%(count)s min") % {"count": thousands(minutes)}


@page(SETTING)
def schedules(request: HttpRequest, actor: Actor) -> HttpResponse:
    rows = [
        Row(
            (
                schedule_name(row.name),
                _interval(row.every_seconds),
                row.at or "—",
                Two(moment(row.last_run_at) if row.last_run_at else _("Never"), row.last_error[-120:]),
                moment(row.next_run_at) if row.enabled else _("Off"),
            ),
            reverse("admin-schedule", args=[row.name]),
            quiet=not row.enabled,
        )
        for row in planned_schedules(actor)
    ]
    columns = (
        Column(_("Name")),
        Column(_("Every"), "num"),
        Column(_("Time of day"), "hide-narrow"),
        Column(_("Last run"), "hide-narrow"),
        Column(_("Next run"), "nowrap"),
    )
    table = Table(columns, rows, empty_title=_("None."), empty_text=_("They appear once the worker has started."))
    return show_table(request, actor, "admin-schedules", table)


@form_page(SETTING)
def schedule(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    with snapshot():
        row = next((row for row in planned_schedules(actor) if row.name == name), None)
        if row is None:
            raise NotFound(kind="schedule", reference=name[:80])
        seen = version_of(f"schedule:{name}")
    stored = {"enabled": row.enabled, "at": row.at, "minutes": max(row.every_seconds // 60, 1)}

    def act(data: dict[str, Any]) -> None:
        # An interval that was not touched keeps its seconds.
        every = None if data["minutes"] == stored["minutes"] else data["minutes"] * 60
        change_schedule(
            name=name,
            enabled=data["enabled"],
            at=data["at"],
            every_seconds=every,
            version=seen.number,
            actor=actor,
            now=utc_now(),
        )

    return perform(
        request,
        actor,
        ScheduleForm(request.POST or None, **over(stored, seen)),
        template="admin/form.html",
        act=act,
        done=_("Saved."),
        to=reverse("admin-schedules"),
        context={"form_title": schedule_name(name)},
    )


@page(SETTING)
def numbers(request: HttpRequest, actor: Actor) -> HttpResponse:
    year = year_of_numbers(utc_now())
    rows = []
    for row in number_sequences(actor):
        template = configuration.get(f"{row.name}_number_template")
        last = format_number(template, row.last_value, year=row.year or year)
        following = format_number(template, row.last_value + 1, year=row.year or year)
        ended = bool(row.year) and row.year < year
        rows.append(
            Row(
                (
                    SEQUENCES.get(row.name, row.name),
                    row.year or "—",
                    thousands(row.last_value),
                    last,
                    "—" if ended else following,
                ),
                quiet=ended,
            )
        )
    columns = (
        Column(_("Sequence")),
        Column(_("Year"), "num"),
        Column(_("Given out"), "num"),
        Column(_("Last"), "nowrap hide-narrow"),
        Column(pgettext("number", "Next"), "nowrap"),
    )
    table = Table(
        columns,
        rows,
        empty_title=_("No numbers given out yet"),
        empty_text=_("Numbers of invoices and credit notes have no gaps; here you see how far they have come."),
    )
    return show_table(request, actor, "admin-numbers", table)
