"""Personal data as those see it who may not see it: enough to recognise, too little to use. Pure."""

from __future__ import annotations

STARS = "****"


def mask_phone(phone: str) -> str:
    """138****8000; a short number disappears altogether."""
    digits = phone.strip()
    return f"{digits[:3]}{STARS}{digits[-4:]}" if len(digits) >= 9 else STARS if digits else ""


def mask_email(email: str) -> str:
    """z****@example.com"""
    name, at, host = email.strip().partition("@")
    return f"{name[:1]}{STARS}@{host}" if at else STARS if name else ""


def mask_street(street: str) -> str:
    return STARS if street.strip() else ""
