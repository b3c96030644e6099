"""What happened with a customer, as the page shows it."""

from __future__ import annotations

from django import template

from orderwell.domains.customers.drafts import ContactDraft
from orderwell.web.customers.people_map import roles_text

register = template.Library()
ICONS = {
    "order": "shopping-cart",
    "quote": "file-text",
    "shipment": "truck-delivery",
    "invoice": "file-invoice",
    "credit_note": "receipt-refund",
    "payment": "cash",
    "refund": "arrow-back-up",
    "return": "truck-return",
    "case": "message-circle",
    "message": "message",
    "rating": "star",
    "note": "note",
}


@register.filter
def happening_icon(kind: str) -> str:
    return ICONS.get(kind, "history")


@register.filter
def whole(text: str) -> int:
    """Of what Python holds as a number; text of thousands of digits is an error to it."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0


@register.simple_tag
def contact_roles(contact: ContactDraft) -> str:
    return roles_text(contact)
