"""What events and movements name as their cause or object, such as "transfer:12": the word for it, and its page."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

# Kind -> the url name of its page.
CAUSES = {
    "order": "order-detail",
    "transfer": "transfer-detail",
    "expected_receipt": "expected-detail",
    "import": "import-detail",
    "invoice": "invoice-detail",
    "return": "return-detail",
    "count": "count-detail",
    "case": "case-detail",
    "customer": "customer-detail",
    "product": "product-detail",
}
CAUSE_WORDS = {
    "order": gettext_noop("Order"),
    "shipment": gettext_noop("Shipment"),
    "return": gettext_noop("Return"),
    "transfer": gettext_noop("Transfer"),
    "adjustment": gettext_noop("Adjustment"),
    "receipt": gettext_noop("Receipt"),
    "opening": gettext_noop("Opening stock"),
    "import": gettext_noop("Import"),
    "api_key": gettext_noop("API key"),
    "attachment": gettext_noop("File"),
    "bulk": gettext_noop("Bulk action"),
    "case": gettext_noop("Case"),
    "category": gettext_noop("Category"),
    "channel": gettext_noop("Channel"),
    "consent": gettext_noop("Consent"),
    "count": gettext_noop("Count"),
    "credit_note": gettext_noop("Credit note"),
    "custom-field": gettext_noop("Own field"),
    "customer": gettext_noop("Customer"),
    "delivery": gettext_noop("Delivery"),
    "expected_receipt": gettext_noop("Announced receipt"),
    "export": gettext_noop("Export"),
    "hold": gettext_noop("Hold"),
    "image": gettext_noop("Image"),
    "invoice": gettext_noop("Invoice"),
    "line": gettext_noop("Line"),
    "message": gettext_noop("Message"),
    "note": gettext_noop("Note"),
    "payment": gettext_noop("Payment"),
    "product": gettext_noop("Product"),
    "rating": gettext_noop("Rating"),
    "refund": gettext_noop("Refund"),
    "role": gettext_noop("Role"),
    "schedule": gettext_noop("Schedule"),
    "setting": gettext_noop("Setting"),
    "task": gettext_noop("Task"),
    "team": gettext_noop("Team"),
    "template": gettext_noop("Print template"),
    "user": gettext_noop("User"),
    "variant": gettext_noop("Variant"),
    "view": gettext_noop("Saved view"),
    "warehouse": gettext_noop("Warehouse"),
}


def cause_text(cause: str, number: str = "") -> str:
    """A document named as "transfer:12" by its number where that is known."""
    kind, _colon, key = cause.partition(":")
    if number and kind != "user":  # a number says what it is the number of; a name doesn't
        return number
    what = gettext(CAUSE_WORDS[kind]) if kind in CAUSE_WORDS else kind.replace("_", " ")
    return f"{what} {number or key}"
