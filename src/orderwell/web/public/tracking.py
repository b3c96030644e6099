"""From a carrier and a tracking number to the carrier's own page, by the setting that names the pages. Pure."""

from __future__ import annotations

import re
from urllib.parse import quote


def tracking_address(pages: str, carrier: str, number: str) -> str:
    """The address, or nothing where the carrier has no page in `pages`: "SF = https://…/{number}; DHL = …".

    A carrier is known by how its name begins, or by one of its words: "SF" is "顺丰速运 SF Express" too.
    """
    name = carrier.strip().casefold()
    words = set(re.findall(r"[a-z0-9]+", name))
    if not name or not number.strip():
        return ""
    for entry in pages.split(";"):
        known, _equals, address = (part.strip() for part in entry.partition("="))
        if not known or not _usable(address):
            continue
        if name.startswith(known.casefold()) or known.casefold() in words:
            return address.replace("{number}", quote(number.strip(), safe=""))
    return ""


def _usable(address: str) -> bool:
    return address.startswith(("https://", "http://")) and "{number}" in address
