"""A product with its variants as one form. Prices, packs, barcodes and components are short texts, one line each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderwell.domains.catalog.drafts import (
    BarcodeDraft,
    ComponentDraft,
    PackDraft,
    PriceDraft,
    ProductDraft,
    VariantDraft,
)
from orderwell.domains.catalog.models import Variant
from orderwell.domains.catalog.queries import ProductDetail
from orderwell.kernel.errors import DomainError, ErrorDetail
from orderwell.kernel.quantities import plain
from orderwell.platform.configuration.services import get as setting
from orderwell.platform.formats import colon, price_typed, signs_of
from orderwell.web.components.forms import ExactField, Form, WholeField, offer, options
from orderwell.web.components.merging import MergingForm, read_base, text_of
from orderwell.web.components.own_fields import PREFIX as OWN_PREFIX
from orderwell.web.components.own_fields import add_own_fields, own_bound, own_values
from orderwell.web.products.units import unit_code, unit_word

SPARE = 3
_OF_A_VARIANT = re.compile(r"v(\d{1,19}|n\d{1,4})-(\w+)")


class RowsField(forms.CharField):
    """Lines of words: `least` to `most` of them in each."""

    def __init__(self, *, least: int, most: int, example: str | Promise, **kwargs: Any) -> None:
        self.least, self.most, self.example = least, most, example
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "class": "mono"}))
        super().__init__(required=False, max_length=20_000, **kwargs)

    def clean(self, value: Any) -> Any:
        rows = [re.split(r"[\s,;，；]+", line.strip()) for line in super().clean(value).splitlines() if line.strip()]
        for index, row in enumerate(rows, 1):
            if not self.least <= len(row) <= self.most:
                raise ValidationError(
                    gettext("Line %(line)s: expected something like “%(example)s”.")
                    % {"line": index, "example": self.example}
                )
        return rows


def exact(text: str) -> Decimal:
    number = ExactField(places=6).clean(text)
    return Decimal(0) if number is None else number


def in_base_currency(row: list[str]) -> list[str]:
    """A row of prices that names no currency is in the base currency; its sign may stand at the first number."""
    currency = str(setting("business.base_currency"))
    first = row[0]
    for sign in signs_of(currency):
        first = first.removeprefix(sign)
    return [currency, first, *row[1:]] if first and first[0].isnumeric() else row


class VariantForm(Form):
    pointers = {
        rf"/{name}(/.*)?": name
        for name in ("option_values", "option_values_zh", "prices", "packs", "barcodes", "components", "custom")
    }
    sku = forms.CharField(label="SKU", required=False, max_length=60)
    name_zh = forms.CharField(label=_("Chinese name"), required=False, max_length=240)
    name_en = forms.CharField(label=_("English name"), required=False, max_length=240)
    option_values = forms.CharField(
        label=_("Options"), required=False, max_length=400, help_text=_("Such as “color: red; size: M”.")
    )
    option_values_zh = forms.CharField(
        label=_("Options in Chinese"),
        required=False,
        max_length=400,
        help_text=_("Such as “颜色: 红色; 尺码: M”; empty: as in English."),
    )
    unit = forms.CharField(
        label=_("Unit"), required=False, max_length=20, widget=forms.TextInput(attrs={"list": "units"})
    )
    quantity_places = WholeField(
        label=_("Decimal places"), required=False, min_value=0, max_value=4, help_text=_("0 for pieces.")
    )
    weight_grams = WholeField(label=_("Weight, g"), required=False, min_value=0)
    prices = RowsField(
        label=_("Prices"),
        least=1,
        most=3,
        example="CNY 20.00 12.50",
        help_text=_("Currency, price, cost if known; a price alone is in the base currency."),
    )
    packs = RowsField(label=_("Pack sizes"), least=2, most=2, example=_("box 12"), help_text=_("Unit and how many."))
    barcodes = RowsField(
        label=_("Barcodes"),
        least=1,
        most=2,
        example=_("6901234567892 box"),
        help_text=_("Code, and the pack it is on."),
    )
    components = RowsField(
        label=_("Bundle of"), least=2, most=2, example="CUP-RED 2", help_text=_("SKU and quantity. Empty: no bundle.")
    )
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["prices"] = [in_base_currency(row) for row in data.get("prices") or []]
        example = gettext("Line %(line)s: expected something like “%(example)s”.")
        for line, row in enumerate(data["prices"], 1):
            # One word that is no amount, or three amounts.
            if not 2 <= len(row) <= 3:
                self.add_error("prices", example % {"line": line, "example": "CNY 20.00 12.50"})
                break
        for name in ("prices", "packs", "components"):
            for row in data.get(name) or []:
                try:
                    for text in row[1:]:
                        exact(text)
                except ValidationError:
                    self.add_error(name, gettext("%(text)s is not a number.") % {"text": " ".join(row[1:])})
        if not data.get("sku") and any(data.get(name) for name in ("name_zh", "name_en", "prices", "barcodes")):
            self.add_error("sku", gettext("A variant needs a SKU."))
        return data

    def clean_sku(self) -> str:
        sku: str = self.cleaned_data["sku"].strip()
        # Wherever goods are typed with their quantity, a blank parts the two; those that are there already stay.
        if re.search(r"\s", sku) and not self.fields["sku"].disabled:
            raise ValidationError(gettext("A SKU has no blanks inside."))
        return sku

    def clean_option_values(self) -> dict[str, str]:
        return self._options_in("option_values")

    def clean_option_values_zh(self) -> dict[str, str]:
        return self._options_in("option_values_zh")

    def _options_in(self, field: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for part in re.split(r"[;；\n]", self.cleaned_data[field]):
            if not part.strip():
                continue
            name, colon, value = part.replace("：", ":").partition(":")
            if not colon or not name.strip() or not value.strip():
                raise ValidationError(gettext("Expected something like “color: red; size: M”."))
            found[name.strip()] = value.strip()
        return found

    @property
    def is_blank(self) -> bool:
        return not self.cleaned_data.get("sku")

    def draft(self) -> VariantDraft:
        data, stored = self.cleaned_data, self.initial.get("units", ())
        values: dict[str, Any] = {
            name: data[name] for name in ("name_zh", "name_en", "option_values", "option_values_zh")
        }
        # A SKU that never was a bundle is not told that it has no components.
        if data["components"] or self.initial.get("components"):
            values["components"] = tuple(ComponentDraft(sku, exact(count)) for sku, count in data["components"])
        return VariantDraft(
            sku=data["sku"].strip(),
            unit=unit_code(data["unit"], stored) or "piece",
            quantity_places=data["quantity_places"] or 0,
            weight_grams=data["weight_grams"],
            active=data["active"],
            prices=tuple(
                PriceDraft(row[0].upper(), exact(row[1]), exact(row[2]) if len(row) > 2 else None)
                for row in data["prices"]
            ),
            packs=tuple(PackDraft(unit_code(unit, stored), exact(count)) for unit, count in data["packs"]),
            barcodes=tuple(
                BarcodeDraft(row[0], unit_code(row[1], stored) if len(row) > 1 else None) for row in data["barcodes"]
            ),
            **values,
        )


class ProductForm(MergingForm):
    """A product with its variants. Known ones go by their primary key, new ones by "n0" and on.

    Variants are never removed here, so each that is stored has a place; one that another person added gets its own.
    """

    pointers = {r"/custom/.*": "", r"/options.*": "options"}
    OWN = MergingForm.OWN | {"rows"}
    rows = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=500)
    code = forms.CharField(label=_("Code"), max_length=60)
    name_zh = forms.CharField(label=_("Chinese name"), required=False, max_length=240)
    name_en = forms.CharField(label=_("English name"), required=False, max_length=240)
    category = forms.ChoiceField(label=_("Category"), required=False)
    tax_category = forms.ChoiceField(label=_("Tax category"))
    options = forms.CharField(
        label=_("Options"), required=False, max_length=400, help_text=_("What variants differ in: “color, size”.")
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        categories: Sequence[Any],
        taxes: Sequence[Any],
        before: ProductDetail | None,
        changed_by: str = "",
    ) -> None:
        self.before = before
        self.known = {known_key(variant): variant_initial(variant) for variant in before.variants} if before else {}
        self.told: list[str] = []
        super().__init__(
            data,
            stored=stored_values(before, self.known) if before else {},
            version=before.product.version if before else 0,
            changed_by=changed_by,
            initial={} if before else {"tax_category": "standard", "active": True},
        )
        offer(self, "category", options(categories, empty=_("None")))
        offer(self, "tax_category", taxes)
        if before is not None:
            self.fields["code"].disabled = True
        count = _count(self.data.get("rows", "")) if self.is_bound else SPARE
        new: dict[str, dict[str, Any]] = {f"n{index}": {} for index in range(count)}
        self.variants = [self._variant(key, initial) for key, initial in (self.known | new).items()]
        self.initial["rows"] = count

    def prepare(self) -> None:
        add_own_fields(self, "product", self.before.product.custom if self.before else {})
        for name, field in self.fields.items():
            if name.startswith(OWN_PREFIX) and self.before is not None:
                self.theirs[name] = text_of(field.prepare_value(field.initial))

    def _merge(self, data: QueryDict) -> QueryDict:
        """A variant that was not on the page when it was opened is as it is stored."""
        began = read_base(data.get("base", ""))
        new = [key for key in self.known if not any(str(name).startswith(f"v{key}-") for name in began)]
        if began and new and self.before is not None:
            data = data.copy()
            for key in new:
                for name, text in self.theirs.items():
                    if name.startswith(f"v{key}-") and (text or not self._is_check(name)):
                        data[name] = text
                values = {"who": self.changed_by or gettext("Somebody else"), "name": self.known[key]["sku"]}
                self.told.append(gettext("%(who)s added %(name)s meanwhile.") % values)
        return super()._merge(data)

    def field_of(self, name: str) -> forms.Field | None:
        found = _OF_A_VARIANT.fullmatch(name)
        return VariantForm.base_fields.get(found[2]) if found else super().field_of(name)

    def bound_of(self, name: str) -> forms.BoundField:
        found = _OF_A_VARIANT.fullmatch(name)
        if not found:
            return self[name]
        return next(form for form in self.variants if form.prefix == f"v{found[1]}")[found[2]]

    def complain(self, name: str, error: ValidationError) -> None:
        found = _OF_A_VARIANT.fullmatch(name)
        if not found:
            super().complain(name, error)
            return
        variant = next(form for form in self.variants if form.prefix == f"v{found[1]}")
        if found[2] not in variant.errors:
            variant.add_error(found[2], error)

    def label_of(self, name: str) -> str:
        found = _OF_A_VARIANT.fullmatch(name)
        label = super().label_of(name)
        return f"{self.known[found[1]]['sku']}{colon()}{label}" if found and found[1] in self.known else label

    @property
    def said(self) -> list[str]:
        return [*super().said, *self.told]

    def _variant(self, key: str, initial: dict[str, Any]) -> VariantForm:
        form = VariantForm(self.data if self.is_bound else None, prefix=f"v{key}", initial=initial)
        if initial:
            form.fields["sku"].disabled = True
        return form

    @property
    def own(self) -> list[forms.BoundField]:
        return own_bound(self)

    def is_valid(self) -> bool:
        # A conflict stands at a field of a variant, so the variants come last.
        return all([super().is_valid(), *[variant.is_valid() for variant in self.variants]])

    def refuse(self, error: DomainError | Any) -> None:
        """What is wrong with a variant stands at the variant."""
        details: Sequence[ErrorDetail] = error.details if isinstance(error, DomainError) else error
        filled = [variant for variant in self.variants if not variant.is_blank]
        for detail in details:
            found = re.match(r"/variants/(\d+)(/.*)?$", detail.pointer or "")
            if found and int(found[1]) < len(filled):
                own = ErrorDetail(detail.code, detail.message, found[2] or "", detail.data)
                filled[int(found[1])].refuse([own])
            else:
                super().refuse([detail])

    @property
    def has_errors(self) -> bool:
        return bool(self.errors) or any(variant.errors for variant in self.variants)

    def draft(self) -> ProductDraft:
        data = self.cleaned_data
        names = re.split(r"[,，;；]", data["options"])
        return ProductDraft(
            code=data["code"],
            name_zh=data["name_zh"],
            name_en=data["name_en"],
            description=data["description"],
            category=data["category"] or None,
            tax_category=data["tax_category"],
            options=tuple(name.strip() for name in names if name.strip()),
            custom=own_values(self, self.before.product.custom if self.before else {}, "product"),
            active=data["active"],
            variants=tuple(variant.draft() for variant in self.variants if not variant.is_blank),
            # No product has the version 0: a code that exists is then refused instead of overwritten.
            version=self.current,
        )


def by_age(rows: Iterable[Any]) -> list[Any]:
    """In the order in which they were made: a database may give them in any, and the same text must not look changed."""
    return sorted(rows, key=lambda row: row.pk)


def variant_initial(variant: Variant) -> dict[str, Any]:
    copied = ("sku", "name_zh", "name_en", "quantity_places", "weight_grams", "active")
    return {
        **{name: getattr(variant, name) for name in copied},
        "unit": unit_word(variant.unit),
        "units": frozenset({variant.unit, *(pack.unit for pack in variant.packs.all())}),
        **{
            name: "; ".join(f"{key}: {value}" for key, value in getattr(variant, name).items())
            for name in ("option_values", "option_values_zh")
        },
        "prices": "\n".join(
            " ".join(
                [row.currency]
                + [
                    price_typed(amount, row.currency)
                    for amount in (row.unit_price, row.unit_cost)
                    if amount is not None
                ]
            )
            for row in variant.prices.all()
        ),
        "packs": "\n".join(f"{unit_word(row.unit)} {plain(row.quantity)}" for row in by_age(variant.packs.all())),
        "barcodes": "\n".join(
            f"{row.code} {unit_word(row.pack.unit)}" if row.pack else row.code for row in by_age(variant.barcodes.all())
        ),
        "components": "\n".join(f"{row.component.sku} {plain(row.quantity)}" for row in variant.components.all()),
    }


def known_key(variant: Variant) -> str:
    return str(variant.pk)


def stored_values(detail: ProductDetail, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Product and variants flat, by the names of their fields on the page."""
    product = detail.product
    copied = ("code", "name_zh", "name_en", "description", "active")
    return {
        **{name: getattr(product, name) for name in copied},
        "category": product.category.code if product.category else "",
        "tax_category": product.tax_category.code,
        "options": ", ".join(product.options),
        **{
            f"v{key}-{name}": value
            for key, values in known.items()
            for name, value in values.items()
            if name not in {"sku", "units"}
        },
    }


def _count(sent: str) -> int:
    return min(int(sent), 500) if sent.isascii() and sent.isdecimal() and len(sent) < 6 else SPARE
