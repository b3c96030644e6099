"""Fills an installation with names and times what is typed, inside one process; typeahead.py starts it.

Each figure is a whole request through Django (session, permissions, query, JSON or page), without HTTP and network.
On a machine that does other things too, the processor time of our own process (on SQLite with the database in it) says more.
"""

from __future__ import annotations

import csv
import json
import random
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from importlib.resources import files
from typing import Any

AT_ONCE = 500
COLOURS = (
    ("红色", "Red"),
    ("蓝色", "Blue"),
    ("白色", "White"),
    ("黑色", "Black"),
    ("原木色", "Natural"),
    ("灰色", "Grey"),
)

# Beginnings, middles, one letter and many, pinyin, initials, codes, phones; words that most have and words that none has.
PRODUCTS = (
    *("B", "BA", "BAMB", "TEA-0000", "tea cup", "cup", "bamboo board", "board", "oard", "zz", "q", "xq", "zzz"),
    *(
        "茶",
        "茶杯",
        "红色",
        "砧板",
        "hongse",
        "chabei",
        "hs",
        "hszzb",
        "zhenban",
        "white 0",
        "12",
        "P000123",
        "nothing at all",
    ),
)
CUSTOMERS = (
    *(
        "l",
        "li",
        "zhang",
        "wang wei",
        "张",
        "张伟",
        "王秀英",
        "zxy",
        "有限公司",
        "上海",
        "shanghai",
        "Homeware",
        "Anna Vos",
    ),
    *(
        "anna",
        "K000123",
        "000123",
        "13800001234",
        "1234",
        "someone@example.com",
        "customer77@example.com",
        "nobody here",
    ),
)
EVERYTHING = ("茶杯", "zhang", "SO2026", "13800001234", "K000123", "hszzb", "li", "nothing at all")


def main(count: int, repeats: int) -> None:
    import django

    django.setup()
    from django.test import Client

    from orderwell.testing.benchmarks.page_times import signed_in_user

    filled = fill(count)
    client = Client(headers={"accept-language": "zh-hans"}, SERVER_NAME="localhost")
    client.force_login(signed_in_user())
    boxes = (
        ("products", "/orders/lookup/products/", PRODUCTS),
        ("customers", "/orders/lookup/customers/", CUSTOMERS),
        ("everything", "/search/", EVERYTHING),
    )
    found = [
        {"box": box, "text": text, **timed(client, address, text, repeats)}
        for box, address, texts in boxes
        for text in texts
    ]
    sys.stdout.write(json.dumps({"filled": filled, "texts": found}) + "\n")


def timed(client: Any, address: str, text: str, repeats: int) -> dict[str, float]:
    took, busy, hits = [], [], 0
    for _ in range(repeats):
        start, worked = time.perf_counter(), time.process_time()
        answer = client.get(address, {"q": text}, headers={"hx-request": "true"})
        took.append((time.perf_counter() - start) * 1000)
        busy.append((time.process_time() - worked) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}?q={text} was answered {answer.status_code}")
        body = answer.content.decode()
        hits = len(json.loads(body)["hits"]) if body.startswith("{") else body.count('role="option"')
    took.sort()
    busy.sort()
    return {
        "hits": hits,
        "cpu": busy[len(busy) // 2],
        "p50": took[len(took) // 2],
        "p95": took[min(len(took) - 1, int(len(took) * 0.95))],
    }


def fill(count: int) -> str:
    """`count` products and customers through the services, as an import or the API brings them; how long a row took."""
    from django.db import connection

    from orderwell.domains.catalog.models import TaxCategory
    from orderwell.domains.catalog.services.bring_in import bring_in_products
    from orderwell.domains.customers.services.save_customer import save_customers
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.actor import system_actor
    from orderwell.platform.database import is_postgresql

    dice, actor = random.Random(7), system_actor()
    tax = TaxCategory.objects.create(code="bench", name_zh="标准", name_en="Standard", rate=Decimal("0.13"))
    start = time.perf_counter()
    bring_in_products(list(products(count, dice)), tax_category=tax, currency="CNY", actor=actor, now=utc_now())
    between = time.perf_counter()
    people = list(customers(count, dice))
    for at in range(0, count, AT_ONCE):
        save_customers(people[at : at + AT_ONCE], actor=actor, now=utc_now())
    end = time.perf_counter()
    if is_postgresql():  # as its own background work does soon after
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return f"a product {(between - start) / count * 1e6:.0f} µs, a customer {(end - between) / count * 1e6:.0f} µs"


def products(count: int, dice: random.Random) -> Iterator[Any]:
    from orderwell.domains.catalog.services.bring_in import SimpleProduct

    with files("orderwell.demo").joinpath("products.csv").open(encoding="utf-8") as rows:
        known = list(csv.DictReader(rows))
    for number in range(count):
        row, (zh, en) = dice.choice(known), dice.choice(COLOURS)
        size = f"{dice.randrange(5, 200)} cm"
        yield SimpleProduct(
            f"{row['en'][:4].upper().strip()}-{number:06d}",
            f"{zh}{row['zh']} {size}",
            f"{en} {row['en']} {size}",
            Decimal(9),
        )


def customers(count: int, dice: random.Random) -> Iterator[Any]:
    from orderwell.demo import names
    from orderwell.domains.customers.drafts import ContactDraft, CustomerDraft

    makers: tuple[Callable[[], tuple[str, str]], ...] = (
        lambda: ("person", dice.choice(names.FAMILY_ZH)[0] + "".join(dice.choice(names.GIVEN_ZH)[0] for _ in "ab")),
        lambda: (
            "company",
            dice.choice(names.CITIES_CN).zh + dice.choice(names.WORDS_ZH) + dice.choice(names.TRADES_ZH) + "有限公司",
        ),
        lambda: (
            "company",
            f"{dice.choice(names.FIRST_WORLD)} {dice.choice(names.LAST_WORLD)} {dice.choice(names.TRADES_WORLD)[0]}",
        ),
    )
    for number in range(count):
        kind, name = dice.choice(makers)()
        contact = ContactDraft(
            name=name, phone=f"138{number:08d}", email=f"customer{number}@example.com", is_primary=True
        )
        yield CustomerDraft(number=f"K{number:06d}", name=name, kind=kind, contacts=(contact,))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
