"""What holds for every list of the product, whichever it is."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product

import pytest
from django.test import Client
from django.urls import reverse

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.web.lists.cells import columns_of, spoken
from orderwell.web.lists.registry import specs
from orderwell.web.lists.source import SpecSource, chosen, clean_filters, order_of, page_of
from orderwell.web.lists.spec import ListSpec
from tests.web.test_lists import exported_from, send

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = sorted(specs())


def test_the_product_has_these_lists() -> None:
    assert NAMES == [
        "cases",
        "credit-notes",
        "customers",
        "dead-letters",
        "events",
        "expected",
        "imports",
        "invoices",
        "jobs",
        "lines-to-ship",
        "movements",
        "order-lines",
        "orders",
        "payments",
        "price-lists",
        "products",
        "ratings",
        "returns",
        "shipments",
        "stock",
        "to-ship",
        "transfers",
        "users",
    ]


def filters_of(spec: ListSpec, actor: Actor) -> list[dict[str, str]]:
    """Every value of every filter alone, and each tab."""
    found: list[dict[str, str]] = [{}]
    for item in spec.filters:
        if item.kind == "choice":
            found += [{item.key: key} for key, _title in item.options(actor)]
        elif item.kind == "flag":
            found.append({item.key: "1"})
        elif item.kind == "day":
            found.append({item.key: datetime.now(tz=UTC).date().isoformat()})
    return found + [dict(tab.params) for tab in spec.tabs]


def check_every_look(spec: ListSpec, actor: Actor) -> int:
    """Under every filter and order the pages, the count, the ids and the file have the same rows; how many in all."""
    source, now = SpecSource(spec), utc_now()
    columns = list(columns_of(spec, actor).values())
    keys = [column.key for column in columns]
    sorts = [f"{sign}{key}" for sign, key in product(("", "-"), spec.sorts)]
    seen = 0
    for filters, sort in product(filters_of(spec, actor), sorts):
        clean = clean_filters(spec, filters, actor)
        shown, cursor = [], None
        while True:  # pages of two, to the end
            page = page_of(spec, actor, clean, columns, sort=sort, cursor=cursor, backwards=False, limit=2, now=now)
            shown += page.rows
            cursor = page.next_cursor
            if cursor is None:
                break
        written = [row[0] for chunk in source.export_chunks(actor, keys, clean, sort, now) for row in chunk]
        assert written == [spoken(columns[0], row) for row in shown], (actor, filters, sort)
        assert source.count(actor, clean, now, 1000) == len(shown), (actor, filters)
        assert set(source.matching_ids(actor, clean, now, 1000)) == {row.pk for row in shown}
        seen += len(shown)
    return seen


@pytest.mark.parametrize("name", NAMES)
def test_an_export_has_what_the_list_shows_under_every_filter_and_order(name: str, business: Actor) -> None:
    seen = check_every_look(specs()[name], business)
    if name not in {"dead-letters", "imports", "jobs", "users"}:
        assert seen


@pytest.mark.parametrize("name", NAMES)
def test_every_list_shows_all_its_columns_and_a_quick_look(
    name: str, business: Actor, browse: Callable[..., Client]
) -> None:

    spec = specs()[name]
    for language in ("en", "zh-hans"):
        client = browse("administrator", language=language, username=f"admin-{language}")
        every = ",".join(column.key for column in spec.columns)
        page = client.get(f"{reverse(spec.url_name)}?columns={every}")
        assert page.status_code == 200
        text = page.content.decode()
        rows = re.findall(r'data-row="([^"]+)"', text)
        if rows:
            assert client.get(f"/lists/{name}/quick/{rows[0]}/").status_code == 200
        assert client.get(f"/lists/{name}/counts/").status_code == 200
        assert all(client.get(f"/lists/{name}/act/{item.key}/?id=1").status_code == 200 for item in spec.actions)


@pytest.mark.parametrize("name", NAMES)
def test_nobody_sees_a_list_without_its_permission(name: str, browse: Callable[..., Client]) -> None:
    spec, client = specs()[name], browse("warehouse-worker")
    actor_may = spec.permission.value in {
        "fulfilment:shipment:view",
        "fulfilment:return:view",
        "orders:order:view",
        "inventory:stock:view",
        "catalog:product:view",
        "cases:case:view",
    }
    for path in ("counts/", "columns/", "export/", "views/new/"):
        assert client.get(f"/lists/{name}/{path}").status_code == (200 if actor_may else 403), path


@pytest.mark.parametrize("name", NAMES)
def test_columns_are_named_once_and_defaults_exist(name: str, db: None) -> None:
    from orderwell.testing.actors import owner

    spec = specs()[name]
    keys = [column.key for column in spec.columns]
    assert len(keys) == len(set(keys))
    assert len(chosen(spec, owner(), spec.default)) == len(spec.default)
    assert order_of(spec, {}, "nonsense")
    assert all(not column.sort or column.sort in spec.sorts for column in spec.columns)


def test_customers_are_tagged_and_get_their_tags_back(owner: Client, business: Actor) -> None:
    from orderwell.domains.customers.models import Customer
    from orderwell.platform.views.models import BulkRun

    acme, wang = Customer.objects.get(name="Acme"), Customer.objects.get(number="C1")
    path = f"/lists/customers/act/tag/?id={acme.pk}&id={wang.pk}"
    assert send(owner, path, tag="gold").status_code == 200
    assert [item["outcome"] for item in BulkRun.objects.get().verdicts] == ["unchanged", "done"]
    assert [tag.name for tag in wang.tags.all()] == ["gold"]
    owner.post(f"/lists/runs/{BulkRun.objects.get().pk}/undo/", {"token": "u"})
    assert not wang.tags.exists() and acme.tags.exists()


def test_shipping_from_the_list_says_why_an_order_cannot_leave(owner: Client, business: Actor) -> None:
    from orderwell.domains.orders.models import Order

    ready = Order.objects.filter(fulfilment_state="reserved", on_hold=False).first()
    held = Order.objects.filter(on_hold=True).get()
    assert ready
    answer = send(owner, f"/lists/to-ship/act/ship/?id={ready.pk}&id={held.pk}", warehouse="", carrier="")
    ready.refresh_from_db()
    assert ready.fulfilment_state == "shipped"
    assert held.number in answer.content.decode() and ready.number not in answer.content.decode()
    assert "Try the refused again" in answer.content.decode()  # a hold can be released


def test_products_and_users_are_closed_and_opened_again(owner: Client, business: Actor) -> None:
    from orderwell.domains.catalog.models import Product
    from orderwell.platform.accounts.models import User
    from orderwell.platform.views.models import BulkRun

    cup = Product.objects.filter(variants__sku="CUP").get()
    send(owner, f"/lists/products/act/archive/?id={cup.pk}")
    cup.refresh_from_db()
    assert not cup.active
    owner.post(f"/lists/runs/{BulkRun.objects.latest('pk').pk}/undo/", {"token": "u1"})
    cup.refresh_from_db()
    assert cup.active
    me = User.objects.get(username="administrator")
    answer = send(owner, f"/lists/users/act/close/?id={me.pk}").content.decode()
    assert "cannot close your own account" in answer
    assert User.objects.get(pk=me.pk).is_active


def test_cases_are_given_away_and_closed_with_a_way_back(owner: Client, business: Actor) -> None:
    from orderwell.domains.cases.models import Case
    from orderwell.platform.accounts.models import User
    from orderwell.platform.views.models import BulkRun

    me = User.objects.get(username="administrator")
    query = "&".join(f"id={pk}" for pk in Case.objects.values_list("pk", flat=True))
    assert send(owner, f"/lists/cases/act/assign/?{query}", assignee=me.username).status_code == 200
    assert set(Case.objects.values_list("assignee_id", flat=True)) == {me.pk}
    page = owner.get("/cases/?box=mine").content.decode()
    assert all(case.number in page for case in Case.objects.all())
    owner.post(f"/lists/runs/{BulkRun.objects.get().pk}/undo/", {"token": "u"})
    assert set(Case.objects.values_list("assignee_id", flat=True)) == {None}
    send(owner, f"/lists/cases/act/close/?{query}")
    assert set(Case.objects.values_list("state", flat=True)) == {"closed"}
    assert Case.objects.all()[0].number not in owner.get("/cases/").content.decode()
    assert Case.objects.all()[0].number in owner.get("/cases/?state=any").content.decode()


def test_ratings_are_hidden_with_a_reason_and_shown_again(owner: Client, business: Actor) -> None:
    from orderwell.domains.cases.models import Rating
    from orderwell.platform.views.models import BulkRun

    rating = Rating.objects.get()
    assert "4.0 of 5 from 1 rating" in owner.get("/ratings/").content.decode()
    send(owner, f"/lists/ratings/act/hide/?id={rating.pk}", reason="insult")
    rating.refresh_from_db()
    assert rating.hidden_reason == "insult" and "of 5 from" not in owner.get("/ratings/").content.decode()
    owner.post(f"/lists/runs/{BulkRun.objects.get().pk}/undo/", {"token": "u"})
    rating.refresh_from_db()
    assert rating.hidden_at is None


def test_transfers_leave_and_arrive_from_the_list(owner: Client, business: Actor) -> None:
    from orderwell.domains.inventory.models import Transfer

    transfer = Transfer.objects.get()
    for action, state in (("dispatch", "dispatched"), ("receive", "received"), ("cancel", "received")):
        answer = send(owner, f"/lists/transfers/act/{action}/?id={transfer.pk}")
        transfer.refresh_from_db()
        assert transfer.state == state
    assert transfer.number in answer.content.decode()  # what has arrived is not called off, and the page says so


def test_a_return_has_a_page(owner: Client, business: Actor) -> None:
    from orderwell.domains.fulfilment.models import Return

    found = Return.objects.get()
    page = owner.get(f"/returns/{found.pk}/").content.decode()
    assert found.number in page and "Scrap" in page and "broken" in page


def test_an_export_of_another_list_speaks_too(owner: Client, business: Actor) -> None:
    text = exported_from(owner, "customers", "?columns=name,tags,phone").decode("utf-8-sig")
    rows = {row["Name"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows["Acme"]["Tags"] == "gold" and rows["王小明"]["Phone"] == "13812345678"


# Lists whose tables grow without end. What is named beside them has no index of its own and walks the list's order:
# goods of a warehouse and tags of customers are a few joins away, and an
# overdue invoice is one of an order that is not paid.
LARGE: dict[str, set[str]] = {
    "orders": {"warehouse", "tag", "team", "q"},
    "to-ship": {"warehouse", "tag", "team", "late", "q", "channel"},
    "shipments": {"q"},
    "returns": {"q"},
    # What is open is reckoned from the orders that still owe: few rows, put in order afterwards.
    "invoices": {"q", "overdue", "open"},
    "payments": {"q"},
    "movements": {"warehouse"},
    "events": set(),
    # Two ends of a transfer are two columns; what somebody has in charge is a handful.
    "transfers": {"warehouse", "q"},
    "cases": {"q", "box"},
    "ratings": {"product"},
}


@pytest.mark.parametrize("name", LARGE)
def test_an_index_serves_every_filter_in_the_order_of_the_list(name: str, business: Actor) -> None:
    """No sorting: the database reads the index in the order of the list and stops after a page."""
    from django.db import connection

    sorting = "TEMP B-TREE"
    if connection.vendor == "postgresql":
        sorting = "Sort"
        with connection.cursor() as cursor:  # tables this small are sorted whatever the indexes, unless it is forbidden
            for setting in ("enable_sort", "enable_incremental_sort", "enable_seqscan", "enable_bitmapscan"):
                cursor.execute(f"SET LOCAL {setting} = off")
    spec, actor, looked = specs()[name], business, 0
    wanted = [*filters_of(spec, actor), {"customer": "1"} if spec.filter("customer") else {}]
    if spec.filter("q") and name == "events":
        wanted.append({"q": "order:1"})
    for filters in wanted:
        if set(filters) & LARGE[name]:
            continue
        clean = clean_filters(spec, filters, actor)
        order = order_of(spec, clean, "")
        for rows in spec.rows(actor, clean, NOW):
            plan = rows.order_by(*order)[:51].explain()
            if clean.get("state") != "draft":  # the few drafts there are go by creation, which has no index
                assert sorting not in plan, (filters, plan)
            looked += 1
    assert looked


SEARCHED = (
    "products",
    "customers",
    "stock",
    "orders",
    "to-ship",
    "shipments",
    "returns",
    "invoices",
    "credit-notes",
    "payments",
)


@pytest.mark.parametrize("name", SEARCHED)
def test_a_search_in_a_list_goes_by_an_index(name: str, business: Actor) -> None:
    """No table is read from end to end, neither for words of names nor for codes, numbers and phones."""
    from django.db import connection

    spec = specs()[name]
    scan = re.compile(
        r"\bSCAN (?!CONSTANT ROW|LIST|\w+ VIRTUAL TABLE INDEX)\w+"
        if connection.vendor == "sqlite"
        else r"Seq Scan on \w+"
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # so few rows are read whole in any case, unless that is forbidden
            cursor.execute("SET LOCAL enable_seqscan = off")
    for text in ("tea cup", "茶杯", "CUP", "SO2026", "SO00000001", "13812345678", "5678", "a@b.cn", "王小明"):
        clean = clean_filters(spec, {"q": text}, business)
        for rows in spec.rows(business, clean, NOW):
            plan = rows.order_by(*order_of(spec, clean, ""))[:51].explain()
            assert not scan.search(plan), (text, plan, str(rows.query))
