"""Two guided tours in two tabs of one browser: neither counts for the other."""

from __future__ import annotations

import html
from typing import Any

from django.test import override_settings

from orderwell.platform.learning.models import TourRun
from orderwell.testing import factories
from orderwell.web.help.tours.catalogue import TOURS
from tests.web.help.test_tours import come_in


@override_settings(SANDBOX=True)
def test_a_tour_in_another_tab_does_not_take_this_tab_s_place(company: Any) -> None:
    """One browser, two tours: the tab of the first says so, instead of showing and counting the steps of the second."""
    factories.stock_up(company.cup, company.warehouse, 500)
    client, first = come_in(9, "clerk", "owner")
    assert f'{{"of": "{first.pk}"}}' in html.unescape(client.get("/", follow=True).content.decode())
    _client, second = come_in(9, "bookkeeper", "owner", client=client)
    began = TourRun.objects.latest("id")
    for address, sent in (
        ("/practice/panel/", {}),
        ("/practice/hint/", {"task": TOURS["bookkeeper"].tasks[0].key}),
        ("/practice/answer/", {"task": TOURS["bookkeeper"].tasks[0].key, "answer": "1"}),
    ):
        send = client.post if sent else client.get
        panel = send(address, {"of": str(first.pk), **sent}).content.decode()
        assert "data-task" not in panel, address
        assert "另一个标签页" in panel and "http://x/help/tours/" in panel, address
    client.post("/practice/again/", {"of": str(first.pk)})
    assert TourRun.objects.latest("id") == began, "nothing begins anew in the other tab"
    began.refresh_from_db()
    assert not began.state.get("hints")
    assert "data-task" in client.get("/practice/panel/", {"of": str(second.pk)}).content.decode()
    client.post("/practice/again/", {"of": str(second.pk)})
    assert TourRun.objects.latest("id") != began
