"""Two people at one form: what only one of them changed survives, what both changed is shown to choose from.

A form remembers the values it began with (`base`). When it comes back, the stored values may be others by now: a field
that only the other person changed takes the other's value, a field that only this person changed keeps what was typed, and
where both changed the same field differently the form comes back with both values. Nobody's work is lost or overwritten. Where a field
is many ticks, each tick is such a field.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderwell.kernel.errors import DomainError, ErrorDetail, StaleVersion
from orderwell.kernel.quantities import plain
from orderwell.platform.events.versions import NEW, Version
from orderwell.platform.formats import listed
from orderwell.web.components.actions import ActionForm, new_token
from orderwell.web.components.forms import CountryField


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that both changed, differently. `label` and `target`, the id on the page, of what is no field of the form.

    `mine_shown` and `theirs_shown` are the two in words, where the field has words for its values.
    """

    name: str
    mine: str
    theirs: str
    label: str = ""
    target: str = ""
    mine_shown: str = ""
    theirs_shown: str = ""


@dataclass(slots=True)
class Merged:
    """`values` is what holds now; `taken` are fields that the other changed and this person didn't."""

    values: dict[str, str] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


def text_of(value: Any) -> str:
    """A stored value as a field of a form shows it."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool):
        return "on" if value else ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return "\n".join(sorted(str(item) for item in value))
    return str(value).replace("\r\n", "\n")


def merge(
    base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str], *, many: Collection[str] = ()
) -> Merged:
    """Three-way, field by field. A field that `base` doesn't know counts as unchanged by this person.

    Fields of `many` hold one value a line, in no order: what either added is in, what either took away is out.
    """
    merged = Merged()
    for name, now in theirs.items():
        was, typed = base.get(name, now), mine.get(name, base.get(name, now))
        if name in many:
            merged.values[name] = _both(was, typed, now)
            if merged.values[name] != typed:
                merged.taken.append(name)
        elif typed in (was, now):
            merged.values[name] = now
            if now != was and typed != now:
                merged.taken.append(name)
        elif now == was:
            merged.values[name] = typed
        else:
            merged.values[name] = typed
            merged.conflicts.append(Conflict(name, typed, now))
    return merged


def _both(was: str, typed: str, now: str) -> str:
    before, mine, theirs = (set(text.split("\n")) - {""} for text in (was, typed, now))
    return "\n".join(sorted((theirs | (mine - before)) - (before - mine)))


def over(stored: Mapping[str, Any], seen: Version) -> dict[str, Any]:
    """What a MergingForm is told of the values it begins with, and of the state that they were looked at in."""
    return {"stored": stored, "version": seen.number, "changed_by": seen.changed_by}


class MergingForm(ActionForm):
    """A form over stored values that other people may change meanwhile; for something new without any, `version` NEW.

    `stored` are the values as they are now, `version` the version they belong to, `changed_by` who changed them last.
    `merged` is None until the form comes back over other values than it began with.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    base = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100_000)
    OWN = ActionForm.OWN | {"version", "base"}
    # The field that tells of a new record that it is there already.
    taken_by = "code"
    # A dialog brings version and base along by itself.
    is_merged = True

    def __init__(
        self, data: Any = None, *args: Any, stored: Mapping[str, Any], version: int, changed_by: str = "", **kwargs: Any
    ) -> None:
        self.theirs = {name: text_of(value) for name, value in stored.items()}
        self.current = version
        self.changed_by = changed_by
        self.merged: Merged | None = None
        initial = {**stored, **kwargs.pop("initial", {})}
        super().__init__(data, *args, initial=initial | {"version": version}, **kwargs)
        self.fields["version"].required = version != NEW
        self.prepare()
        # What somebody may not see has no field, and is not told in the page either.
        self.theirs = {name: text for name, text in self.theirs.items() if self.field_of(name) is not None}
        self.initial["base"] = json.dumps(self.theirs, ensure_ascii=False)
        # Another version, and no word of what the form began with: nothing can be merged, so nothing is taken.
        self.lost = data is not None and not read_base(data.get("base", "")) and self._is_old(data)
        self.sent = self._merge(data) if data is not None else QueryDict()
        if data is not None:
            self.data = self.sent

    def prepare(self) -> None:
        """For fields that are known only once the form is made; they are merged like the others."""

    def field_of(self, name: str) -> forms.Field | None:
        """The field of a stored value; a form of several parts has fields beyond its own."""
        return self.fields.get(name)

    def bound_of(self, name: str) -> forms.BoundField:
        return self[name]

    def _is_old(self, data: QueryDict) -> bool:
        given = str(data.get("version", ""))
        return given.isascii() and given.isdecimal() and given != str(self.current)

    def renew(self) -> None:
        """Make the form ready to be sent once more: what is corrected or confirmed is a new request."""
        data = self.sent.copy()
        data["token"], data["version"] = new_token(), str(self.current)
        self.data = data

    def _merge(self, data: QueryDict) -> QueryDict:
        shared = [name for name in self.theirs if self.field_of(name) is not None and name not in self.OWN]
        many = {name for name in shared if self._is_many(name)}
        base = read_base(data.get("base", ""))
        as_before = all(base.get(name, self.theirs[name]) == self.theirs[name] for name in shared)
        # Not every change has a version of its own: a template that was taken back to the built-in one begins anew.
        if not base or (str(data.get("version", "")) == str(self.current) and as_before):
            return data
        mine = {
            name: self._typed(name, data)
            for name in shared
            if name in data or ((self._is_check(name) or name in many) and not self._is_fixed(name))
        }
        merged = merge(
            {name: self._same(name, text) for name, text in base.items() if name in shared},
            {name: self._same(name, text) for name, text in mine.items()},
            {name: self._same(name, self.theirs[name]) for name in shared},
            many=many,
        )
        copy = data.copy()
        for name in merged.taken:
            if name in many:
                copy.setlist(name, merged.values[name].split("\n") if merged.values[name] else [])
            else:
                copy[name] = self.theirs[name]
        copy["base"] = json.dumps(self.theirs, ensure_ascii=False)
        copy["version"] = str(self.current)
        self.merged = merged
        return copy

    def _is_check(self, name: str) -> bool:
        field = self.field_of(name)
        return field is not None and isinstance(field.widget, forms.CheckboxInput)

    def _is_many(self, name: str) -> bool:
        return isinstance(self.field_of(name), forms.MultipleChoiceField)

    def _is_fixed(self, name: str) -> bool:
        """A box that is only shown comes back like one that is not ticked."""
        field = self.field_of(name)
        return field is not None and field.disabled

    def _typed(self, name: str, data: QueryDict) -> str:
        texts = data.getlist(name) if name in data else []
        return "\n".join(sorted(texts) if self._is_many(name) else texts)

    def _same(self, name: str, text: str) -> str:
        """One text for all ways to write one value: "5.0" is "5"."""
        text = text.replace("\r\n", "\n")
        field = self.field_of(name)
        if self._is_many(name):
            return text
        try:
            return text_of(field.to_python(text)) if field is not None else text
        except ValidationError:
            return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.merged is not None:
            self.merged.conflicts = [self._in_words(conflict) for conflict in self.merged.conflicts]
            for conflict in self.merged.conflicts:
                self.complain(conflict.name, Chosen(conflict, self.changed_by))
        if self.lost:
            self.add_error(None, faster())
        return cleaned

    def refuse(self, error: DomainError | Iterable[ErrorDetail]) -> None:
        """Who came in between the look at the stored values and the save is no fault of a field."""
        rest = []
        for detail in error.details if isinstance(error, DomainError) else error:
            if detail.code != StaleVersion.code:
                rest.append(detail)
            elif self.current == NEW:
                self.add_error(self.taken_by if self.taken_by in self.fields else None, gettext("It is there already."))
            else:
                self.add_error(None, faster())
        super().refuse(rest)

    def _in_words(self, conflict: Conflict) -> Conflict:
        return replace(
            conflict,
            mine_shown=self._shown(conflict.name, conflict.mine),
            theirs_shown=self._shown(conflict.name, conflict.theirs),
        )

    def _shown(self, name: str, text: str) -> str:
        """A value as the page says it: the words of a choice, yes or no of a box."""
        field = self.field_of(name)
        if isinstance(field, CountryField):
            return str(field.prepare_value(text))
        if isinstance(field, forms.BooleanField):
            return gettext("Yes") if text else gettext("No")
        if isinstance(field, forms.ChoiceField):
            flat: dict[str, Any] = {}
            for value, title in cast(list[tuple[Any, Any]], list(field.widget.choices)):
                flat |= dict(title) if isinstance(title, list | tuple) else {str(value): title}
            return str(flat.get(text, text))
        return text

    def complain(self, name: str, error: ValidationError) -> None:
        self.add_error(name, error)

    def label_of(self, name: str) -> str:
        field = self.field_of(name)
        return str((field.label if field is not None else "") or name)

    @property
    def said(self) -> list[str]:
        """What was taken over from the other person, as sentences."""
        if self.merged is None or not self.merged.taken:
            return []
        names = listed(self.label_of(name) for name in self.merged.taken)
        text = gettext("%(who)s changed this meanwhile, and it is taken over: %(names)s.")
        return [text % {"who": self.changed_by or gettext("Somebody else"), "names": names}]


class Chosen(ValidationError):
    """Stands at a field that both changed; the template offers the other value beside it."""

    def __init__(self, conflict: Conflict, who: str) -> None:
        text = _(
            "%(who)s changed this to “%(theirs)s” while you were typing. Keep yours and send again, or take theirs."
        )
        shown = conflict.theirs_shown or conflict.theirs
        params = {"who": who or gettext("Somebody else"), "theirs": shown or "—"}
        super().__init__(text, code="conflict", params=params)


def faster() -> str:
    return gettext("Somebody was faster by a moment. Look it over and send it again.")


def read_base(text: str) -> dict[str, str]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
