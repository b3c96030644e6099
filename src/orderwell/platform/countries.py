"""Countries by the codes of ISO 3166, and by their names as source files write them."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from orderwell.kernel.errors import Named
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
def _english() -> dict[str, str]:
    """Code -> English name, of every country."""
    table = files("tzdata.zoneinfo").joinpath("iso3166.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {code: country_names.ENGLISH.get(code, name) for code, name in rows}


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
    return {**names, **_OTHER_NAMES, **_called(), **country_names.CODES}


def _called() -> dict[str, str]:
    return {name.casefold(): code for code, name in country_names.ENGLISH.items()}


def country_names_of(code: str) -> tuple[str, str]:
    """What a country is called in Chinese and in English; what is no country's code is said as it is."""
    known = code.strip().upper()
    return country_names.CHINESE.get(known, code), _english().get(known, code)


def country_named(code: str) -> Named:
    """A country's code that is said by its name wherever a sentence is read."""
    chinese, english = country_names_of(code)
    return Named(code, name_zh=chinese, name_en=english)


def country_name(code: str, language: str | None) -> str:
    """What a country is called in a language of the product."""
    chinese, english = country_names_of(code)
    return chinese if (language or "").startswith("zh") else english


@lru_cache
def every_country(language: str) -> tuple[tuple[str, str], ...]:
    """Code and name of every country, by name."""
    return tuple(sorted(((code, country_name(code, language)) for code in _english()), key=lambda pair: pair[1]))


def country_code(name: str) -> str:
    """The ISO code of a country's English or Chinese name, or of its code; "" when it is not one country."""
    return _codes().get(name.strip().casefold(), "")


def known_country(code: str) -> bool:
    """Whether `code` is that of a country, in capitals."""
    return code.isupper() and _codes().get(code.casefold()) == code
