"""Lists, search and masking."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import pytest
from django.apps import apps

from orderwell.domains.customers.laws import search_finds_every_customer
from orderwell.domains.customers.masking import mask_email, mask_phone, mask_street
from orderwell.domains.customers.models import Customer
from orderwell.domains.customers.queries import (
    CustomerFilters,
    customer_detail,
    customer_list,
    customers,
    find_customers,
)
from orderwell.kernel.errors import NotFound
from orderwell.platform.permissions import Permission, PermissionDenied
from orderwell.testing.actors import clerk, limited, outsider, owner
from orderwell.testing.factories import make_customer, make_team

pytestmark = pytest.mark.django_db


def numbers(text: str) -> set[str]:
    return {hit.number for hit in find_customers(clerk(), text)}


def test_customers_are_found_by_what_people_type() -> None:
    make_customer("C1", name="王小明", phone="138 0013 8000", email="ming@example.com")
    make_customer("C2", name="王小红", phone="+44 20 7946 0958", email="hong@example.com")
    assert numbers("王小明") == {"C1"}
    assert numbers("wangxiaohong") == {"C2"}
    assert numbers("wxm") == {"C1"}
    assert numbers("c2") == {"C2"}
    assert numbers("+8613800138000") == numbers("138-0013-8000") == numbers("8000") == {"C1"}
    assert numbers("0044 2079460958") == numbers("0958") == {"C2"}
    assert numbers("MING@example.com") == {"C1"}
    assert numbers("13800138001") == numbers("nobody@example.com") == numbers("9999") == set()
    assert numbers("%") == numbers("\x00") == numbers(" ") == set()


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("曾国藩", ("zengguofan", "zgf")),
        ("单雄信", ("shanxiongxin", "sxx", "danxiongxin")),
        ("解晓东", ("xiexiaodong", "xxd")),
        ("仇英", ("qiuying", "qy")),
        ("区桃", ("outao", "ot")),
        ("尉迟恭", ("yuchigong", "ycg")),
        ("曾氏贸易有限公司", ("zengshi", "zsmy")),
        ("吕小明", ("lvxiaoming", "lüxiaoming", "LÜ", "lu", "luxiao", "lyu", "lǚ", "ｌｙｕｘｉａｏ")),
        ("陆绿女", ("lulvnv", "lulünü", "lulunu", "Lulyunyu", "lulvnü")),
    ],
)
def test_a_family_name_is_read_as_a_family_name(name: str, typed: tuple[str, ...]) -> None:
    """Some characters are read in another way there: 曾 is zeng and not ceng."""
    make_customer("C1", name=name)
    assert [numbers(text) for text in typed] == [{"C1"}] * len(typed)
    listed = [customers(clerk(), CustomerFilters(text=text)).values_list("number", flat=True) for text in typed]
    assert [set(found) for found in listed] == [{"C1"}] * len(typed), "the list of customers as well"
    assert search_finds_every_customer().differences == []


def test_customers_of_before_get_the_reading_of_their_family_name() -> None:
    old = make_customer("C1", name="曾国藩")
    Customer.objects.filter(pk=old.pk).update(search_key="c1 曾国藩 cengguofan cgf")
    assert numbers("zgf") == set()
    import_module("orderwell.domains.customers.migrations.0003_family_names").renew_keys(apps, None)
    assert numbers("zgf") == numbers("cgf") == {"C1"}
    assert search_finds_every_customer().differences == []


def test_pages_follow_each_other_also_when_names_repeat() -> None:
    made = [make_customer(name="Same name").pk for _ in range(7)]
    seen, cursor = [], None
    while True:
        page = customer_list(owner(), cursor=cursor, limit=2)
        seen += [customer.pk for customer in page.rows]
        if (cursor := page.next_cursor) is None:
            break
    assert seen == sorted(made)


def test_a_team_sees_its_own_customers_only() -> None:
    north, south = make_team("North"), make_team("South")
    mine, theirs = make_customer(team=north, name="Li"), make_customer(team=south, name="Li")
    actor = limited(clerk(), teams=frozenset({north.pk}))
    assert [customer.pk for customer in customer_list(actor).rows] == [mine.pk]
    assert [hit.id for hit in find_customers(actor, "li")] == [mine.pk]
    with pytest.raises(NotFound):
        customer_detail(actor, theirs.pk)
    assert customers(actor, CustomerFilters(team="South")).count() == 0


def test_personal_data_is_for_those_who_may_see_it() -> None:
    customer = make_customer(phone="13800138000", email="ming@example.com")
    seen = customer_detail(clerk(), customer.pk)
    assert (seen.masked, seen.contacts[0].phone, seen.addresses[0].street) == (False, "13800138000", "人民路1号")
    blind = replace(clerk(), permissions=frozenset({Permission.CUSTOMERS_CUSTOMER_VIEW}))
    hidden = customer_detail(blind, customer.pk)
    assert hidden.masked
    assert (hidden.contacts[0].phone, hidden.contacts[0].email) == ("138****8000", "m****@example.com")
    assert (hidden.addresses[0].phone, hidden.addresses[0].street) == ("138****8000", "****")
    assert find_customers(blind, customer.number)[0].phone == "138****8000"


@pytest.mark.parametrize(
    "call", [lambda a: customer_list(a), lambda a: find_customers(a, ""), lambda a: customer_detail(a, 1)]
)
def test_an_outsider_sees_nothing(call: object) -> None:
    with pytest.raises(PermissionDenied):
        call(outsider())  # type: ignore[operator]


def test_masks_hide_short_values_altogether() -> None:
    assert [mask_phone(text) for text in ("", "110", "12345678", "123456789")] == ["", "****", "****", "123****6789"]
    assert [mask_email(text) for text in ("", "x", "a@b.cn")] == ["", "****", "a****@b.cn"]
    assert [mask_street(text) for text in ("", "x")] == ["", "****"]
