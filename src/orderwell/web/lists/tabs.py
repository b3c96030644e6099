"""The tabs of a list as HTML: its own, and the saved views."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from orderwell.web.components.markup import safe
from orderwell.web.lists.state import TabView
from orderwell.web.templatetags.orderwell import icon


def tab_links(tabs: Sequence[TabView]) -> SafeString:
    return SafeString("\n".join([_link(tab) for tab in tabs]))


def _link(tab: TabView) -> str:
    active = 'class="active" aria-current="true"' if tab.active else 'class=""'
    count = f'<span class="count" data-count="{safe(tab.key)}"></span>'
    return f'<a href="{safe(tab.query)}" {active}>{_mark(tab)}{safe(tab.title)}{count}</a>'


def _mark(tab: TabView) -> str:
    if tab.view is None:
        return ""
    if tab.view.shared:
        return icon("users", "tab-icon", gettext("Shared view"))
    return icon("bookmark", "tab-icon", gettext("Own view"))
