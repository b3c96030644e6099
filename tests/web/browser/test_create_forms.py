"""Every form of the administration that makes something: clicked twice, sent twice at once, sent again after going back,
and over something that was removed in another tab. Nothing is there twice, and whoever sent it hears what happened."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.browser.conftest import PASSWORD, Site

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
# Two clicks before the scripts of the page stand: the browser sends the form twice.
TWICE = """async () => {
  const form = document.querySelector("main form[data-main]");
  const body = new URLSearchParams(new FormData(form));
  const send = () => fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
  return Promise.all([send(), send()].map(async (sent) => {
    const answer = await sent;
    return [answer.status, new URL(answer.url).pathname + new URL(answer.url).search, await answer.text()];
  }));
}"""

MAKE_FIELD = """
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.configuration.saving_fields import save_custom_field
save_custom_field(entity="customer", key="gone-{n}", label_en="Gone {n}", kind="text", actor=system_actor(), now=utc_now())
"""


@dataclass(frozen=True, slots=True)
class Form:
    """What is typed, `{n}` being another word each time, and what the list then shows of it."""

    list: str
    typed: dict[str, str] = field(default_factory=dict)
    shown: str = "Made {n}"
    row: str = "main tbody tr"
    in_dialog: bool = True

    @property
    def new(self) -> str:
        return f"{self.list}new/"


# One of each kind goes through all that a hand can do; to the server the forms are alike.
BY_HAND = ("user", "channel", "price-list")
NAMED = {"code": "made-{n}", "name_en": "Made {n}"}
FORMS = {
    "user": Form("/admin/users/", {"username": "made-{n}", "name": "Made {n}", "password": PASSWORD}, in_dialog=False),
    "role": Form("/admin/roles/", {"code": "made-{n}", "title": "Made {n}"}, row="main thead th"),
    "team": Form("/admin/teams/", {"name": "Made {n}"}),
    "key": Form("/admin/keys/", {"name": "Made {n}", "scope_orders": "orders:order:view"}, in_dialog=False),
    "channel": Form("/admin/channels/", NAMED),
    "group": Form("/admin/groups/", NAMED),
    "category": Form("/admin/categories/", NAMED),
    "tax": Form("/admin/taxes/", {**NAMED, "rate": "9"}),
    "warehouse": Form("/admin/warehouses/", NAMED),
    "buffer": Form("/admin/buffers/", {"channel": "shop", "sku": "MADE{n}", "quantity": "3"}, shown="MADE{n}"),
    "field": Form("/admin/fields/", {"key": "made-{n}", "label_en": "Made {n}"}),
    "price-list": Form("/price-lists/", {**NAMED, "everyone": "on"}, in_dialog=False),
}


@pytest.fixture(scope="module", autouse=True)
def _variants(site: Site) -> None:
    site.shell(
        "from orderwell.testing import factories as f\n"
        "for n in ('one', 'two', 'three'):\n    f.make_variant(f'MADE{n}', price='1', product=f.make_product(f'MADE{n}'))"
    )


def fill(form: Locator, typed: dict[str, str], n: str) -> None:
    for name, value in typed.items():
        there = form.locator(f"[name={name}]")
        if there.first.get_attribute("type") == "checkbox":
            (there if value == "on" else form.locator(f"[name={name}][value='{value}']")).check()
        elif there.evaluate("field => field.tagName") == "SELECT":
            there.select_option(value)
        else:
            there.fill(value.format(n=n))


def made(page: Page, spec: Form, n: str) -> Locator:
    page.goto(spec.list)
    return page.locator(spec.row, has_text=spec.shown.format(n=n))


def refusals(page: Page) -> list[str]:
    page.wait_for_load_state()
    return page.locator(".invalid-feedback:visible, .alert-danger:visible").all_inner_texts()


def opened(page: Page, spec: Form, n: str) -> Locator:
    page.goto(spec.new)
    form = page.locator("main form[data-main]")
    fill(form, spec.typed, n)
    return form


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in BY_HAND else pytest.mark.soak) for name in FORMS]
)
def test_what_is_made_is_made_once(sign_in: Open, name: str) -> None:
    spec = FORMS[name]
    page = sign_in("anna", meant="4(01|03|22)")  # 403: a hint that was seen is told a moment later
    failed: list[str] = []
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 500 else None)

    # A double click.
    if spec.in_dialog:
        page.goto(spec.list)
        page.locator(f"a[href='{spec.new}']").first.click()
        form = page.locator("#dialog.show form")
        fill(form, spec.typed, "one")
    else:
        form = opened(page, spec, "one")
    with page.expect_navigation():
        form.locator("[data-busy]").dblclick()
    assert (page.url, refusals(page)) == (page.url, [])
    expect(made(page, spec, "one")).to_have_count(1)

    # Back, and sent again: as it stands there, whether the browser put in again what was typed or not.
    form = opened(page, spec, "three")
    with page.expect_navigation():
        form.locator("[data-busy]").click()
    assert (page.url, refusals(page)) == (page.url, [])
    page.go_back()
    page.wait_for_url(re.compile(re.escape(spec.new)))
    with page.expect_navigation():
        page.locator("main form[data-main] [data-busy]").click()
    assert refusals(page), "it says why there is no second one"
    expect(made(page, spec, "three")).to_have_count(1)
    assert not failed


def test_two_of_the_same_at_once_are_one(sign_in: Open) -> None:
    page = sign_in("anna", meant="4(01|03|22)")
    for spec in FORMS.values():
        opened(page, spec, "two")
        for status, address, text in page.evaluate(TWICE):
            assert status == 200 and "is-invalid" not in text, address
        expect(made(page, spec, "two")).to_have_count(1)


def test_a_key_asked_for_twice_says_that_its_secret_was_shown_once(sign_in: Open) -> None:
    """Whoever sees only the second of two answers would look for a secret that nobody shows again."""
    page = sign_in("anna", meant="4(01|03|22)")
    opened(page, FORMS["key"], "unseen")
    first, second = sorted(page.evaluate(TWICE), key=lambda answer: 'id="secret"' not in answer[2])
    assert 'id="secret"' in first[2] and 'id="secret"' not in second[2]
    assert "The key was made already" in second[2] and "revoke it" in second[2]


def test_what_was_removed_in_another_tab_is_said_to_be_gone(sign_in: Open, site: Site) -> None:
    """Its form is still open here, as a dialog or as a page of its own; so is the list that leads to it."""
    page = sign_in("anna", meant="4(01|03|04|22)")
    for n in ("here", "alone"):
        site.shell(MAKE_FIELD.format(n=n))
    gone = "There is no custom field customer/gone-{n}."
    page.goto("/admin/fields/")
    link = page.locator("a[href='/admin/fields/customer/gone-here/']")
    link.click()
    page.locator("#dialog.show [name=label_en]").fill("Typed here")
    alone = page.context.new_page()
    alone.goto("/admin/fields/customer/gone-alone/")
    alone.locator("[name=label_en]").fill("Typed here")

    other = page.context.new_page()
    for n in ("here", "alone"):
        other.goto(f"/admin/fields/customer/gone-{n}/remove/")
        with other.expect_navigation():
            other.locator("main form[data-main] [data-busy]").click()

    page.locator("#dialog.show [data-busy]").click()
    expect(page.locator("#dialog.show")).to_contain_text(gone.format(n="here"))
    alone.locator("main form[data-main] [data-busy]").click()
    expect(alone.locator("main")).to_contain_text(gone.format(n="alone"))
    # Closed, the dialog leaves the list as it is now.
    page.locator("#dialog.show .modal-footer .btn").click()
    expect(link).to_have_count(0)

    # The list of a third tab leads to what is gone as well.
    third = page.context.new_page()
    third.goto("/admin/fields/")
    site.shell(MAKE_FIELD.format(n="later"))
    third.reload()
    third.locator("a[href='/admin/fields/customer/gone-later/']").wait_for()
    other.goto("/admin/fields/customer/gone-later/remove/")
    with other.expect_navigation():
        other.locator("main form[data-main] [data-busy]").click()
    third.locator("a[href='/admin/fields/customer/gone-later/']").click()
    expect(third.locator("#dialog.show")).to_contain_text(gone.format(n="later"))
