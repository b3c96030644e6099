"""The screen on which an administrator says how documents look."""

from __future__ import annotations

from django.test import Client

from orderwell.kernel.clock import utc_now
from orderwell.platform.printing.models import PrintTemplate
from orderwell.platform.printing.services import save_template
from orderwell.testing.actors import owner as boss
from tests.web.conftest import Company
from tests.web.sent import begun

NAVIGATES = {"Accept": "text/html,application/xhtml+xml"}
PATH = "/admin/print/order-confirmation/"
LOOK = {"paper": "a4", "colour": "#066fd1", "columns": ["name"], "closing": "", "markup": ""}


def test_after_a_refusal_a_saved_template_is_shown_and_not_the_refusal_again(owner: Client, company: Company) -> None:
    broken = "#let document(doc, given) = [#doc.nonsense]"
    path = PATH + "?language=en"
    refused = owner.post(path, {**begun(owner, path), **LOOK, "markup": broken}, headers=NAVIGATES)["Location"]
    assert "nonsense" in owner.get(refused).content.decode()
    saved = owner.post(refused, {**begun(owner, refused), **LOOK, "closing": "SAVED AT LAST"}, headers=NAVIGATES)
    assert saved["Location"] == path
    assert PrintTemplate.objects.get().language == "en"
    page = owner.get(saved["Location"]).content.decode()
    assert "SAVED AT LAST" in page and "nonsense" not in page


def test_a_narrower_look_begins_from_the_one_that_such_documents_have(owner: Client, company: Company) -> None:
    def saved(closing: str, **scope: str) -> None:
        options = {"closing": closing, "paper": "a5"}
        save_template(
            kind="order-confirmation", options=options, markup="", version=None, actor=boss(), now=utc_now(), **scope
        )

    page = owner.get(PATH + "?channel=shop").content.decode()
    assert "the built-in look" in page and "Every channel, Every language" not in page
    saved("OF THE HOUSE")
    page = owner.get(PATH + "?channel=shop").content.decode()
    assert "OF THE HOUSE" in page and "Every channel, Every language" in page
    saved("ENGLISH", language="en")
    assert "OF THE HOUSE" in owner.get(PATH + "?channel=shop&language=zh-hans").content.decode()
    page = owner.get(PATH + "?channel=shop&language=en").content.decode()
    assert "ENGLISH" in page and "OF THE HOUSE" not in page
    # Saving it makes it one of its own, and leaves the wider ones as they are.
    path = PATH + "?channel=shop&language=en"
    owner.post(path, {**begun(owner, path), **LOOK, "closing": "SHOP"})
    assert {(row.channel, row.language): row.options["closing"] for row in PrintTemplate.objects.all()} == {
        ("", ""): "OF THE HOUSE",
        ("", "en"): "ENGLISH",
        ("shop", "en"): "SHOP",
    }
    page = owner.get(path).content.decode()
    assert "SHOP" in page and "Nothing of its own yet" not in page


def test_the_list_names_the_channel_and_not_its_code(owner: Client, company: Company) -> None:
    save_template(
        kind="invoice",
        channel="shop",
        language="en",
        options={},
        markup="",
        version=None,
        actor=boss(),
        now=utc_now(),
    )
    assert f"{company.channel.name_en}, English" in owner.get("/admin/print/").content.decode()
