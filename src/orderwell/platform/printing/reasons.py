"""What Typst finds wrong with a template, in our own sentences: its own are English."""

from __future__ import annotations

import re

from django.utils.translation import gettext_noop as _

from orderwell.kernel.errors import Code, Phrase

NO_DOCUMENT = _("it must define {what}")
# The beginning of what Typst says, and the same in words that are translated. Names of values and types stay as they are.
SAID: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), said)
    for pattern, said in (
        (r"unknown variable: (?P<name>\S+?)(?=\.? |\.?$)", _("there is no variable {name}")),
        (r"expected (?P<wanted>.+?), found (?P<found>[^.]+)", _("expected {wanted}, found {found}")),
        (r"expected (?P<wanted>[^.,]+)", _("expected {wanted}")),
        (r"unexpected argument: (?P<name>[^\s.]+)", _("there is no argument {name} here")),
        (r"unexpected argument", _("there is one argument too many")),
        (r"missing argument: (?P<name>[^\s.]+)", _("the argument {name} is missing")),
        (r"unexpected (?P<found>[^.]+)", _("{found} does not belong here")),
        (r"unclosed delimiter", _("a bracket or mark is opened and never closed")),
        (r"unclosed string", _("a text is opened and never closed")),
        (r"file not found", _("a file that it names is not there")),
        (r"failed to (?:download|load) package|package not found", _("packages can't be fetched")),
        (r"unknown font family: (?P<name>[^.]+)", _("there is no font {name}")),
        (r'dictionary does not contain key "(?P<name>[^"]*)"', _("there is no field {name}")),
        (r"(?P<where>\w+) `(?P<of>[^`]+)` does not contain `(?P<name>[^`]+)`", _("{of} has no {name}")),
        (r"type (?P<of>\w+) has no method `(?P<name>[^`]+)`", _("{of} has no {name}")),
        (r"array index out of bounds", _("the list is not that long")),
        (r"string index out of bounds", _("the text is not that long")),
        (r"cannot divide by zero", _("it divides by zero")),
        (
            r"cannot (?P<deed>\w+) (?P<one>\w+) (?:and|to|from|with|by) (?P<other>\w+)",
            _("{one} and {other} don't go together"),
        ),
        (r"cannot loop over (?P<name>\w+)", _("{name} is no list to go through")),
        (r"label `<?(?P<name>[^>`]+)>?` does not exist", _("there is no label {name}")),
        (r"assertion failed", _("a condition that it sets itself does not hold")),
    )
)


def said(reason: str) -> Phrase:
    """The reason with the words of Typst behind it; one that is not known is told as what it is: those words."""
    if reason.startswith("it must define "):  # our own, see child.py
        return Phrase(NO_DOCUMENT, what=Code(reason.removeprefix("it must define ")))
    original = Code(reason)
    for pattern, words in SAID:
        if found := pattern.match(reason):
            known = Phrase(words, **{name: Code(value) for name, value in found.groupdict().items()})
            return Phrase("{said} (Typst: “{original}”)", said=known, original=original)
    return Phrase("in Typst's own words: “{original}”", original=original)
