"""`{{ code|country }}` says a country by its name; `{% countries %}` offers all names to a field that takes one."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from orderwell.platform.countries import country_name, every_country

register = template.Library()


@register.filter
def country(code: str | None) -> str:
    return country_name(code, get_language()) if code else ""


@register.simple_tag
def countries() -> SafeString:
    """Once on each page that has such fields; they name it in their `list`."""
    return _offered(get_language() or "")


@lru_cache
def _offered(language: str) -> SafeString:
    names = format_html_join("", '<option value="{}">', ((name,) for _code, name in every_country(language)))
    return format_html('<datalist id="countries">{}</datalist>', names)
