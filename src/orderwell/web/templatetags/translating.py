"""Django's `i18n` with a `{% translate %}` that asks the catalogue for a text that stands in the template, and no more."""

from __future__ import annotations

from typing import Any, cast

from django import template
from django.template.base import Parser, Token
from django.templatetags import i18n
from django.templatetags.i18n import TranslateNode
from django.utils.safestring import SafeString
from django.utils.translation import gettext

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class TextNode(template.Node):
    """One text in the reader's language. Texts of templates are markup already; `%` is doubled in the catalogue."""

    def __init__(self, text: str, name: str | None) -> None:
        self.text, self.name = SafeString(text.replace("%", "%%")), name

    def render(self, context: template.Context) -> SafeString:
        found = SafeString(gettext(self.text).replace("%%", "%"))
        if self.name:
            context[self.name] = found
            return SafeString("")
        return found


def translate(parser: Parser, token: Token) -> template.Node:
    """As Django's own, which also takes texts from variables, filters and contexts."""
    node = cast(Any, i18n.do_translate(parser, token))
    if not isinstance(node, TranslateNode):
        return cast(template.Node, node)
    expression: Any = node.filter_expression
    literal = getattr(expression.var, "literal", None)
    if node.noop or node.message_context or expression.filters or not isinstance(literal, str):
        return node
    return TextNode(literal, cast(Any, node).asvar)


register.tag("translate", translate)
register.tag("trans", translate)
