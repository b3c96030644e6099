"""How postcodes and phones look, country by country, and which postcodes belong to which Chinese province. Pure data.

Only what is certain: a country that isn't named here is never judged.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext_noop as _

# Country -> (pattern, an example).
POSTCODES: dict[str, tuple[re.Pattern[str], str]] = {
    code: (re.compile(pattern, re.IGNORECASE), example)
    for code, pattern, example in (
        ("AT", r"\d{4}", "1010"),
        ("AU", r"\d{4}", "2000"),
        ("BE", r"\d{4}", "1000"),
        ("BR", r"\d{5}-?\d{3}", "01310-100"),
        ("CA", r"[A-Z]\d[A-Z] ?\d[A-Z]\d", "K1A 0B1"),
        ("CH", r"\d{4}", "8001"),
        ("CN", r"\d{6}", "200001"),
        ("CZ", r"\d{3} ?\d{2}", "110 00"),
        ("DE", r"\d{5}", "10115"),
        ("DK", r"\d{4}", "1050"),
        ("ES", r"\d{5}", "28013"),
        ("FI", r"\d{5}", "00100"),
        ("FR", r"\d{5}", "75001"),
        ("GB", r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", "SW1A 1AA"),
        ("IN", r"\d{3} ?\d{3}", "110001"),
        ("IT", r"\d{5}", "00184"),
        ("JP", r"\d{3}-?\d{4}", "100-0001"),
        ("KR", r"\d{5}", "03051"),
        ("MX", r"\d{5}", "06000"),
        ("MY", r"\d{5}", "50000"),
        ("NL", r"\d{4} ?[A-Z]{2}", "1012 AB"),
        ("NO", r"\d{4}", "0150"),
        ("NZ", r"\d{4}", "6011"),
        ("PL", r"\d{2}-?\d{3}", "00-001"),
        ("PT", r"\d{4}-?\d{3}", "1100-148"),
        ("RU", r"\d{6}", "101000"),
        ("SE", r"\d{3} ?\d{2}", "111 20"),
        ("SG", r"\d{6}", "018956"),
        ("TH", r"\d{5}", "10200"),
        ("TR", r"\d{5}", "34000"),
        ("TW", r"\d{3}(\d{2,3})?", "100"),
        ("US", r"\d{5}(-?\d{4})?", "10001"),
        ("VN", r"\d{5,6}", "100000"),
    )
}

# First two digits of a Chinese postcode -> the province, in both languages and as short as it is written.
PROVINCES: dict[str, tuple[str, str]] = {
    digits: names
    for names, places in {
        ("北京", _("Beijing")): "10",
        ("上海", _("Shanghai")): "20",
        ("天津", _("Tianjin")): "30",
        ("重庆", _("Chongqing")): "40",
        ("内蒙古", _("Inner Mongolia")): "01 02",
        ("山西", _("Shanxi")): "03 04",
        ("河北", _("Hebei")): "05 06 07",
        ("辽宁", _("Liaoning")): "11 12",
        ("吉林", _("Jilin")): "13",
        ("黑龙江", _("Heilongjiang")): "15 16",
        ("江苏", _("Jiangsu")): "21 22",
        ("安徽", _("Anhui")): "23 24",
        ("山东", _("Shandong")): "25 26 27",
        ("浙江", _("Zhejiang")): "31 32",
        ("江西", _("Jiangxi")): "33 34",
        ("福建", _("Fujian")): "35 36",
        ("湖南", _("Hunan")): "41 42",
        ("湖北", _("Hubei")): "43 44",
        ("河南", _("Henan")): "45 46 47",
        ("广东", _("Guangdong")): "51 52",
        ("广西", _("Guangxi")): "53 54",
        ("贵州", _("Guizhou")): "55 56",
        ("海南", _("Hainan")): "57",
        ("四川", _("Sichuan")): "61 62 63 64",
        ("云南", _("Yunnan")): "65 66 67",
        ("陕西", _("Shaanxi")): "71 72",
        ("甘肃", _("Gansu")): "73 74",
        ("宁夏", _("Ningxia")): "75",
        ("青海", _("Qinghai")): "81",
        ("新疆", _("Xinjiang")): "83 84",
        ("西藏", _("Tibet")): "85 86",
    }.items()
    for digits in places.split()
}


def province_of(region: str) -> tuple[str, str] | None:
    """The province that a region names; None for whatever is not certainly one.

    >>> province_of("广东省"), province_of("Guangdong Province"), province_of("Upper Bavaria")
    (('广东', 'Guangdong'), ('广东', 'Guangdong'), None)
    """
    region = region.strip()
    for names in PROVINCES.values():
        chinese, english = names
        if region.startswith(chinese) or re.fullmatch(
            rf"{english}( (province|city|municipality))?", region, re.IGNORECASE
        ):
            return names
    return None
