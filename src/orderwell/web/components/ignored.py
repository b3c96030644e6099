"""What an address asks for and a page does not know: left out, and said above what is shown."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _


def not_known(title: str | Promise, value: str, kind: str = "choice") -> str:
    """A sentence about one value of an address."""
    text = _("%(title)s “%(value)s” is not known; not filtered by it.")
    if kind == "part":
        text = _("%(title)s “%(value)s” is not known and left out.")
    elif kind == "day":
        text = _("%(title)s “%(value)s” is no date; not filtered by it.")
    return text % {"title": title, "value": value}
