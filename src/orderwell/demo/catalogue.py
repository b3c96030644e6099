"""What the demo company sells, as plain values made from products.csv: the same every time."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from importlib import resources
from random import Random

USD_PER_CNY = Decimal("0.14")

CATEGORIES = {
    "kitchen": ("厨房用品", "Kitchen"),
    "tableware": ("餐具", "Tableware"),
    "tea": ("茶与咖啡", "Tea and coffee"),
    "textiles": ("家纺", "Home textiles"),
    "bath": ("卫浴", "Bath"),
    "lighting": ("灯具香氛", "Light and scent"),
    "storage": ("收纳", "Storage"),
    "stationery": ("文具", "Stationery"),
    "outdoor": ("户外园艺", "Outdoor and garden"),
    "decoration": ("装饰", "Decoration"),
    "pantry": ("食品", "Pantry"),
    "kids": ("儿童", "Kids"),
    "pets": ("宠物", "Pets"),
    "gifts": ("礼盒", "Gift sets"),
}
TAXES = {
    "standard": ("标准税率", "Standard rate", Decimal("0.13")),
    "reduced": ("低税率", "Reduced rate", Decimal("0.09")),
    "exempt": ("免税", "Exempt", Decimal(0)),
}
# Option -> (code, Chinese, English, price factor) of each choice.
CHOICES: dict[str, tuple[tuple[str, str, str, str], ...]] = {
    "size": (("S", "小号", "small", "0.8"), ("M", "中号", "medium", "1"), ("L", "大号", "large", "1.35")),
    "color": (("WH", "白色", "white", "1"), ("GR", "豆绿", "celadon green", "1"), ("BK", "黑色", "black", "1.05")),
    "bed": (("150", "1.5米床", "for 150 cm beds", "1"), ("180", "1.8米床", "for 180 cm beds", "1.2")),
    "weight": (("100", "100克", "100 g", "1"), ("250", "250克", "250 g", "2.2")),
    "clothing": (("M", "M码", "size M", "1"), ("L", "L码", "size L", "1"), ("XL", "XL码", "size XL", "1.1")),
    "scent": (("OS", "桂花", "osmanthus", "1"), ("SD", "檀香", "sandalwood", "1.15")),
    "watt": (("5", "5瓦", "5 W", "1"), ("9", "9瓦", "9 W", "1.3")),
    "ink": (("BK", "黑", "black", "1"), ("BL", "蓝", "blue", "1")),
}
OPTIONS_ZH = {
    "size": "尺寸",
    "color": "颜色",
    "bed": "床型",
    "weight": "净重",
    "clothing": "尺码",
    "scent": "香型",
    "watt": "功率",
    "ink": "墨色",
}
BUNDLES = (
    ("GIFT-TEA", "茶礼盒", "Tea gift set", "428", (("TEA-001-100", 1), ("TEA-003-100", 1), ("TEA-010-WH", 1))),
    ("GIFT-DESK", "书法入门礼盒", "Calligraphy starter set", "339", (("STA-006", 1), ("STA-007", 2), ("STA-008", 1))),
    ("GIFT-BATH", "沐浴礼盒", "Bath gift set", "168", (("BAT-001-WH", 1), ("BAT-006-OS", 2), ("BAT-011", 1))),
    ("GIFT-KITCHEN", "新居厨房套装", "New home kitchen set", "499", (("KIT-003-M", 1), ("KIT-001-M", 1), ("KIT-006", 1))),
    ("GIFT-CAMP", "露营套装", "Camping set", "689", (("OUT-002-GR", 2), ("OUT-003-M", 1), ("LIG-010-WH", 1))),
    ("GIFT-TABLE", "六人餐具套装", "Dinner set for six", "529", (("TAB-001-M", 6), ("TAB-002-M", 6), ("TAB-006", 6))),
    ("GIFT-SPRING", "新春礼盒", "Spring Festival set", "118", (("DEC-010", 2), ("DEC-011-M", 2), ("DEC-012", 4))),
    ("GIFT-BABY", "宝宝礼盒", "Baby gift set", "239", (("KID-005-WH", 1), ("KID-003-S", 1), ("KID-011", 1))),
)  # fmt: skip


@dataclass(frozen=True)
class VariantSpec:
    sku: str
    zh: str
    en: str
    choice: dict[str, str]
    choice_zh: dict[str, str]
    price: Decimal
    cost: Decimal
    grams: int
    barcode: str
    # Larger pack: units in it and its own barcode; None for goods sold singly only.
    pack: tuple[int, str] | None
    # How often it is wanted, beside the others.
    demand: float

    @property
    def price_usd(self) -> Decimal:
        return foreign(self.price)


@dataclass(frozen=True)
class ProductSpec:
    code: str
    category: str
    tax: str
    zh: str
    en: str
    option: str
    variants: tuple[VariantSpec, ...]


@dataclass(frozen=True)
class BundleSpec:
    sku: str
    zh: str
    en: str
    price: Decimal
    barcode: str
    components: tuple[tuple[str, int], ...]


def foreign(price: Decimal) -> Decimal:
    """The price list in US dollars ends in .90, as price lists do."""
    return max((price * USD_PER_CNY).quantize(Decimal(1)), Decimal(1)) + Decimal("0.90")


def ean13(number: int) -> str:
    """A well-formed EAN-13 in the range for use inside a company."""
    digits = f"2{number:011d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return digits + str(-total % 10)


def products() -> tuple[ProductSpec, ...]:
    random = Random(1954)
    barcodes = (ean13(number) for number in range(10_001, 90_000))
    text = resources.files("orderwell.demo").joinpath("products.csv").read_text(encoding="utf-8")
    counters: dict[str, int] = {}
    found = []
    for row in csv.DictReader(text.splitlines()):
        number = counters[row["category"]] = counters.get(row["category"], 0) + 1
        code = f"{row['category'][:3].upper()}-{number:03d}"
        popularity = random.paretovariate(1.3)
        found.append(
            ProductSpec(
                code=code,
                category=row["category"],
                tax=row["tax"],
                zh=row["zh"],
                en=row["en"],
                option=row["options"],
                variants=tuple(_variants(code, row, min(popularity, 12.0), random, barcodes)),
            )
        )
    return tuple(found)


def _variants(
    code: str, row: dict[str, str], popularity: float, random: Random, barcodes: Iterator[str]
) -> Iterator[VariantSpec]:
    option = row["options"]
    choices = CHOICES[option] if option else (("", "", "", "1"),)
    if len(choices) > 2 and random.random() < 0.35:
        choices = choices[:2]
    margin = Decimal(random.randint(42, 68)) / 100
    for suffix, zh, en, factor in choices:
        price = (Decimal(row["price"]) * Decimal(factor)).quantize(Decimal(1)) - Decimal("0.10")
        pack = random.choice((6, 12, 24)) if price < 60 and random.random() < 0.5 else None
        yield VariantSpec(
            sku=f"{code}-{suffix}" if suffix else code,
            zh=f"{row['zh']} {zh}".strip(),
            en=f"{row['en']}, {en}" if en else row["en"],
            choice={option: en} if option else {},
            choice_zh={OPTIONS_ZH[option]: zh} if option else {},
            price=price,
            cost=(price * margin).quantize(Decimal("0.01")),
            grams=round(int(row["grams"]) * float(factor)),
            barcode=next(barcodes),
            pack=(pack, next(barcodes)) if pack else None,
            demand=popularity * random.uniform(0.6, 1.4) / len(choices),
        )


def bundles(known: frozenset[str]) -> tuple[BundleSpec, ...]:
    """Sets whose components are all in `known`."""
    return tuple(
        BundleSpec(sku, zh, en, Decimal(price), ean13(90_000 + place), components)
        for place, (sku, zh, en, price, components) in enumerate(BUNDLES)
        if all(component in known for component, _ in components)
    )
