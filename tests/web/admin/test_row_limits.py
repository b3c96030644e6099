"""An administrator who sees only some rows."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from orderwell.testing.factories import make_channel


def test_an_administrator_with_row_filters_gives_on_only_what_they_see(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    other, order = make_channel("other"), place(CUP=1)
    everything = browse("administrator", username="far")
    limited = browse("administrator", username="near", limits={"channel": [other.pk]})
    for page in ("admin-user-new", "admin-key-new"):
        form = limited.get(reverse(page)).context["form"]
        assert [int(key) for key, _name in form.fields["limit_channel"].choices] == [other.pk], page
    users = limited.get(reverse("admin-users")).content.decode()
    assert "near" in users and "far" not in users
    events = reverse("event-list")
    named = f"/orders/{order}/"
    assert named in everything.get(events).content.decode()
    assert named not in limited.get(events).content.decode()
    assert named not in limited.get(events, {"q": f"order:{order}"}).content.decode()
