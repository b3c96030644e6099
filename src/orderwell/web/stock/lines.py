"""Lines of goods as people type, scan and paste them, read as at order entry: any code of a product, any layout."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from orderwell.domains.catalog.matching import match_variants
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import listed
from orderwell.platform.permissions import Permission
from orderwell.web.components.forms import ExactField
from orderwell.web.orders.pasting import Pasted, read_pasted

_CHANGE = re.compile(r"(.*\S)[\s,;，；:：]+([-+−－＋]\s*[0-9０-９.,．，]+)")
_BETWEEN = re.compile(r"[,，、;；]")
_MOST_CHOICES = 5


@dataclass(frozen=True, slots=True)
class Typed:
    """A line: `sku` as it was typed until it is matched, and which line of the text it is."""

    sku: str
    quantity: Decimal
    written: str = ""
    line: int = 0


class LinesField(forms.CharField):
    """Products and quantities, one line each, as they are typed, scanned or pasted from a spreadsheet."""

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"rows": 6, "spellcheck": "false", "class": "mono"}
        kwargs.setdefault("widget", forms.Textarea(attrs=attributes))
        kwargs.setdefault("max_length", 200_000)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        read = read_pasted(text, otherwise="")
        # Headings are no line of goods, but they are one of the text.
        headings = 1 if sum(bool(line.strip()) for line in text.splitlines()) == len(read) + 1 else 0
        number, found, wrong = ExactField(places=4), [], []
        for index, pasted in enumerate(read, 1 + headings):
            line = _completed(pasted)
            try:
                quantity = number.clean(line.quantity.lstrip("+").replace("−", "-").replace("- ", "-"))
            except ValidationError:
                wrong.append(at_line(index, line.problem or _expected()))
                continue
            found.append(Typed(line.product, quantity, line.written, index))
        if wrong or not found:
            raise ValidationError(wrong or self.error_messages["required"])
        return found


def at_line(line: int, text: str) -> str:
    """What is wrong, with the number of the line: a text has no cells."""
    return gettext("Line %(line)s: %(text)s") % {"line": line, "text": text}


def _expected() -> str:
    return gettext("expected a SKU and a number, such as “%(example)s”.") % {"example": "TEA-RED 12"}


def _completed(line: Pasted) -> Pasted:
    """A line that the others made look like one without a quantity, read by itself; and "CUP -3", a change."""
    if line.quantity or line.problem:
        return line
    if changed := _CHANGE.fullmatch(line.product):
        return Pasted(changed[1], changed[2].replace(" ", ""))
    alone = read_pasted(line.product, otherwise="")
    return alone[0] if len(alone) == 1 and alone[0].quantity else line


def matched(actor: Actor, lines: Sequence[Typed]) -> list[Typed]:
    """The lines with the SKUs of what they name; a carton's code counts its pieces. What nobody knows stays as it is.

    Raises ValidationError for names that several products have.
    """
    if not actor.may(Permission.CATALOG_PRODUCT_VIEW):
        return list(lines)
    known = match_variants(actor, {text for line in lines for text in (line.sku, line.written)})
    found, wrong = [], []
    for line in lines:
        # "M5 x 20" is twenty of M5 only where nothing is called so.
        if line.written and known.get(line.written):
            wrong.append(at_line(line.line, _expected()))
            continue
        meant = known.get(line.sku, [])
        if len(meant) > 1:
            skus = listed(match.sku for match in meant[:_MOST_CHOICES])
            text = gettext("Several products have this name: %(skus)s") % {"skus": skus}
            wrong.append(at_line(line.line, text))
        elif meant:
            found.append(replace(line, sku=meant[0].sku, quantity=line.quantity * (meant[0].pack or 1)))
        else:
            found.append(line)
    if wrong:
        raise ValidationError(wrong)
    return found


def matched_codes(actor: Actor, lines: Sequence[str]) -> list[str]:
    """SKUs, barcodes or names as SKUs, each once; what is unknown or not unique stays as it was typed.

    A line holds one of them, or several with commas or semicolons between: a name may have a comma itself.
    """
    whole = [line.strip() for line in lines if line.strip()]
    parts = {line: [part.strip() for part in _BETWEEN.split(line) if part.strip()] for line in whole}
    asked = {*whole, *(part for several in parts.values() for part in several)}
    known = match_variants(actor, asked) if actor.may(Permission.CATALOG_PRODUCT_VIEW) else {}
    codes = [code for line in whole for code in ([line] if known.get(line) else parts[line])]
    skus = (meant[0].sku if len(meant := known.get(code, [])) == 1 else code for code in codes)
    return list(dict.fromkeys(skus))


def known_code(actor: Actor, text: str) -> str:
    """The SKU that a text means in small letters or by name; a barcode stays one, as a carton's counts its pieces."""
    meant = match_variants(actor, [text]).get(text, []) if actor.may(Permission.CATALOG_PRODUCT_VIEW) else []
    return meant[0].sku if len(meant) == 1 and not meant[0].pack else text
