"""`{% url %}` that looks an address up once: a page has dozens of them, and Django goes through all patterns for each."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as parsed
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from orderwell.web.components.markup import to

register = template.Library()


class AddressNode(URLNode):
    """What it does not know how to keep (named parameters, other types) it leaves to Django, errors too."""

    def render(self, context: template.Context) -> SafeString:
        address = None if self.kwargs else self._kept(context)
        if address is None:
            return SafeString(super().render(context))
        if self.asvar:
            context[self.asvar] = address
            return SafeString("")
        return SafeString(escape(address) if context.autoescape else address)

    def _kept(self, context: template.Context) -> str | None:
        name: Any = self.view_name.resolve(context)
        values = tuple([value.resolve(context) for value in self.args])
        if len(values) == 1 and type(values[0]) is int and values[0] >= 0:
            try:
                return to(name, values[0])
            except NoReverseMatch:
                return None
        # A number is the same key as a yes or no, and not the same address.
        if all(isinstance(value, str) for value in (name, *values)):
            return _found(name, values)
        return None


@lru_cache(maxsize=4096)
def _found(name: str, values: tuple[str, ...]) -> str | None:
    try:
        return reverse(name, args=values)
    except NoReverseMatch:
        return None


@register.tag
def url(parser: Parser, token: Token) -> AddressNode:
    """As Django's own; settings.py puts it in its place."""
    node: Any = parsed(parser, token)
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)
