"""What is chosen in a list, said whole below the field where a phone has no room for it."""

from __future__ import annotations

from django.forms import BoundField, Select

# How wide letters about are, in hundredths of the height of the type, and what a field has room for at 390 pixels.
SLIM, BROAD = frozenset(" .,:;'|()ijlftr·"), frozenset("mwMW@%—…")
FIRST_SQUARE_LETTER = 0x2E80
ROOM_ON_A_PHONE = 1730


def whole_choice(bound: BoundField) -> str:
    """The words of what is chosen, if they are too long; `chosen.js` keeps them in step."""
    widget = bound.field.widget
    if not isinstance(widget, Select) or widget.allow_multiple_selected:
        return ""
    chosen = str(bound.value() or "")
    grouped = [name if isinstance(name, list | tuple) else [(key, name)] for key, name in widget.choices]
    texts = {str(key or ""): str(name) for group in grouped for key, name in group}
    text = texts.get(chosen) or next(iter(texts.values()), "")
    return text if sum(map(_width, text)) > ROOM_ON_A_PHONE else ""


def _width(letter: str) -> int:
    if ord(letter) >= FIRST_SQUARE_LETTER:
        return 100
    return 28 if letter in SLIM else 85 if letter in BROAD else 67 if letter.isupper() else 55
