"""From a carrier and a tracking number to the carrier's own page, by the setting that names the pages. Pure."""

from __future__ import annotations

from urllib.parse import quote


def tracking_address(pages: str, carrier: str, number: str) -> str:
    """The address, or nothing where the carrier has no page in `pages`: "SF = https://…/{number}; DHL = …"."""
    name = carrier.strip().casefold()
    if not name or not number.strip():
        return ""
    for entry in pages.split(";"):
        known, _equals, address = (part.strip() for part in entry.partition("="))
        if known and name.startswith(known.casefold()) and _usable(address):
            return address.replace("{number}", quote(number.strip(), safe=""))
    return ""


def _usable(address: str) -> bool:
    return address.startswith(("https://", "http://")) and "{number}" in address
