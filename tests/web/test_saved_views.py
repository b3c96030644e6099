"""Saved views among several people: who may change one, what stays in it that somebody can't see, and whose list it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.views.models import SavedView
from orderwell.platform.views.services.keep import save_view
from orderwell.testing.actors import owner as the_owner
from tests.web.test_lists import send

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def shared_view(client: Client, query: str) -> SavedView:
    assert send(client, f"/lists/orders/views/new/{query}", name="Ours", shared="on").status_code == 204
    return SavedView.objects.get()


def test_who_may_not_change_a_view_opens_the_list_with_it_and_saves_what_differs_as_their_own(
    browse: Callable[..., Client],
) -> None:
    view = shared_view(browse("sales-manager"), "?hold=1")
    clerk, path = browse("sales-clerk"), f"/lists/orders/views/{view.pk}/"
    page = clerk.get(f"/orders/?view={view.pk}").content.decode()
    assert f'href="{path}?' in page and "Save view" not in page
    dialog = clerk.get(path, headers=HTMX).content.decode()
    assert "Saving keeps the filters" not in dialog and "Remove" not in dialog
    assert send(clerk, path, name="Mine now", default="on").status_code == 204
    view.refresh_from_db()
    assert (view.name, view.filters, view.shared) == ("Ours", {"hold": "1"}, True)
    assert f"view={view.pk}" in clerk.get("/orders/")["Location"]
    # Other filters than it has: they become a view of the clerk's own.
    page = clerk.get(f"/orders/?hold=1&late=1&view={view.pk}").content.decode()
    new = f"/lists/orders/views/new/?hold=1&amp;late=1&amp;view={view.pk}"
    assert f'href="{new}"' in page and f'href="{path}?' not in page
    assert send(clerk, new.replace("&amp;", "&"), name="Mine").status_code == 204
    assert SavedView.objects.get(name="Mine").filters == {"hold": "1", "late": "1"}


def test_a_view_keeps_what_somebody_who_renames_it_cannot_see(browse: Callable[..., Client], company: object) -> None:
    from orderwell.domains.catalog.models import Channel
    from orderwell.testing.factories import make_channel

    make_channel("north")
    view = shared_view(browse("sales-manager"), "?channel=north&hold=1&columns=number,phone")
    limits = {"channel": [Channel.objects.get(code="shop").pk]}
    shop = browse("sales-manager", username="shop", limits=limits)
    page = shop.get(f"/orders/?view={view.pk}").content.decode()
    assert "Save view" not in page  # of what they can see, nothing differs
    query = f"?hold=1&late=1&columns=number,phone&view={view.pk}"
    assert send(shop, f"/lists/orders/views/{view.pk}/{query}", name="Renamed", shared="on").status_code == 204
    view.refresh_from_db()
    assert (view.name, view.filters) == ("Renamed", {"channel": "north", "hold": "1", "late": "1"})


def test_a_view_keeps_columns_that_who_changes_it_may_not_see(browse: Callable[..., Client]) -> None:
    from orderwell.platform.accounts.models import Role

    view = shared_view(browse("administrator"), "?columns=number,phone,total")
    Role.objects.create(code="lead", title="Lead", permissions=["orders:order:view", "lists:view:share"])
    lead, path = browse("lead"), f"/lists/orders/views/{view.pk}/"
    page = lead.get(f"/orders/?view={view.pk}").content.decode()
    assert "Phone" not in page and "Save view" not in page
    assert send(lead, f"{path}?columns=total,number&view={view.pk}", name="Ours", shared="on").status_code == 204
    view.refresh_from_db()
    assert view.columns == ["total", "number", "phone"]


def test_a_view_is_opened_changed_and_removed_only_with_its_own_list(owner: Client) -> None:
    view = shared_view(owner, "?hold=1&columns=number,total")
    path = f"/lists/customers/views/{view.pk}/"
    assert owner.get(path, headers=HTMX).status_code == 404
    assert owner.post(path, {"name": "Taken", "shared": "on", "token": "t"}, headers=HTMX).status_code == 404
    owner.post(f"{path}remove/", {"token": "r"}, headers=HTMX)
    view.refresh_from_db()
    assert (view.name, view.list_name, view.columns) == ("Ours", "orders", ["number", "total"])
    with pytest.raises(NotFound):
        save_view(
            list_name="customers",
            name="Taken",
            columns=["name"],
            filters={},
            sort="",
            shared=True,
            view_id=view.pk,
            actor=the_owner(),
            now=utc_now(),
        )
