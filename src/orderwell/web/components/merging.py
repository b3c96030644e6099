"""Two people at one form: what only one of them changed survives, what both changed is shown to choose from.

A form remembers the values it began with (`base`). When it comes back, the stored values may be others by now: a field
that only the other person changed takes the other's value, a field that only this person changed keeps what was typed, and
where both changed the same field differently the form comes back with both values. Nobody's work is lost or overwritten.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderwell.kernel.quantities import plain
from orderwell.web.components.actions import ActionForm, new_token


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that both changed, differently."""

    name: str
    mine: str
    theirs: str


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
    return str(value).replace("\r\n", "\n")


def merge(base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]) -> Merged:
    """Three-way, field by field. A field that `base` doesn't know counts as unchanged by this person."""
    merged = Merged()
    for name, now in theirs.items():
        was, typed = base.get(name, now), mine.get(name, base.get(name, now))
        if typed in (was, now):
            merged.values[name] = now
            if now != was and typed != now:
                merged.taken.append(name)
        elif now == was:
            merged.values[name] = typed
        else:
            merged.values[name] = typed
            merged.conflicts.append(Conflict(name, typed, now))
    return merged


class MergingForm(ActionForm):
    """A form over stored values that other people may change meanwhile.

    `stored` are the values as they are now, `version` the version they belong to, `changed_by` who changed them last.
    `merged` is None until the form comes back over other values than it began with.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)
    base = forms.CharField(widget=forms.HiddenInput, required=False, max_length=100_000)
    # Fields that belong to the form itself.
    OWN = frozenset({"token", "version", "base"})

    def __init__(
        self, data: Any = None, *args: Any, stored: Mapping[str, Any], version: int, changed_by: str = "", **kwargs: Any
    ) -> None:
        self.theirs = {name: text_of(value) for name, value in stored.items()}
        self.current = version
        self.changed_by = changed_by
        self.merged: Merged | None = None
        initial = {**stored, **kwargs.pop("initial", {})}
        initial |= {"version": version, "base": json.dumps(self.theirs, ensure_ascii=False)}
        super().__init__(data, *args, initial=initial, **kwargs)
        self.sent = self._merge(data) if data is not None else QueryDict()
        if data is not None:
            self.data = self.sent

    def renew(self) -> None:
        """Make the form ready to be sent once more: what is corrected or confirmed is a new request."""
        data = self.sent.copy()
        data["token"], data["version"] = new_token(), str(self.current)
        self.data = data

    def _merge(self, data: QueryDict) -> QueryDict:
        shared = [name for name in self.theirs if name in self.fields and name not in self.OWN]
        base = _read(data.get("base", ""))
        if not base or str(data.get("version", "")) == str(self.current):
            return data
        mine = {name: self._typed(name, data) for name in shared if name in data or self._is_check(name)}
        merged = merge(
            {name: self._same(name, text) for name, text in base.items() if name in shared},
            {name: self._same(name, text) for name, text in mine.items()},
            {name: self._same(name, self.theirs[name]) for name in shared},
        )
        copy = data.copy()
        for name in merged.taken:
            copy[name] = self.theirs[name]
        copy["base"] = json.dumps(self.theirs, ensure_ascii=False)
        copy["version"] = str(self.current)
        self.merged = merged
        return copy

    def _is_check(self, name: str) -> bool:
        return isinstance(self.fields[name].widget, forms.CheckboxInput)

    def _typed(self, name: str, data: QueryDict) -> str:
        return "\n".join(data.getlist(name)) if name in data else ""

    def _same(self, name: str, text: str) -> str:
        """One text for all ways to write one value: "5.0" is "5"."""
        text = text.replace("\r\n", "\n")
        try:
            return text_of(self.fields[name].to_python(text))
        except (ValidationError, KeyError):
            return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for conflict in self.merged.conflicts if self.merged else ():
            self.add_error(conflict.name, Chosen(conflict, self.changed_by))
        return cleaned

    @property
    def said(self) -> list[str]:
        """What was taken over from the other person, as sentences."""
        if self.merged is None or not self.merged.taken:
            return []
        names = named(self, self.merged.taken)
        text = gettext("%(who)s changed this meanwhile, and it is taken over: %(names)s.")
        return [text % {"who": self.changed_by or gettext("Somebody else"), "names": names}]


def named(form: forms.Form, names: Iterable[str]) -> str:
    return ", ".join(str(form.fields[name].label or name) for name in names)


class Chosen(ValidationError):
    """Stands at a field that both changed; the template offers the other value beside it."""

    def __init__(self, conflict: Conflict, who: str) -> None:
        text = _(
            "%(who)s changed this to “%(theirs)s” while you were typing. Keep yours and send again, or take theirs."
        )
        params = {"who": who or gettext("Somebody else"), "theirs": conflict.theirs or "—"}
        super().__init__(text, code="conflict", params=params)


def _read(text: str) -> dict[str, str]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else {}
