"""Controls of forms and texts of templates, written in Python, are what Django's templates and tags make of them."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from decimal import Decimal
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.forms.renderers import DjangoTemplates
from django.template import Context, Engine
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

import orderwell.web
from orderwell.web.components.forms import Form, dress
from orderwell.web.components.widgets import Renderer
from orderwell.web.templatetags.orderwell import field

OFFERED: list[Any] = [
    ("", "—"),
    ("a<'\"&", "A & B"),
    (None, "none"),
    (3, _("Quantity")),
    ("Group & more", [("x", 1_234_567), ("y", mark_safe("<b>bold</b>"))]),
]
VALUES = (None, "", "a<'\"&\n", "x", ["a<'\"&", "x"], True, False, 3, Decimal("2.50"), date(2026, 3, 1))
ATTRIBUTES: tuple[dict[str, Any], ...] = (
    {},
    {"id": "id_x", "class": "c 'd'", "required": True, "disabled": False, "rows": 3, "title": _("Quantity")},
    {"id": "a&b", "aria-label": "<b>", "data-text": mark_safe("&amp;"), "class": ""},
)


OURS, THEIRS = Renderer(), DjangoTemplates()


def every_form() -> Iterator[type[Form]]:
    for module in walk_packages(orderwell.web.__path__, "orderwell.web."):
        import_module(module.name)
    waiting = Form.__subclasses__()
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        yield form


def check(widget: forms.Widget, where: str) -> None:
    for value in VALUES:
        if isinstance(value, list) and not getattr(widget, "allow_multiple_selected", False):
            continue
        for attributes in ATTRIBUTES:
            for language in ("en", "zh-hans"):
                with translation.override(language):
                    theirs = widget.render("name'&", value, attributes, THEIRS)
                    assert widget.render("name'&", value, attributes, OURS) == theirs, (where, value, attributes)


def test_the_program_writes_its_controls_itself() -> None:
    assert f"{Renderer.__module__}.{Renderer.__name__}" == settings.FORM_RENDERER


def test_the_controls_of_every_form_are_those_of_django() -> None:
    forms_found = {form for form in every_form() if form.__module__.startswith("orderwell.")}
    assert len(forms_found) > 90
    seen = set[tuple[Any, ...]]()
    for form in forms_found:
        for name, declared in form.base_fields.items():
            shown = deepcopy(declared)
            dress(shown)
            kind = (type(shown.widget), str(shown.widget.attrs), str(getattr(shown.widget, "choices", "")))
            if kind not in seen:
                seen.add(kind)
                check(shown.widget, f"{form.__qualname__}.{name}")
    assert len(seen) > 20


@pytest.mark.parametrize(
    "widget",
    [
        *(kind(choices=OFFERED) for kind in (forms.Select, forms.SelectMultiple)),
        *(kind(choices=OFFERED) for kind in (forms.RadioSelect, forms.CheckboxSelectMultiple)),
        *(kind() for kind in (forms.TextInput, forms.NumberInput, forms.EmailInput, forms.HiddenInput, forms.Textarea)),
        *(kind() for kind in (forms.CheckboxInput, forms.DateInput, forms.FileInput, forms.ClearableFileInput)),
        *(kind() for kind in (forms.URLInput, forms.TelInput, forms.SearchInput, forms.ColorInput, forms.TimeInput)),
        forms.PasswordInput(render_value=True),
        forms.NullBooleanSelect(),
    ],
    ids=lambda widget: type(widget).__name__,
)
def test_a_control_is_that_of_django(widget: forms.Widget) -> None:
    check(widget, type(widget).__name__)


class Choosing(Form):
    one = forms.ChoiceField(choices=[("a", "A"), ("b", "B & C")], widget=forms.RadioSelect)


def test_the_boxes_of_a_choice_one_by_one_are_those_of_django() -> None:
    ours, theirs = Choosing({"one": "b"}), Choosing({"one": "b"}, renderer=THEIRS)
    assert [str(box) for box in ours["one"]] == [str(box) for box in theirs["one"]]
    assert [box.tag() for box in ours["one"]] == [box.tag() for box in theirs["one"]]


def test_each_choice_has_a_line_of_its_own_in_a_group_that_is_named() -> None:
    form = Choosing({"one": "x"})
    form.fields["one"].label = "Which"
    made = field(form["one"])
    assert made.count("form-check-input") == made.count("<input") == made.count('<label class="form-check"') == 2
    assert made.startswith("<fieldset") and "Which</legend>" in made and "B &amp; C" in made
    assert "one_error" in made


@pytest.mark.parametrize(
    "text",
    [
        '{% translate "Quantity" %}',
        "{% trans 'Quantity' %}",
        '{% translate "Quantity" as word %}[{{ word }}]',
        '{% translate "100 % of it" %}{% translate "It\'s <b>not</b> known" %}{% translate "" %}',
        '{% translate "open" context "key" %}{% translate word %}{% translate "Quantity"|upper %}',
        '{% translate "Quantity" noop %}{% blocktranslate with a=word %}Help about {{ a }}{% endblocktranslate %}',
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_text_of_a_template_is_that_of_django(text: str, language: str) -> None:
    ours = Engine(libraries={"i18n": "orderwell.web.templatetags.translating"})
    theirs = Engine(libraries={"i18n": "django.templatetags.i18n"})
    with translation.override(language):
        made = [
            engine.from_string("{% load i18n %}" + text).render(Context({"word": "A<"})) for engine in (ours, theirs)
        ]
    assert made[0] == made[1]


@pytest.mark.parametrize(
    ("chosen", "below"),
    [
        ("short", ""),
        ("", ""),
        ("long", "Marketplace payout MA2611290225190000150 · left ¥70.50"),
        ("grouped", "上海市嘉定区安亭镇墨玉南路888号中信泰富广场一号仓库"),
        ("tricky", "&lt;b&gt;a name as long as no field of a phone has room for&lt;/b&gt;"),
    ],
)
def test_a_choice_too_long_for_a_phone_stands_whole_below_its_field(chosen: str, below: str) -> None:
    class Choosing(Form):
        what = forms.ChoiceField(
            choices=[
                ("", "None"),
                ("short", "Bank transfer"),
                ("long", "Marketplace payout MA2611290225190000150 · left ¥70.50"),
                ("Warehouses", [("grouped", "上海市嘉定区安亭镇墨玉南路888号中信泰富广场一号仓库")]),
                ("tricky", "<b>a name as long as no field of a phone has room for</b>"),
            ]
        )

    page = field(Choosing(initial={"what": chosen})["what"])
    said = page.split('class="chosen-whole" data-chosen aria-hidden="true">')[1:]
    assert [part.split("</div>")[0] for part in said] == ([below] if below else [])
