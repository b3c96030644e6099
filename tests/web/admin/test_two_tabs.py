"""Two people at one form of the administration: nothing that either typed is lost, and nothing is overwritten unseen."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.web.conftest import Company

# Addresses about one record that change nothing which another tab could hold an older copy of, and why.
ELSEWHERE = {
    "admin-user-password": "a new password replaces whatever the old one was",
    "admin-key-revoke": "revoking twice is revoking once",
    "admin-field-remove": "a question with one answer",
    "print-preview": "shows what is typed and saves nothing",
    "print-restore": "a button",
    "print-reset": "a button",
}
# An address of each form that edits one record: a field, and what two people put in. With a second field, what one of
# them puts in there while the other changes the first.
FORMS: dict[str, tuple[str, str, tuple[str, str], tuple[str, str] | None]] = {
    "admin-user": ("/admin/users/{user}/", "name", ("Mei", "May"), ("language", "en")),
    "admin-team": ("/admin/teams/{team}/", "name", ("North", "South"), None),
    "admin-channel": ("/admin/channels/code/shop/", "name_en", ("Shop A", "Shop B"), ("shortage", "refuse")),
    "admin-group": ("/admin/groups/code/gold/", "name_zh", ("黄金", "金牌"), ("name_en", "Gold!")),
    "admin-category": ("/admin/categories/code/cups/", "name_zh", ("杯", "杯子们"), ("name_en", "Cups!")),
    "admin-tax": ("/admin/taxes/code/standard/", "rate", ("9", "6"), ("name_en", "Usual")),
    "admin-warehouse": ("/admin/warehouses/code/main/", "city", ("上海", "苏州"), ("priority", "7")),
    "admin-buffer": ("/admin/buffers/{buffer}/", "quantity", ("3", "4"), None),
    "admin-setting": ("/admin/settings/business.name/", "value", ("One Ltd", "Two Ltd"), None),
    "admin-field": ("/admin/fields/customer/size/", "label_zh", ("大小", "尺码"), ("label_en", "How large")),
    "admin-schedule": ("/admin/schedules/{schedule}/", "minutes", ("7", "9"), ("at", "02:30")),
    "admin-hint-rule": ("/admin/hints/unusual_quantity/", "threshold_times", ("4", "6"), ("on", "")),
    "price-list-change": ("/price-lists/{list}/change/", "note", ("for A", "for B"), ("priority", "7")),
    "print-template": ("/admin/print/invoice/", "closing", ("Thanks", "Greetings"), ("paper", "a5")),
}


class Fields(HTMLParser):
    """What the form of a page sends, as it stands; many values of a name as a list."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self.first: dict[str, str] = {}
        self.select = self.area = ""
        self.form = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.form = given.get("method") == "post" and (
                "dialog-form" in given.get("class", "") or "data-main" in given
            )
        if not self.form or "disabled" in given:
            return
        if tag == "input" and name:
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                box = given.get("type") in ("checkbox", "radio")
                self.sent.setdefault(name, []).append(given.get("value", "on" if box else ""))
        elif tag == "select":
            self.select = name if "multiple" not in given else ""
        elif tag == "option" and self.select:
            if "selected" in given:
                self.sent.setdefault(self.select, []).append(given.get("value", ""))
            # What a browser sends where nothing is chosen.
            self.first.setdefault(self.select, given.get("value", ""))
        elif tag == "textarea":
            self.area = name
            self.sent[name] = [""]

    def handle_data(self, data: str) -> None:
        if self.area:
            self.sent[self.area][0] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.area = ""
        elif tag == "select":
            if self.select and self.select not in self.sent:
                self.sent[self.select] = [self.first.get(self.select, "")]
            self.select = ""
        elif tag == "form":
            self.form = False


def opened(client: Client, path: str) -> dict[str, list[str]]:
    page = client.get(path)
    assert page.status_code == 200, (path, page.status_code)
    return read(page.content.decode())


def read(page: str) -> dict[str, list[str]]:
    reader = Fields()
    reader.feed(page)
    return reader.sent


def put(sent: dict[str, list[str]], name: str, value: str) -> dict[str, list[str]]:
    rest = {key: values for key, values in sent.items() if key != name}
    return {**rest, name: [value]} if value else rest


@pytest.fixture
def paths(owner: Client, company: Company, person: Callable[..., Any]) -> dict[str, str]:
    """The address of each form over one record of a company that has one of everything."""
    from orderwell.domains.catalog.drafts import CategoryDraft
    from orderwell.domains.catalog.services.save_category import save_category
    from orderwell.domains.customers.drafts import CustomerGroupDraft
    from orderwell.domains.customers.services.save_group import save_group
    from orderwell.domains.inventory.drafts import BufferDraft
    from orderwell.domains.inventory.services.save_buffer import save_buffer
    from orderwell.domains.prices.drafts import PriceListDraft, Target
    from orderwell.domains.prices.services.save_list import save_price_list
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.services.teams import save_team
    from orderwell.platform.configuration.saving_fields import save_custom_field
    from orderwell.platform.jobs.models import Schedule
    from orderwell.testing.actors import owner as the_owner

    by: dict[str, Any] = {"actor": the_owner(), "now": utc_now()}
    save_group(CustomerGroupDraft(code="gold", name_zh="金", name_en="Gold"), **by)
    save_category(CategoryDraft(code="cups", name_zh="杯子", name_en="Cups"), **by)
    save_custom_field(entity="customer", key="size", label_zh="尺寸", label_en="Size", kind="text", **by)
    found = save_buffer(BufferDraft(channel="shop", quantity=Decimal(2)), **by)
    assert found is not None
    Schedule.objects.get_or_create(name="events.prune", defaults={"every_seconds": 3600, "next_run_at": by["now"]})
    listed = save_price_list(PriceListDraft(code="retail", currency="CNY", applies_to=(Target("everyone"),)), **by)
    names = {
        "user": person("sales-clerk").pk,
        "team": save_team(name="East", **by).pk,
        "buffer": found.pk,
        "schedule": Schedule.objects.values_list("pk", flat=True)[0],
        "list": listed.pk,
    }
    return {name: spec[0].format(**names) for name, spec in FORMS.items()} | {"admin-role": "/admin/roles/sales-clerk/"}


def addresses() -> Iterator[tuple[str, str]]:
    def walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, str]]:
        for item in patterns:
            route = prefix + str(item.pattern)
            if isinstance(item, URLResolver):
                yield from walk(item.url_patterns, route)
            elif isinstance(item, URLPattern):
                yield str(item.name), route

    yield from walk(get_resolver().url_patterns, "")


def test_every_form_over_a_record_of_the_administration_brings_its_version(
    owner: Client, paths: dict[str, str]
) -> None:
    """An address with a parameter is about one record: its form says which state of it somebody looked at."""
    from orderwell.web.components.merging import MergingForm

    about_one = {name for name, route in addresses() if route.startswith("admin/") and "<" in route}
    assert about_one - set(ELSEWHERE) <= set(paths)
    assert set(ELSEWHERE) <= about_one
    for name, path in paths.items():
        page = owner.get(path)
        form = page.context["form"]
        assert isinstance(form, MergingForm), name
        sent = read(page.content.decode())
        assert sent["version"] == [str(form.current)], name
        began = json.loads(unescape(sent["base"][0]))
        assert set(form.fields) - form.OWN == set(began), name
        # Without it nothing is taken.
        without = {key: values for key, values in sent.items() if key not in ("version", "base")}
        assert owner.post(path, without).status_code == 422, name


def test_where_both_changed_the_same_the_later_one_chooses(owner: Client, paths: dict[str, str]) -> None:
    for name, (_path, field, (first, second), _other) in FORMS.items():
        path = paths[name]
        one, two = opened(owner, path), opened(owner, path)
        assert owner.post(path, put(one, field, first)).status_code == 302, name
        back = owner.post(path, put(two, field, second))
        text = unescape(back.content.decode())
        assert back.status_code == 422 and "Both of you changed the same" in text, name
        again = read(back.content.decode())
        assert again[field] == [second], f"{name}: what was typed is still there"
        taken = rf'data-take="id_{field}"\s+data-value="{first}"'
        assert re.search(taken, text), f"{name}: and so is the other's, to be taken"
        assert opened(owner, path)[field] == [first], f"{name}: nothing is overwritten unseen"
        # Whoever has seen both may keep theirs.
        assert owner.post(path, again).status_code == 302, name
        assert opened(owner, path)[field] == [second], name


def test_what_two_people_change_in_different_fields_is_both_kept(owner: Client, paths: dict[str, str]) -> None:
    for name, (_path, field, (first, _second), other) in FORMS.items():
        if other is None:
            continue
        path = paths[name]
        one, two = opened(owner, path), opened(owner, path)
        assert owner.post(path, put(one, field, first)).status_code == 302, name
        assert owner.post(path, put(two, *other)).status_code == 302, name
        page = owner.get(path).content.decode()
        after = read(page)
        assert after[field] == [first], name
        assert after.get(other[0], [""]) == [other[1]], name
        assert "changed this meanwhile, and it is taken over" in page, f"{name}: whoever saved later is told"


def test_ticks_of_two_people_are_all_kept(owner: Client, paths: dict[str, str]) -> None:
    """One gives a role a permission, the other takes another away."""
    path = paths["admin-role"]
    one, two = opened(owner, path), opened(owner, path)
    scope = "scope_orders"
    gone = one[scope][0]
    added = next(
        value
        for value in re.findall(rf'name="{scope}" value="([^"]+)"', owner.get(path).content.decode())
        if value not in one[scope]
    )
    assert owner.post(path, {**one, scope: one[scope][1:]}).status_code == 302
    assert owner.post(path, {**two, scope: [*two[scope], added]}).status_code == 302
    after = set(opened(owner, path)[scope])
    assert added in after and gone not in after
    assert after == (set(one[scope]) - {gone}) | {added}


def test_roles_of_a_user_are_merged_tick_by_tick(owner: Client, paths: dict[str, str]) -> None:
    path = paths["admin-user"]
    one, two = opened(owner, path), opened(owner, path)
    owner.post(path, {**one, "roles": [*one["roles"], "viewer"]})
    owner.post(path, {**two, "roles": ["warehouse-worker"]})
    assert set(opened(owner, path)["roles"]) == {"viewer", "warehouse-worker"}


def test_a_form_sent_twice_is_one_change(owner: Client, paths: dict[str, str]) -> None:
    from orderwell.platform.events.models import Event

    path = paths["admin-channel"]
    sent = put(opened(owner, path), "name_en", "Shop A")
    before = Event.objects.filter(name="catalog.channel.changed").count()
    for _time in range(2):
        assert owner.post(path, sent).status_code == 302
    assert Event.objects.filter(name="catalog.channel.changed").count() == before + 1


NEW: dict[str, dict[str, str]] = {
    "/admin/channels/new/": {"code": "shop", "currency": "CNY", "shortage": "refuse", "name_en": "Mine"},
    "/admin/groups/new/": {"code": "gold", "name_zh": "我的"},
    "/admin/categories/new/": {"code": "cups", "name_zh": "我的"},
    "/admin/taxes/new/": {"code": "standard", "rate": "1"},
    "/admin/warehouses/new/": {"code": "main", "country": "CN", "priority": "1"},
    "/admin/buffers/new/": {"channel": "shop", "quantity": "9"},
    "/admin/fields/new/": {"entity": "customer", "key": "size", "kind": "text", "label_en": "Mine"},
    "/price-lists/new/": {"code": "retail", "currency": "CNY", "name_en": "Mine"},
}


def test_a_new_record_never_overwrites_one_that_is_there(owner: Client, paths: dict[str, str]) -> None:
    for path, values in NEW.items():
        answer = owner.post(path, {**opened(owner, path), **values})
        assert answer.status_code == 422, path
        assert "It is there already." in answer.content.decode(), path


def test_a_new_price_list_that_is_sent_twice_is_one_and_no_error(owner: Client, paths: dict[str, str]) -> None:
    from orderwell.domains.prices.models import PriceList

    path = "/price-lists/new/"
    sent = {**opened(owner, path), "code": "twice", "currency": "CNY"}
    first, second = owner.post(path, sent), owner.post(path, sent)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"] == f"/price-lists/{PriceList.objects.get(code='twice').pk}/"


def test_what_was_removed_meanwhile_is_said_in_the_dialog_that_was_still_open(
    owner: Client, paths: dict[str, str]
) -> None:
    """htmx shows a refusal only with 422; any other one would be a message that names nothing."""
    path, there = paths["admin-field"], {"HX-Request": "true", "HX-Target": "dialog-content"}
    sent = opened(owner, path)
    assert owner.post(f"{path}remove/", opened(owner, f"{path}remove/")).status_code == 302
    for answer in (owner.post(path, sent, headers=there), owner.get(path, headers=there)):
        assert answer.status_code == 422
        page = unescape(answer.content.decode())
        assert "customer/size" in page and "data-stale-page" in page
    assert owner.get(path, headers={"HX-Request": "true"}).status_code == 404  # any other part of a page stays


def test_a_change_that_came_in_another_way_counts_too(owner: Client, paths: dict[str, str]) -> None:
    """Over the API, by an import, on the command line: the form notices all the same."""
    from orderwell.domains.catalog.drafts import ChannelDraft
    from orderwell.domains.catalog.services.save_channel import save_channel
    from orderwell.kernel.clock import utc_now
    from orderwell.testing.actors import owner as the_owner

    path = paths["admin-channel"]
    sent = opened(owner, path)
    save_channel(ChannelDraft(code="shop", name_en="From elsewhere"), actor=the_owner(), now=utc_now())
    assert owner.post(path, put(sent, "name_en", "Mine")).status_code == 422
    assert opened(owner, path)["name_en"] == ["From elsewhere"]


def test_a_template_taken_back_to_the_built_in_look_and_saved_anew_counts_as_changed(
    owner: Client, paths: dict[str, str]
) -> None:
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.printing.models import PrintTemplate
    from orderwell.platform.printing.services import reset_template
    from orderwell.testing.actors import owner as the_owner

    path = paths["print-template"]
    assert owner.post(path, put(opened(owner, path), "closing", "First")).status_code == 302
    sent = opened(owner, path)
    row = PrintTemplate.objects.get()
    reset_template(template_id=row.pk, actor=the_owner(), now=utc_now())
    assert owner.post(path, put(opened(owner, path), "closing", "Second")).status_code == 302
    assert PrintTemplate.objects.get().version == row.version
    assert owner.post(path, put(sent, "closing", "Mine")).status_code == 422


def test_words_of_a_choice_are_shown_not_its_code(owner: Client, paths: dict[str, str]) -> None:
    one, two = opened(owner, paths["admin-user"]), opened(owner, paths["admin-user"])
    owner.post(paths["admin-user"], put(one, "language", "en"))
    page = unescape(owner.post(paths["admin-user"], put(two, "language", "zh-hans")).content.decode())
    assert "changed this to “English” while you were typing" in page
