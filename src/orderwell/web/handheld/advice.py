"""What to do with the goods in one's hands when the server has refused an action."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_BY_CODE: dict[tuple[str, str], str | Promise] = {
    ("ship", "order_on_hold"): _("Keep the parcel here and mark it. The office releases the hold; then try again."),
    ("ship", "nothing_to_do"): _("This order has already left. Put these goods back on their shelf."),
    ("ship", "order_state_forbids"): _("This order is no longer to be shipped. Put the goods back on their shelf."),
    ("ship", "quantity_above_reserved"): _(
        "Fewer units belong to this order than you packed. Open the order again, pack what it says, put the rest back."
    ),
    ("ship", "unknown_line"): _("The order was changed. Open it again and pack what it says now."),
    ("ship", "not_found"): _("You can no longer see this order. Keep the parcel here and ask your supervisor."),
    ("arrive", "above_in_transit"): _("More arrived than was sent. Count again; ask the sender about the surplus."),
    ("receive", "above_expected"): _("More arrived than was announced. Enter the surplus as a free receipt."),
    ("receive", "unknown_sku"): _("Put the goods aside with a note of the code; somebody has to enter the product."),
    ("count", "unknown_sku"): _("Put the goods aside with a note of the code; somebody has to enter the product."),
    ("return", "quantity_above_shipped"): _("Fewer were shipped than came back. Count again; ask about the surplus."),
}
_BY_KIND: dict[str, str | Promise] = {
    "ship": _("Keep the parcel here and ask your supervisor."),
    "receive": _("Put the goods aside and ask your supervisor."),
    "arrive": _("Put the goods aside and ask your supervisor."),
    "count": _("Count again once this is clear."),
    "return": _("Put the goods aside and ask your supervisor."),
}
REASONS: dict[str, str | Promise] = {
    "missing": _("not on the shelf"),
    "damaged": _("damaged"),
    "expired": _("expired"),
    "other": _("other reason"),
}


def advice_for(kind: str, code: str) -> str:
    return str(_BY_CODE.get((kind, code)) or _BY_KIND.get(kind) or gettext("Ask your supervisor."))


def reason_word(reason: str) -> str:
    return str(REASONS.get(reason, reason))
