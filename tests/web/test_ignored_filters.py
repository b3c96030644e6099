"""A list says what it does not filter by, whichever it is."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from orderwell.platform.caching import forget_everything
from orderwell.testing.factories import make_channel
from orderwell.testing.markup import flat
from orderwell.web.lists.registry import specs

NAMES = sorted(set(specs()) - {"dead-letters"})  # which is a part of another page


@pytest.mark.parametrize("name", NAMES)
def test_a_filter_with_a_value_that_is_none_is_named_above_the_list(name: str, owner: Client, company: Any) -> None:
    """Left out without a word, a list of everything would be taken for what was asked for."""
    spec = specs()[name]
    wrong = [item for item in spec.filters if item.kind in {"choice", "day"} or (item.kind == "hidden" and item.say)]
    asked = {item.key: "no-such<b>" for item in wrong}
    if not asked:
        pytest.skip("this list takes any value")
    path = reverse(spec.url_name)
    page = flat(owner.get(path, asked).content.decode())
    note = page.split('class="ignored"')[1].split("</div>")[0]
    for item in wrong:
        kind = "is no date" if item.kind == "day" else "is not known"
        assert f"{escape(item.title)} “no-such&lt;b&gt;” {kind}; not filtered by it." in note
    (away,) = re.findall(r'<a class="plain-link nowrap" href="([^"]+)"', note)
    assert 'class="ignored"' not in owner.get(path + html.unescape(away)).content.decode()


def test_a_channel_that_is_the_only_one_is_known_and_so_is_its_id(owner: Client, company: Any) -> None:
    from orderwell.domains.catalog.models import Channel

    only = Channel.objects.get()
    for channel in (only.code, only.pk):
        assert 'class="ignored"' not in owner.get(f"/orders/?channel={channel}").content.decode()
    make_channel("second")
    forget_everything()
    page = flat(owner.get(f"/orders/?channel={only.pk}&warehouse=main").content.decode())
    assert 'class="ignored"' not in page
    assert re.search(rf'<option value="{only.code}"\s+selected', page)
    assert "Channel “999” is not known; not filtered by it." in owner.get("/orders/?channel=999").content.decode()
