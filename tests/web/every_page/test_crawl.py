"""From the start page on, every link, part and dialog that a person is shown leads somewhere, for every role."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from orderwell.platform.permissions import BUILT_IN_ROLES, Permission
from orderwell.testing.crawling import Crawl, crawl

Sign = Callable[..., Client]
# Order entry without anything to choose from is no work.
ALONG = {Permission.ORDERS_ORDER_PLACE: {Permission.CATALOG_PRODUCT_VIEW, Permission.CUSTOMERS_CUSTOMER_VIEW}}


def check(found: Crawl, at_least: int) -> None:
    assert not found.problems, "\n".join(found.problems)
    assert len(found.names) >= at_least


@pytest.mark.parametrize("role", BUILT_IN_ROLES)
def test_nobody_meets_an_error_or_a_dead_end(as_role: Sign, role: str) -> None:
    """At least so many kinds of addresses: a crawl that stops at the first page proves nothing."""
    wide = role == "administrator"
    check(crawl(as_role(role), BUILT_IN_ROLES[role][1], "/", breadth=3 if wide else 1, shapes=6 if wide else 3), 40)


@pytest.mark.parametrize("permission", Permission)
def test_nobody_with_a_single_permission_meets_an_error(as_role: Sign, permission: str) -> None:
    granted = {permission} | ALONG.get(Permission(permission), set())
    check(crawl(as_role(permissions=tuple(granted)), granted, "/", breadth=1, shapes=2), 8)


def test_a_customer_meets_no_dead_end(whole_company: None, db: None) -> None:
    from orderwell.testing.pages import CUSTOMER, clients, customer_token

    client = clients("admin")[CUSTOMER]
    check(crawl(client, (), f"/track/o/{customer_token()}/", "/track/", breadth=4), 3)


def test_a_crawl_notices_what_is_wrong(as_role: Sign, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the same crawl over pages that keep their closed doors finds them."""
    from orderwell.web import pages

    monkeypatch.setattr(pages, "without_closed_doors", lambda response, actor: response)
    permission = Permission.BILLING_INVOICE_VIEW
    found = crawl(as_role(permissions=(permission,)), {permission}, "/", breadth=1, shapes=2)
    assert any("/orders/" in problem and "403" in problem for problem in found.problems)
