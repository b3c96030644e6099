"""A file of orders with any headings: its columns get their meaning, its rows a verdict in the reader's words."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from orderwell.domains.integrations.errors import FileChanged
from orderwell.domains.integrations.models import ImportBatch
from orderwell.domains.integrations.services.run import run_batch
from orderwell.domains.orders.models import Order
from orderwell.platform.accounts.actor import system_actor
from orderwell.testing.markup import flat
from tests.web.conftest import Company

KNOWN = "订单号,下单日期,客户,商品,数量,单价,电话"
STRANGE = "编码甲,何时,谁,什么,多少,多贵,打给谁"
ROWS = ("A-1,2026-03-01,王小明,CUP,２,￥9.9,13812345678", "A-2,2026-03-02,李雷,CUP,x,20,13812345679")
MEANING = {
    "column_order_reference": "编码甲",
    "column_placed_at": "何时",
    "column_customer_name": "谁",
    "column_sku": "什么",
    "column_quantity": "多少",
    "column_unit_price": "多贵",
    "column_phone": "打给谁",
}


def token(client: Client, path: str) -> str:
    found = re.search(r'name="token" value="([\w-]+)"', client.get(path).content.decode())
    assert found, path
    return found[1]


def hand_in(client: Client, heading: str, *rows: str, **fields: str) -> Any:
    content = "\n".join((heading, *rows)).encode()
    file = SimpleUploadedFile("orders.csv", content, content_type="text/csv")
    given = {"preset": "order-lines", "mode": "history", "dry_run": "on", "channel": "", "saved": "", **fields}
    return client.post("/imports/new/", {"token": token(client, "/imports/new/"), "file": file, **given})


def mean(client: Client, batch: ImportBatch, **fields: str) -> Any:
    path = f"/imports/{batch.pk}/mapping/"
    return client.post(path, {"token": token(client, path), **fields})


def run(batch: ImportBatch) -> None:
    run_batch(batch_id=batch.pk, actor=system_actor(source="import", label="importer"))
    batch.refresh_from_db()


@pytest.fixture
def chinese(browse: Callable[..., Client], company: Company) -> Client:
    return browse("administrator", language="zh-hans")


def test_a_file_with_strange_headings_leads_to_what_its_columns_mean(owner: Client, company: Company) -> None:
    answer = hand_in(owner, STRANGE, *ROWS)
    batch = ImportBatch.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/imports/{batch.pk}/mapping/")
    page = flat(owner.get(f"/imports/{batch.pk}/mapping/").content.decode())
    # Examples of what stands in the columns, so that people see which is which.
    assert "编码甲" in page and "￥9.9" in page
    detail = flat(owner.get(f"/imports/{batch.pk}/").content.decode())
    assert f"/imports/{batch.pk}/run/" not in detail and "Some columns have no meaning yet" in detail


def test_what_is_needed_is_asked_for_before_the_run(owner: Client, company: Company) -> None:
    hand_in(owner, STRANGE, *ROWS)
    batch = ImportBatch.objects.get()
    short = mean(owner, batch, **{**MEANING, "column_sku": "", "column_placed_at": "", "channel": ""})
    text = short.content.decode()
    assert short.status_code == 422
    for name in ("column_sku", "column_placed_at", "channel"):
        assert re.search(rf'id="id_{name}_error"', text), name
    path = f"/imports/{batch.pk}/run/"
    assert owner.post(path, {"token": token(owner, path)}).status_code == 422
    answer = mean(owner, batch, **MEANING, channel="shop")
    assert (answer.status_code, answer["Location"]) == (302, f"/imports/{batch.pk}/")
    # It is the same import, not a second one beside it.
    assert ImportBatch.objects.count() == 1
    assert path in owner.get(f"/imports/{batch.pk}/").content.decode()
    batch.refresh_from_db()
    run(batch)
    assert (batch.done, batch.refused) == (1, 1)


def test_usual_chinese_headings_are_guessed(owner: Client, company: Company) -> None:
    hand_in(owner, KNOWN, *ROWS, channel="shop")
    batch = ImportBatch.objects.get()
    assert batch.mapping["columns"] == {
        "order_reference": "订单号",
        "placed_at": "下单日期",
        "customer_name": "客户",
        "sku": "商品",
        "quantity": "数量",
        "unit_price": "单价",
        "phone": "电话",
    }


def test_a_verdict_is_told_in_one_language(chinese: Client) -> None:
    hand_in(chinese, KNOWN, *ROWS, channel="shop")
    batch = ImportBatch.objects.get()
    run(batch)
    page = flat(chinese.get(f"/imports/{batch.pk}/").content.decode())
    assert "12 或 3.50" in page and "12 or 3.50" not in page


def test_after_a_dry_run_the_meaning_can_be_changed(owner: Client, company: Company) -> None:
    hand_in(owner, KNOWN, *ROWS, channel="shop")
    first = ImportBatch.objects.get()
    run(first)
    assert f"/imports/{first.pk}/mapping/" in owner.get(f"/imports/{first.pk}/").content.decode()
    columns = {f"column_{name}": column for name, column in first.mapping["columns"].items()}
    answer = mean(owner, first, **{**columns, "column_unit_price": ""}, channel="shop")
    assert answer.status_code == 302
    second = ImportBatch.objects.exclude(pk=first.pk).get()
    # The verdicts of the first stay what they were said to be.
    first.refresh_from_db()
    assert "unit_price" in first.mapping["columns"] and "unit_price" not in second.mapping["columns"]
    assert (second.state, second.dry_run, second.file_name) == ("waiting", True, "orders.csv")
    run(second)
    assert not Order.objects.exists()


def test_refused_rows_come_as_a_file_that_can_be_mended(chinese: Client) -> None:
    hand_in(chinese, KNOWN, *ROWS, "A-2,,,CUP,-1,5,", channel="shop")
    batch = ImportBatch.objects.get()
    run(batch)
    path = f"/imports/{batch.pk}/refused/"
    assert path in chinese.get(f"/imports/{batch.pk}/").content.decode()
    answer = chinese.get(path)
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[:7] for row in rows] == [
        KNOWN.split(","),
        ROWS[1].split(","),
        ["A-2", "", "", "CUP", "-1", "5", ""],
    ]
    assert rows[1][7:9] == ["3", "数量"] and "x" in rows[1][9] and "3" in rows[2][9]
    # Mended, it comes in as any other file.
    mended = answer.content.decode().replace(",x,", ",1,").replace(",-1,", ",1,")
    hand_in(chinese, *mended.strip().splitlines(), channel="shop", dry_run="")
    again = ImportBatch.objects.order_by("-pk")[0]
    run(again)
    assert (again.done, again.refused) == (2, 0)


def test_a_file_of_several_currencies_has_a_sum_of_each(owner: Client, company: Company) -> None:
    heading = f"{KNOWN},币种"
    rows = ("A-1,2026-03-01,,CUP,2,9.5,,CNY", "A-2,2026-03-02,,CUP,1,7,,EUR", "A-3,2026-03-02,,CUP,1,2,,CNY")
    hand_in(owner, heading, *rows, channel="shop")
    batch = ImportBatch.objects.get()
    run(batch)
    assert (batch.done, batch.refused) == (3, 0)
    shown = flat(owner.get(f"/imports/{batch.pk}/").content.decode())
    for amount in ("21 CNY", "7 EUR"):
        assert shown.count(f">{amount}<") == 2  # in the file, and accounted for
    assert ">28<" not in shown and "None" not in shown and ">28.00<" not in shown


def test_why_an_import_stopped_is_a_sentence(owner: Client, company: Company) -> None:
    hand_in(owner, KNOWN, *ROWS, channel="shop")
    batch = ImportBatch.objects.get()
    ImportBatch.objects.filter(pk=batch.pk).update(
        state="failed",
        error={
            "code": "import_file_changed",
            "message": FileChanged.message,
            "data": {"batch": str(batch.pk)},
        },
    )
    page = flat(owner.get(f"/imports/{batch.pk}/").content.decode())
    assert f"The file of import {batch.pk} is gone" in page and "import_file_changed" not in page


def test_dates_of_the_day_first_are_a_choice(owner: Client, company: Company) -> None:
    heading, row = "Order number,Date,SKU,Quantity,Unit price,Channel", "A-1,21.11.2026,CUP,2,10,shop"
    hand_in(owner, heading, row)
    first = ImportBatch.objects.get()
    run(first)
    assert (first.done, first.refused) == (0, 1)
    meant = {f"column_{field}": column for field, column in first.mapping["columns"].items()}
    mean(owner, first, **meant, channel="", day_order="dmy", name="")
    second = ImportBatch.objects.order_by("-pk")[0]
    assert second.mapping["options"]["day_order"] == "dmy"
    run(second)
    assert (second.done, second.refused) == (1, 0)
    assert 'value="dmy" selected' in owner.get(f"/imports/{second.pk}/mapping/").content.decode()
