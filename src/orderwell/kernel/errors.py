"""The vocabulary of refusals.

Every anticipated refusal is a `DomainError` subclass with a stable `code`. It carries data, never HTTP: one table in the
API maps codes to statuses, one template maps them to the screen, and the importer writes them beside the row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from orderwell.kernel.quantities import plain


@dataclass(frozen=True, slots=True)
class ErrorDetail:
    """One thing that is wrong: what (`code`, `message`), where (`pointer`), and what would be right (`data`).

    `message` is an English template in `str.format` style, filled from `data`; it is also the translation key.
    `pointer` is a JSON pointer (RFC 6901) into the input, such as ``/lines/0/quantity``.
    """

    code: str
    message: str
    pointer: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """The English sentence. Interfaces that know a language translate `message` first and then fill it."""
        return fill(self.message, self.data)

    def at(self, prefix: str) -> ErrorDetail:
        """The same detail seen from one level up: `prefix` is put before the pointer."""
        return ErrorDetail(self.code, self.message, prefix + (self.pointer or ""), self.data)


class Phrase(str):
    """A part of a message that is itself a sentence with values: "at most {count} lines".

    Reads as the English text; interfaces that know a language translate `template` and fill it from `data`.
    """

    __slots__ = ("data", "template")
    template: str
    data: Mapping[str, Any]

    def __new__(cls, template: str, **data: Any) -> Phrase:
        made = super().__new__(cls, fill(template, data))
        made.template, made.data = template, data
        return made


class Named(str):
    """The code of something that has a name in each language: programs read the code, people the name."""

    __slots__ = ("name_en", "name_zh")
    name_en: str
    name_zh: str

    def __new__(cls, code: str, *, name_zh: str, name_en: str) -> Named:
        made = super().__new__(cls, code)
        made.name_zh, made.name_en = name_zh, name_en
        return made


class Code(str):
    """What programs call a thing, or what somebody typed: it reads alike in every language."""

    __slots__ = ()


def fill(template: str, data: Mapping[str, Any]) -> str:
    """Fill a message template; a template whose data is incomplete is returned as it is rather than lost.

    Numbers read as people write them: 3, not 3.0000.
    """
    try:
        return template.format(**{k: plain(v) if isinstance(v, Decimal) else v for k, v in data.items()})
    except (KeyError, IndexError, ValueError, AttributeError, TypeError):
        return template


def choices(codes: Iterable[str], *, most: int = 12) -> str:
    """What would have been right, for a refusal to name: the codes in order, not more than a reader takes in."""
    known = sorted(codes)
    return ", ".join(known[:most]) + (", ..." if len(known) > most else "") or "-"


# Of what was given. A refusal is to be read, and must not be as large as what somebody sent.
MOST_SHOWN = 120
# What was given stands under these names: a value, the key that something was asked for by, an address.
_GIVEN = ("value", "reference", "path")
_codes: dict[str, type[DomainError]] = {}


def shown(given: Any) -> Any:
    """What was given, as much of it as a reader takes in. What is itself a sentence or a name stays whole."""
    if isinstance(given, str) and type(given) in (str, Code) and len(given) > MOST_SHOWN:
        return type(given)(given[:MOST_SHOWN] + "…")
    return given


class DomainError(Exception):
    """Base of every anticipated refusal. Subclasses set `code` and `message`."""

    code: ClassVar[str] = ""
    # Of the class; one refusal may have a sentence of its own under the same code.
    message: str = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "code" in cls.__dict__ and cls.code:
            known = _codes.get(cls.code)
            if known is not None and known.__qualname__ != cls.__qualname__:
                raise ValueError(f"error code {cls.code!r} is used by both {known.__qualname__} and {cls.__qualname__}")
            _codes[cls.code] = cls

    def __init__(self, *, pointer: str | None = None, **data: Any) -> None:
        self.pointer = pointer
        for name in _GIVEN:
            if name in data:
                data[name] = shown(data[name])
        self.data = data
        super().__init__(f"{self.code}: {fill(self.message, data)}")

    @property
    def details(self) -> tuple[ErrorDetail, ...]:
        return (ErrorDetail(self.code, self.message, self.pointer, self.data),)

    def detail(self) -> ErrorDetail:
        return self.details[0]


class Refusal(DomainError):
    """Several things are wrong with one input; all of them are told at once."""

    code = "invalid_input"
    message = "The input has {count} errors."

    def __init__(self, errors: Sequence[ErrorDetail]) -> None:
        super().__init__(count=len(errors))
        self.errors = tuple(errors)

    @property
    def details(self) -> tuple[ErrorDetail, ...]:
        return self.errors


def refuse_together(problems: Iterable[DomainError]) -> None:
    """Raise what is wrong, one thing as itself and several as one refusal; nothing where nothing is."""
    found = list(problems)
    if len(found) == 1:
        raise found[0]
    if found:
        raise Refusal([detail for problem in found for detail in problem.details])


class NotFound(DomainError):
    """The object does not exist, or the actor may not know that it does."""

    code = "not_found"
    message = "There is no {kind} {reference}."


class StaleVersion(DomainError):
    code = "stale_version"
    message = "This {kind} was changed by somebody else meanwhile (version {current}, yours is {given}). Load it again."


class InvalidValue(DomainError):
    code = "invalid_value"
    message = "{value} is not valid here; expected {expected}."


class InstallationFault(Exception):
    """The installation itself is broken (keys lost, migrations pending): no input is at fault and everything must stop.

    Never caught together with `DomainError`, or an import would note it as the verdict of a row. The text says what to do;
    given as a template with its data, interfaces that know a language can say it in theirs.
    """

    code: str = "installation_fault"

    def __init__(self, template: str, **data: Any) -> None:
        self.template, self.data = template, data
        super().__init__(fill(template, data) if data else template)


def all_codes() -> dict[str, type[DomainError]]:
    """Every code declared so far. Complete once the application is loaded."""
    return dict(_codes)
