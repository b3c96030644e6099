"""A row of the list of what is to be sorted out, as people read it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from orderwell.platform.leftovers.models import Leftover
from orderwell.web.handheld.advice import advice_for

KINDS: dict[str, str | Promise] = {
    "ship": _("Shipping refused"),
    "receive": _("Receipt refused"),
    "arrive": _("Transfer refused"),
    "count": _("Count refused"),
    "return": _("Return refused"),
    "short": _("Picked short"),
}
_PAGES = {"order": "order-detail", "transfer": "transfer-detail", "count": "count-detail"}


def shown(row: Leftover) -> dict[str, Any]:
    kind, _colon, key = row.subject.partition(":")
    advice = _("Count this product, or bring the ledger to what is there.") if row.kind == "short" else ""
    return {
        "row": row,
        "kind": KINDS.get(row.kind, row.kind),
        "sentences": row.said.get(get_language() or "", []) or next(iter(row.said.values()), []),
        "advice": advice or advice_for(row.kind, row.code),
        "url": reverse(_PAGES[kind], args=[int(key)]) if kind in _PAGES and key.isdigit() else "",
    }
