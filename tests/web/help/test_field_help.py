"""Every field that its label doesn't explain says in a sentence what it is for, in both languages, within reach of everybody."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest
from django import forms
from django.test import Client
from django.utils.translation import override

import orderwell.web
from orderwell.web.customers.forms import ADDRESSES, CONTACTS
from orderwell.web.help.fields import SELF_EVIDENT, SENTENCES
from orderwell.web.help.topics import FIELDS
from orderwell.web.imports.forms import FIELD_TITLES
from tests.web.conftest import Company

ROWS = (CONTACTS, ADDRESSES)
# Pages of customers explain themselves; forms of lists in the handheld are drawn on the device.
ELSEWHERE = ("orderwell.web.public.",)


def every_form() -> Iterator[type[forms.Form]]:
    for module in pkgutil.walk_packages(orderwell.web.__path__, "orderwell.web."):
        importlib.import_module(module.name)
    waiting, seen = [forms.Form], set()
    while waiting:
        for form in waiting.pop().__subclasses__():
            if form not in seen:
                seen.add(form)
                waiting.append(form)
                if form.__module__.startswith("orderwell.web.") and not form.__module__.startswith(ELSEWHERE):
                    yield form


def sentence_of(form: type[forms.Form], name: str) -> str:
    own = str(form.base_fields[name].help_text)
    keys = [f"{kind.__name__}.{name}" for kind in form.__mro__]
    return own or next((str(SENTENCES[key]) for key in [*keys, f"*.{name}"] if key in SENTENCES), "")


def fields() -> Iterator[tuple[type[forms.Form], str, forms.Field]]:
    for form in every_form():
        for name, field in form.base_fields.items():
            if not isinstance(field.widget, forms.HiddenInput):
                yield form, name, field


def test_every_field_that_is_not_self_evident_has_its_sentence() -> None:
    mute = [f"{form.__name__}.{name}" for form, name, _ in fields() if not sentence_of(form, name)]
    assert [name for name in mute if name.split(".")[1] not in SELF_EVIDENT] == []
    rows = [f"{part.prefix}_{name}" for part in ROWS for name in part.fields if name not in SELF_EVIDENT]
    # Boxes of roles stand beside each other and are read as one list.
    mute = [name for name in rows if f"*.{name}" not in SENTENCES and "_role_" not in name]
    assert mute == []
    assert len(SELF_EVIDENT) < 45, "the list of what explains itself is short"


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_sentence_is_short_and_no_repetition_of_the_label(language: str) -> None:
    with override(language):
        for form, name, field in fields():
            said, label = sentence_of(form, name), str(field.label or "")
            if said:
                assert said != label and len(said) <= 130, (form.__name__, name, said)
        for key, sentence in SENTENCES.items():
            assert str(sentence)[-1] in ".。", (key, str(sentence))
            assert bool(re.search("[一-鿿]", str(sentence))) == (language != "en"), (key, str(sentence))


def test_no_sentence_is_left_over() -> None:
    known = {f"{kind.__name__}.{name}" for form, name, _ in fields() for kind in form.__mro__}
    known |= {f"CustomerForm.{part.prefix}_{name}" for part in ROWS for name in part.fields}
    known |= {f"MappingForm.column_{name}" for name in FIELD_TITLES}
    names = {key.split(".")[1] for key in known}
    assert {key for key in SENTENCES if not key.startswith("*.")} - known == set()
    assert {key for key in SENTENCES if key.startswith("*.")} - {f"*.{name}" for name in names} == set()
    assert set(FIELDS) - known == set()


def test_the_sentence_is_read_out_with_its_field_and_waits_at_a_mark(owner: Client, company: Company) -> None:
    for path, named in (
        ("/stock/adjust/", ("id_warehouse", "id_lines", "id_note")),
        ("/orders/new/", ("id_channel", "id_shipping", "id_priority", "id_customer")),
        ("/admin/users/new/", ("id_name", "id_language", "id_must_change_password")),
        (f"/customers/{company.customer.pk}/change/", ("id_contact-0-job_title", "id_contact-0-language")),
        ("/products/new/", ("id_code", "id_category")),
        ("/imports/new/", ("id_mode", "id_dry_run")),
    ):
        page = owner.get(path).content.decode()
        for field in named:
            control = re.search(rf'<(?:input|select|textarea)[^>]*\bid="{field}"[^>]*>', page)
            assert control and f"{field}_helptext" in control[0], (path, field)
            assert len(re.findall(rf'id="{field}_helptext"', page)) == 1, (path, field)


def test_a_group_of_boxes_has_its_sentence_under_its_title(owner: Client, company: Company) -> None:
    page = owner.get("/admin/users/new/").content.decode()
    assert "What the person may do is all that any of the roles allows." in page
    assert 'aria-describedby="id_roles_helptext"' in page and 'id="id_roles_helptext"' in page
