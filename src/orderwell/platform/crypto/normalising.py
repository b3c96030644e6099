"""One spelling per phone number and e-mail address, so that the blind index finds what people type."""

from __future__ import annotations

import re
import unicodedata

from orderwell.platform.crypto.sealing import blind_index

_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#|;ext=).*$", re.IGNORECASE)
_MOBILE = re.compile(r"1[3-9]\d{9}")
# 010/02x and eight digits, 03xx-09xx and seven or eight digits; the trunk zero is not part of the number abroad.
_LANDLINE = re.compile(r"0(?:10\d{8}|2\d\d{8}|[3-9]\d\d\d{7,8})")
_SERVICE = re.compile(r"[48]00\d{7}")


def normalise_phone(text: str) -> str:
    """E.164 where the country is known, else the bare digits; numbers without a country code are read as Chinese.

    "138-0013-8000", "+86 138 0013 8000" and "0086 13800138000" are all +8613800138000.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = _EXTENSION.sub("", plain).replace("(0)", "")
    international = plain.startswith("+")
    digits = "".join(character for character in plain if character in "0123456789")
    if not international and digits.startswith("00"):
        international, digits = True, digits[2:]
    if not international and digits.startswith("86") and _MOBILE.fullmatch(digits[2:]):
        international = True
    if international:
        return "+" + (f"86{digits[2:].removeprefix('0')}" if digits.startswith("86") else digits) if digits else ""
    if _LANDLINE.fullmatch(digits):
        return f"+86{digits[1:]}"
    if _MOBILE.fullmatch(digits) or _SERVICE.fullmatch(digits):
        return f"+86{digits}"
    return digits


def normalise_email(text: str) -> str:
    """Lower case without surrounding space. Tags after a plus stay: they may belong to different people."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def last_four(phone: str) -> str:
    """The digits that people give to be recognised; empty when there are fewer than four."""
    digits = normalise_phone(phone).removeprefix("+")
    return digits[-4:] if len(digits) >= 4 else ""


def phone_index(text: str) -> bytes | None:
    """What a phone number is found by; None when `text` holds no number."""
    normalised = normalise_phone(text)
    return blind_index("phone", normalised) if normalised else None


def phone_last4_index(text: str) -> bytes | None:
    """What the last four digits of a phone number are found by."""
    digits = last_four(text)
    return blind_index("phone-last4", digits) if digits else None


def email_index(text: str) -> bytes | None:
    """What an e-mail address is found by; None when `text` is empty."""
    normalised = normalise_email(text)
    return blind_index("email", normalised) if normalised else None
