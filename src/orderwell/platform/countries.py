"""Countries by the codes of ISO 3166, and by their names as source files write them."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from orderwell.platform import country_names

# Names that the time zone database's own table does not know. "" is a name that means no single country.
_OTHER_NAMES = {
    "united kingdom": "GB",
    "great britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "eire": "IE",
    "usa": "US",
    "united states of america": "US",
    "rsa": "ZA",
    "uae": "AE",
    "south korea": "KR",
    "korea": "KR",
    "north korea": "KP",
    "czechia": "CZ",
    "holland": "NL",
    "the netherlands": "NL",
    "myanmar": "MM",
    "viet nam": "VN",
    "macau": "MO",
    "west indies": "",
    "channel islands": "",
    "european community": "",
    "unspecified": "",
}


@lru_cache
def _codes() -> dict[str, str]:
    names: dict[str, str] = {}
    table = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            code, name = line.split("\t")
            names[name.casefold()] = code
            names[name.split("(")[0].strip().casefold()] = code
            names[code.casefold()] = code
    return {**names, **_OTHER_NAMES, **country_names.CODES}


def country_code(name: str) -> str:
    """The ISO code of a country's English or Chinese name, or of its code; "" when it is not one country."""
    return _codes().get(name.strip().casefold(), "")


def known_country(code: str) -> bool:
    """Whether `code` is that of a country, in capitals."""
    return code.isupper() and _codes().get(code.casefold()) == code
