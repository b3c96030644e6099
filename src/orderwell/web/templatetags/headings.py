"""The headline of a form that stands on a page of its own: what it does, and on what."""

from __future__ import annotations

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils.safestring import SafeString, mark_safe

from orderwell.web.components.markup import markup

register = template.Library()


class Headline(template.Node):
    child_nodelists = ("title", "about")

    def __init__(self, title: NodeList, about: NodeList) -> None:
        self.title, self.about = title, about

    def render(self, context: template.Context) -> SafeString:
        title = mark_safe(self.title.render(context).strip())  # noqa: S308 - rendered by templates, which escape
        about = mark_safe(self.about.render(context).strip())  # noqa: S308 - as above
        listed = getattr(context.get("spec"), "title", "")  # the way above a dialog of a list is the list
        above = str((context.get("menu_entry") or {}).get("title", listed))
        # Not again what the title or the way above it says already.
        said = not about or about in title or about == above
        line = "" if said else markup('<div class="text-secondary">{}</div>', about)
        return markup('<h1 class="page-title">{}</h1>{}', title, line)


@register.tag
def headline(parser: Parser, token: Token) -> Headline:
    """{% headline %} the title {% about %} what it is about {% endheadline %}"""
    title = parser.parse(("about",))
    parser.delete_first_token()
    about = parser.parse(("endheadline",))
    parser.delete_first_token()
    return Headline(title, about)
