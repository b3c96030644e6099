"""Forms of administration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderwell.domains.catalog.models import Channel
from orderwell.kernel.money import currencies
from orderwell.platform.accounts.services.users import sign_in_problems
from orderwell.platform.configuration.kinds import Kind
from orderwell.platform.configuration.models import CustomField
from orderwell.platform.configuration.saving_fields import ENTITIES
from orderwell.platform.formats import in_a_row, listed
from orderwell.platform.permissions import words as permission_words
from orderwell.web.components.actions import ActionForm
from orderwell.web.components.forms import CountryField, DayField, ExactField, WholeField, offer, options
from orderwell.web.components.merging import MergingForm

Choice = tuple[Any, str | Promise]


class ManyField(forms.MultipleChoiceField):
    """Tick boxes; the templates show them as a group."""

    is_many = True
    widget = forms.CheckboxSelectMultiple


def currency_choices() -> list[Choice]:
    return [(code, code) for code in currencies()]


class LimitFields(ActionForm):
    """Row filters: which channels, warehouses and teams."""

    limit_channel = ManyField(label=_("Channels"), required=False)
    limit_warehouse = ManyField(label=_("Warehouses"), required=False)
    limit_team = ManyField(label=_("Teams whose customers"), required=False)

    def offer_limits(self, limits: dict[str, list[Choice]]) -> None:
        for kind, found in limits.items():
            offer(self, f"limit_{kind}", found)

    @property
    def has_limits(self) -> bool:
        """Whether there is anything to choose between."""
        return any(self.fields[f"limit_{kind}"].choices for kind in ("channel", "warehouse", "team"))  # type: ignore[attr-defined]

    def limits(self) -> dict[str, list[int]]:
        found = {
            kind: [int(key) for key in self.cleaned_data[f"limit_{kind}"]] for kind in ("channel", "warehouse", "team")
        }
        return {kind: ids for kind, ids in found.items() if ids}


class UserForm(MergingForm, LimitFields):
    pointers = {r"/roles/\d+": "roles", r"/teams/\d+": "teams"}
    username = forms.CharField(label=_("User name"), max_length=80, help_text=_("Small letters, no spaces."))
    name = forms.CharField(label=_("Name"), required=False, max_length=120)
    language = forms.ChoiceField(label=_("Language"), required=False)
    password = forms.CharField(
        label=_("First password"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    must_change_password = forms.BooleanField(
        label=_("Must choose another at the first sign-in"), required=False, initial=True
    )
    is_active = forms.BooleanField(label=_("May sign in"), required=False)
    roles = ManyField(label=_("Roles"), required=False)
    teams = ManyField(label=_("Member of the teams"), required=False)

    def __init__(
        self,
        *args: Any,
        new: bool,
        roles: Sequence[Choice],
        teams: Sequence[Choice],
        limits: dict[str, list[Choice]],
        **kwargs: Any,
    ) -> None:
        self.new = new
        super().__init__(*args, **kwargs)
        offer(self, "language", options(settings.LANGUAGES, empty=_("As the browser asks")))
        offer(self, "roles", roles)
        offer(self, "teams", teams)
        self.offer_limits(limits)

    def clean(self) -> dict[str, Any]:
        """A name that is missing keeps nobody from hearing that the password is too short."""
        cleaned = super().clean() or self.cleaned_data
        if self.new and self.errors:
            found = sign_in_problems(
                username=cleaned.get("username"), password=cleaned.get("password"), name=cleaned.get("name", "")
            )
            for problem in found:
                self.refuse(problem)
        return cleaned

    def prepare(self) -> None:
        for name in ("is_active",) if self.new else ("username", "password", "must_change_password"):
            del self.fields[name]


class PasswordResetForm(ActionForm):
    password = forms.CharField(
        label=_("New password"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    must_change_password = forms.BooleanField(
        label=_("Must choose another at the next sign-in"), required=False, initial=True
    )


class TeamForm(MergingForm):
    pointers = {r"/members/\d+": "members"}
    name = forms.CharField(label=_("Name"), max_length=80)
    members = ManyField(label=_("Members"), required=False)

    def __init__(self, *args: Any, people: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "members", people)


class NewRoleForm(ActionForm):
    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("Letters, digits and hyphens; it stays as it is.")
    )
    title = forms.CharField(label=_("Name"), max_length=80)
    like = forms.ChoiceField(label=_("Begin with the permissions of"), required=False)

    def __init__(self, *args: Any, roles: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "like", options(roles, empty=_("None")))


def _scope_fields() -> dict[str, forms.Field]:
    return {
        f"scope_{scope}": ManyField(label=str(title), required=False, choices=permission_words.choices(names))
        for scope, title, names in permission_words.grouped()
    }


def chosen_by_scope(chosen: Iterable[str]) -> dict[str, list[str]]:
    has = set(chosen)
    return {
        f"scope_{scope}": [name for name in names if name in has] for scope, _title, names in permission_words.grouped()
    }


class PermissionsForm(ActionForm):
    """One group of tick boxes for each part of the product."""

    pointers = {r"/scopes(/\d+)?": ""}

    def __init__(self, *args: Any, chosen: Iterable[str] = (), **kwargs: Any) -> None:
        kwargs["initial"] = {**kwargs.get("initial", {}), **chosen_by_scope(chosen)}
        # On this form alone; before it is made, so that what is merged is known.
        vars(self)["base_fields"] = {**type(self).base_fields, **_scope_fields()}
        super().__init__(*args, **kwargs)

    @property
    def groups(self) -> list[tuple[Any, forms.BoundField]]:
        return [(title, self[f"scope_{scope}"]) for scope, title, _names in permission_words.grouped()]

    def chosen(self) -> list[str]:
        return [
            name for scope, _t, _n in permission_words.grouped() for name in self.cleaned_data.get(f"scope_{scope}", ())
        ]


class RoleForm(MergingForm, PermissionsForm):
    """What a role may do, as it stands; every tick is merged by itself."""

    def __init__(self, data: Any, *, chosen: Iterable[str], **kwargs: Any) -> None:
        has = list(chosen)
        super().__init__(data, chosen=has, stored=chosen_by_scope(has), **kwargs)


class KeyForm(LimitFields, PermissionsForm):
    pointers = {"/expires_at": "expires_on"}
    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("The program that will use it."))
    expires_on = DayField(label=_("Valid until"), required=False, help_text=_("Empty: until it is revoked."))

    def __init__(self, *args: Any, limits: dict[str, list[Choice]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_limits(limits)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.chosen():
            raise forms.ValidationError(_("Choose at least one permission."))
        return cleaned


class CodedForm(MergingForm):
    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("Letters, digits and hyphens; it stays as it is.")
    )
    name_zh = forms.CharField(label=_("Chinese name"), required=False, max_length=120)
    name_en = forms.CharField(label=_("English name"), required=False, max_length=120)

    def freeze(self) -> None:
        """For a row that exists: its code is what other things know it by."""
        self.fields["code"].disabled = True
        self.fields["code"].help_text = ""


class ChannelForm(CodedForm):
    currency = forms.ChoiceField(
        label=_("Currency"), help_text=_("Fixed once the channel exists: reports add up by channel.")
    )
    prices_include_tax = forms.BooleanField(label=_("Prices include tax"), required=False, initial=True)
    shortage = forms.ChoiceField(
        label=_("When stock is short"),
        choices=[
            (Channel.Shortage.REFUSE.value, _("Refuse the order")),
            (Channel.Shortage.BACKORDER.value, _("Take it, the rest waits")),
        ],
    )
    warehouses = forms.CharField(
        label=_("Warehouses"),
        required=False,
        max_length=400,
        help_text=_(
            "Codes or names in the order of preference, separated by commas. Empty: all, by their own priority."
        ),
    )
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(self, *args: Any, known: Mapping[str, str] = MappingProxyType({}), **kwargs: Any) -> None:
        """`known`: the names of the warehouses by their codes."""
        super().__init__(*args, **kwargs)
        offer(self, "currency", currency_choices())
        self.known = {code: code for code in known} | {name.casefold(): code for code, name in known.items()}
        if known:
            field = self.fields["warehouses"]
            names = _("There are: %(names)s.") % {"names": listed(f"{code} ({name})" for code, name in known.items())}
            field.help_text = in_a_row(field.help_text, names)

    def freeze(self) -> None:
        super().freeze()
        self.fields["currency"].disabled = True

    def clean_warehouses(self) -> tuple[str, ...]:
        text = self.cleaned_data["warehouses"].replace("，", ",").replace("、", ",")
        codes = tuple(code.strip() for code in text.split(",") if code.strip())
        for code in codes:
            if code not in self.known and code.casefold() not in self.known:
                raise forms.ValidationError(_("There is no warehouse %(code)s."), params={"code": code})
        return tuple(self.known.get(code) or self.known[code.casefold()] for code in codes)


class CategoryForm(CodedForm):
    parent = forms.ChoiceField(label=_("Below"), required=False)

    def __init__(self, *args: Any, parents: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "parent", options(parents, empty=_("The top level")))


class TaxForm(CodedForm):
    rate = ExactField(label=_("Rate, %"), places=2, min_value=Decimal(0), max_value=Decimal(100))


class WarehouseForm(CodedForm):
    country = CountryField(initial="CN")
    region = forms.CharField(label=_("Province or region"), required=False, max_length=80)
    city = forms.CharField(label=_("City"), required=False, max_length=80)
    priority = WholeField(
        label=_("Priority"), min_value=0, max_value=9_999, initial=100, help_text=_("Lower comes first.")
    )
    allow_negative = forms.BooleanField(
        label=_("May promise more than there is"),
        required=False,
        help_text=_("Orders reserve goods that are not there yet. Only for goods that surely come."),
    )
    active = forms.BooleanField(label=_("Active"), required=False, initial=True)


class BufferForm(MergingForm):
    taken_by = "quantity"
    channel = forms.ChoiceField(label=_("Channel"))
    warehouse = forms.ChoiceField(label=_("Warehouse"), required=False)
    sku = forms.CharField(label="SKU", required=False, max_length=60, help_text=_("Empty: every product."))
    quantity = ExactField(
        label=_("Kept back"), required=False, min_value=0, help_text=_("Empty: the buffer is removed.")
    )

    def __init__(self, *args: Any, channels: Sequence[Choice], warehouses: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "channel", channels)
        offer(self, "warehouse", options(warehouses, empty=_("All")))


FIELD_KINDS: dict[str, str | Promise] = {
    CustomField.Kind.TEXT: _("Text"),
    CustomField.Kind.NUMBER: _("Number"),
    CustomField.Kind.YES_NO: _("Yes or no"),
    CustomField.Kind.DATE: _("Date"),
    CustomField.Kind.CHOICE: _("Choice"),
}
ENTITY_WORDS: dict[str, str | Promise] = dict(
    zip(ENTITIES, (_("Product"), _("Variant"), _("Customer"), _("Order")), strict=True)
)


class OwnFieldForm(MergingForm):
    taken_by = "key"
    entity = forms.ChoiceField(label=_("Belongs to"), choices=list(ENTITY_WORDS.items()))
    key = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("Letters, digits and hyphens; it stays as it is.")
    )
    label_zh = forms.CharField(label=_("Chinese name"), required=False, max_length=80)
    label_en = forms.CharField(label=_("English name"), required=False, max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=list(FIELD_KINDS.items()))
    choices = forms.CharField(
        label=_("Choices"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One each line; only for the kind “Choice”."),
    )
    required = forms.BooleanField(label=_("Must be filled in"), required=False)

    def freeze(self) -> None:
        for name in ("entity", "key", "kind"):
            self.fields[name].disabled = True
            self.fields[name].help_text = ""


class SettingForm(MergingForm):
    """One field, of the type of the setting."""

    def __init__(self, *args: Any, kind: Kind, label: str, help_text: str, **kwargs: Any) -> None:
        self.value_field = _setting_field(kind, label, help_text)
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        self.fields["value"] = self.value_field


def _setting_field(kind: Kind, label: str, help_text: str) -> forms.Field:
    shared: dict[str, Any] = {"label": label, "help_text": help_text}
    select = forms.Select(attrs={"class": "form-select"})
    match kind.name:
        case "yes_no":
            return forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], widget=select, **shared)
        case "choice":
            return forms.ChoiceField(choices=[(value, value) for value in kind.choices], widget=select, **shared)
        case "currency":
            return forms.ChoiceField(choices=currency_choices(), widget=select, **shared)
        case "text":
            area = forms.Textarea(attrs={"rows": 2, "class": "form-control"})
            return forms.CharField(required=False, max_length=20_000, widget=area, **shared)
        case _:
            return forms.CharField(max_length=200, widget=forms.TextInput(attrs={"class": "form-control"}), **shared)


class ScheduleForm(MergingForm):
    enabled = forms.BooleanField(label=_("Runs by itself"), required=False)
    at = forms.CharField(
        label=_("Time of day"),
        required=False,
        max_length=5,
        help_text=_("Such as 02:30, in the business time zone. Empty: the time of day doesn't matter."),
    )
    minutes = WholeField(label=_("Every … minutes"), min_value=1, max_value=500_000)
    pointers = {"/every_seconds": "minutes"}
