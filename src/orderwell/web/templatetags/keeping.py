"""`{% kept %}`: parts of a page that are the same for everybody, or for everybody with the same rights, rendered once."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()
# Languages times kinds of readers; whoever has more of them pays for rendering, not with memory.
MOST = 200


class KeptNode(template.Node):
    """Remembers what came out, by language and the values of `keys`. Forgotten with the process, so with each release."""

    def __init__(self, inside: NodeList, keys: list[FilterExpression]) -> None:
        self.inside, self.keys = inside, keys
        self._kept: dict[tuple[Any, ...], SafeString] = {}
        self._anew = settings.DEBUG  # files may change under a running server

    def render(self, context: template.Context) -> SafeString:
        if self._anew:
            return self.inside.render(context)
        key = (get_language(), *[expression.resolve(context) for expression in self.keys])
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MOST:
                self._kept.clear()
            found = self._kept[key] = self.inside.render(context)
        return found


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """`{% kept a b %}...{% endkept %}`: nothing inside may depend on anything but the language, `a` and `b`."""
    keys = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    inside = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(inside, keys)
