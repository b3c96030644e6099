"""What other pages include of the help: the first steps of an empty company, and what fields are for."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField
from django.utils.safestring import SafeString

from orderwell.web.components.field_markup import mark_of
from orderwell.web.help.fields import describe, field_help
from orderwell.web.help.first_steps import first_steps

register = template.Library()


@register.simple_tag
def field_mark(bound: BoundField) -> SafeString:
    """The mark and the sentence beside a field that a template puts together itself."""
    return mark_of(bound, describe(bound, {}))


@register.simple_tag
def field_sentence(bound: BoundField) -> str:
    """What a group of boxes is for, to stand under its title."""
    return str(bound.help_text or field_help(bound.form, bound.name))


@register.inclusion_tag("help/first_steps.html", takes_context=True)
def first_steps_card(context: template.Context) -> dict[str, Any]:
    """`{% first_steps_card %}` on a start page: shows nothing once the company has an order."""
    steps = first_steps(context.get("actor"))
    return {"steps": steps, "done": sum(step.done for step in steps), "may": context.get("may", {})}
