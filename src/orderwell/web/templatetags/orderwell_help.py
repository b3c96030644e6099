"""What other pages include of the help: the first steps of an empty company."""

from __future__ import annotations

from typing import Any

from django import template

from orderwell.web.help.first_steps import first_steps

register = template.Library()


@register.inclusion_tag("help/first_steps.html", takes_context=True)
def first_steps_card(context: template.Context) -> dict[str, Any]:
    """`{% first_steps_card %}` on a start page: shows nothing once the company has an order."""
    steps = first_steps(context.get("actor"))
    return {"steps": steps, "done": sum(step.done for step in steps), "may": context.get("may", {})}
