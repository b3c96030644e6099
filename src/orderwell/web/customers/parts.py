"""Rows of a form that several people may edit: contacts, addresses. Added, changed and removed rows find each other again.

Each row has a key for as long as the form lives: its place when the form was made, "n0" and on for new ones. When the form
comes back over other stored rows, these are matched with the rows it began with by what they hold, so that a row that
somebody else added, changed or removed meanwhile is known as such.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from orderwell.platform.countries import country_code

Values = dict[str, str]
NEW = re.compile(r"n\d{1,4}")


@dataclass(frozen=True, slots=True)
class Part:
    """`fields` makes the fields of one row; `checks` are the names of its boxes; `title` names the field rows are known by.

    Rows that differ in all of `alike` are not the same row changed.
    """

    prefix: str
    fields: Mapping[str, Callable[[], forms.Field]]
    title: str
    alike: Sequence[str]
    checks: frozenset[str] = frozenset()
    # Values of a row that nobody filled in.
    blank: Mapping[str, str] = field(default_factory=dict)

    def name(self, key: str, field: str) -> str:
        return f"{self.prefix}-{key}-{field}"

    def read(self, values: Mapping[str, str]) -> dict[str, Values]:
        """The rows in flat values: {key: {field: text}}."""
        pattern = re.compile(rf"{self.prefix}-(\d{{1,4}}|n\d{{1,4}})-(\w+)")
        rows: dict[str, Values] = {}
        for name, value in values.items():
            found = pattern.fullmatch(name)
            if found and found[2] in self.fields:
                rows.setdefault(found[1], {})[found[2]] = value
        return rows

    def is_blank(self, row: Mapping[str, str]) -> bool:
        return all(
            self._read(name, row.get(name, "").strip()) == self.blank.get(name, "")
            for name in self.fields
            if name not in self.checks
        )

    @staticmethod
    def _read(name: str, text: str) -> str:
        """A country stands in its field by name."""
        return (country_code(text) or text) if name == "country" else text


@dataclass
class Reconciled:
    """The stored rows under the keys of the form, and what was sent, made to fit them."""

    stored: dict[str, Values]
    data: QueryDict | None
    said: list[str] = field(default_factory=list)


def align(base: Mapping[str, Values], stored: Sequence[Values], alike: Sequence[str]) -> dict[str, int]:
    """Which stored row each row of `base` has become; rows without one were removed.

    The same in all, then in each of `alike`; the last one left on both sides is the same row, changed altogether.
    """
    found: dict[str, int] = {}
    free = list(range(len(stored)))

    def take(same: Callable[[Values, Values], bool]) -> None:
        for key, row in base.items():
            if key in found:
                continue
            place = next((index for index in free if same(row, stored[index])), None)
            if place is not None:
                found[key] = place
                free.remove(place)

    take(lambda row, now: row == now)
    for name in alike:
        take(lambda row, now, name=name: bool(row.get(name)) and row.get(name) == now.get(name))  # type: ignore[misc]
    left = [key for key in base if key not in found]
    if len(left) == 1 and len(free) == 1:
        found[left[0]] = free[0]
    return found


def reconcile(
    part: Part, base: Mapping[str, str], stored: Sequence[Values], data: QueryDict | None, who: str
) -> Reconciled:
    """Find the rows that `base` began with among those stored now, and say what others did to them meanwhile."""
    began = part.read(base)
    if data is None or not base:
        keyed = {str(index): row for index, row in enumerate(stored)}
        return Reconciled(keyed, data)
    found = Reconciled({}, data.copy())
    matched = align(began, stored, part.alike)
    for key, row in began.items():
        if key in matched:
            found.stored[key] = stored[matched[key]]
            _still_there(part, key, row, found, who)
        else:
            _gone(part, key, row, found, who)
    following = max((int(key) for key in began if key.isdecimal()), default=-1) + 1
    for place in sorted(set(range(len(stored))) - set(matched.values())):
        _added(part, str(following), stored[place], found, who)
        following += 1
    return found


def _still_there(part: Part, key: str, row: Values, found: Reconciled, who: str) -> None:
    remove = part.name(key, "remove")
    if found.data is not None and found.data.get(remove) and found.stored[key] != row:
        del found.data[remove]
        text = _("%(who)s changed %(name)s meanwhile, so it is not removed. Remove it again if you still want to.")
        found.said.append(text % {"who": who, "name": row.get(part.title, "")})


def _gone(part: Part, key: str, row: Values, found: Reconciled, who: str) -> None:
    data = found.data
    if data is None:
        return
    names = {"who": who, "name": row.get(part.title, "")}
    removing = bool(data.get(part.name(key, "remove")))
    if not removing and _sent(part, key, data) != {name: row.get(name, "") for name in part.fields}:
        found.said.append(_("%(who)s removed %(name)s meanwhile; your changes keep it.") % names)
        return
    for name in (*part.fields, "remove"):
        data.pop(part.name(key, name), None)
    if not removing:
        found.said.append(_("%(who)s removed %(name)s meanwhile.") % names)


def _added(part: Part, key: str, row: Values, found: Reconciled, who: str) -> None:
    found.stored[key] = row
    if found.data is None:
        return
    for name in part.fields:
        if row.get(name) or name not in part.checks:
            found.data[part.name(key, name)] = row.get(name, "")
    found.said.append(_("%(who)s added %(name)s meanwhile.") % {"who": who, "name": row.get(part.title, "")})


def _sent(part: Part, key: str, data: QueryDict) -> Values:
    return {name: data.get(part.name(key, name), "").replace("\r\n", "\n") for name in part.fields}


def keys_of(part: Part, stored: Iterable[str], data: QueryDict | None) -> list[str]:
    """Rows that the form has: the stored ones, those kept although another removed them, and the new ones."""
    known = list(stored)
    sent = part.read(data.dict()) if data is not None else {}  # type: ignore[arg-type]
    rest = [key for key in sent if key not in known]
    return [*known, *sorted(rest, key=lambda key: (key.startswith("n"), int(key.lstrip("n"))))]


@dataclass(frozen=True, slots=True)
class Row:
    """One row as the template shows it."""

    key: str
    fields: Mapping[str, forms.BoundField]
    removing: bool
    title: str
    is_new: bool
    # The one row that a part without any begins with.
    begins: bool = False

    @property
    def errors(self) -> bool:
        return any(bound.errors for bound in self.fields.values())


def rows_of(form: Any, part: Part, keys: Sequence[str], data: QueryDict | None) -> list[Row]:
    found = []
    for key in keys:
        fields = {name: form[part.name(key, name)] for name in part.fields}
        removing = bool(data and data.get(part.name(key, "remove")))
        found.append(Row(key, fields, removing, str(fields[part.title].value() or ""), bool(NEW.fullmatch(key))))
    return found
