"""What printed documents cannot show, for pages that show it."""

from __future__ import annotations

from django import template

from orderwell.platform.printing.coverage import code_points, missing_in

register = template.Library()


@register.simple_tag
def not_printable(*texts: object) -> list[str]:
    """Characters of names and addresses that documents show as 〓, each once, with what they are called: the screen may
    not have them either."""
    missing = dict.fromkeys(one for text in texts for one in missing_in(str(text or "")))
    return [f"{one} {code_points(one)}" for one in missing]
