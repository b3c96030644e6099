"""The demo company and, on top of it, one of everything that it has not: for tests and pictures of every page.

python -m orderwell.testing.whole_company ORDERS        fills the installation of ORDERWELL_HOME
"""

from __future__ import annotations

import csv
import struct
import sys
import tempfile
import zlib
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlencode

import django

if __name__ == "__main__":
    django.setup()

from django.test import Client

from orderwell.demo.company import DESK
from orderwell.demo.load import ADMINISTRATOR, load_demo
from orderwell.domains.automation.services.settle_return import announce_return
from orderwell.domains.automation.services.take_back import take_back
from orderwell.domains.cases.models import Case, Rating
from orderwell.domains.cases.services.converse import write_message
from orderwell.domains.cases.services.files import SentFile
from orderwell.domains.cases.services.link import enter_by_link, order_link, token_of
from orderwell.domains.cases.services.manage import CaseChange, change_case, close_case
from orderwell.domains.cases.services.open_case import CaseDraft, open_case
from orderwell.domains.cases.services.speak import ask, rate, returnable_units
from orderwell.domains.cases.services.tasks import add_task
from orderwell.domains.catalog.models import Product
from orderwell.domains.catalog.services.images import add_image
from orderwell.domains.customers.models import Customer, CustomerRelation
from orderwell.domains.customers.services.files import add_customer_file
from orderwell.domains.customers.services.notes import add_note
from orderwell.domains.customers.services.relations import relate
from orderwell.domains.fulfilment.models import ShipmentLine
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits
from orderwell.domains.integrations.services.create import create_batch
from orderwell.domains.integrations.services.mappings import save_mapping
from orderwell.domains.integrations.services.run import run_batch
from orderwell.domains.inventory.drafts import (
    CountDraft,
    CountEntry,
    TransferDraft,
    TransferLineDraft,
)
from orderwell.domains.inventory.models import StockItem, Warehouse
from orderwell.domains.inventory.services.count_stock import enter_counts, open_count
from orderwell.domains.inventory.services.transfer_stock import create_transfer, dispatch_transfer
from orderwell.domains.orders.drafts import AddressDraft, LineDraft, OrderDraft
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.services.change import OrderChange, change_order
from orderwell.domains.orders.services.hold import place_hold
from orderwell.domains.orders.services.note import add_attachment
from orderwell.domains.orders.services.place import place_orders
from orderwell.domains.orders.services.quote import save_quote
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor, system_actor
from orderwell.platform.accounts.authentication import actor_for_user
from orderwell.platform.accounts.models import User
from orderwell.platform.accounts.services.api_keys import create_key
from orderwell.platform.accounts.services.roles import create_role
from orderwell.platform.accounts.services.teams import save_team
from orderwell.platform.accounts.services.users import set_password
from orderwell.platform.configuration.saving_fields import save_custom_field
from orderwell.platform.drafts.services import save_draft
from orderwell.platform.jobs.progress import progress
from orderwell.platform.leftovers.services import report
from orderwell.platform.permissions import Permission
from orderwell.platform.printing.runs import ask_to_print, make_print
from orderwell.platform.printing.services import save_template
from orderwell.platform.views.services.keep import save_view

# Of the administrator, in a company that lives as long as a test or a set of pictures.
PASSWORD = "a password for tests only"  # noqa: S105
COLUMNS = ("Order number", "Date", "SKU", "Qty", "Unit price", "Recipient", "City", "Country")


def fill(*, orders: int, now: datetime) -> None:
    """An empty installation becomes a company with rows on every page."""
    load_demo(orders=orders, now=now, told=lambda what, done, of: None)
    set_password(username=ADMINISTRATOR, password=PASSWORD, actor=system_actor(), now=now)
    actor = actor_for_user(User.objects.get(username=ADMINISTRATOR), source="web")
    _set_up(actor, now)
    _work_in_the_warehouse(actor, now)
    _work_on_orders(actor, now)
    _talk_with_customers(actor, now)
    _know_customers(actor, now)
    _bring_in_a_file(actor, now)
    _work_on_lists(actor, now)


def _picture() -> bytes:
    """A small picture of one colour."""
    rows = b"".join(b"\0" + b"\x2b\x8a\x78" * 64 for _ in range(64))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _set_up(actor: Actor, now: datetime) -> None:
    create_role(
        code="night-shift", title="夜班 Night shift", scopes=[Permission.ORDERS_ORDER_VIEW], actor=actor, now=now
    )
    save_team(name="华东 East", actor=actor, now=now)
    create_key(name="网店 Web shop", scopes=[Permission.ORDERS_ORDER_PLACE], actor=actor, now=now)
    save_custom_field(
        entity="order",
        key="gift_card",
        label_zh="贺卡文字",
        label_en="Words on the card",
        kind="text",
        actor=actor,
        now=now,
    )
    for product in Product.objects.order_by("-id")[:2]:
        add_image(
            product_id=product.pk, name="front.png", content=_picture(), alt_text="正面 Front", actor=actor, now=now
        )
    save_template(kind="packing-slip", options={"paper": "a5"}, markup="", version=None, actor=actor, now=now)
    shown = ("number", "customer", "total")
    save_view(
        list_name="orders",
        name="缺货 Missing",
        columns=shown,
        filters={"fulfilment": "backordered"},
        sort="",
        shared=True,
        actor=actor,
        now=now,
    )


def _stocked(count: int) -> list[StockItem]:
    return list(StockItem.objects.select_related("variant", "warehouse").order_by("-on_hand", "id")[:count])


def _work_in_the_warehouse(actor: Actor, now: datetime) -> None:
    most, *others = _stocked(6)
    house = most.warehouse.code
    other = Warehouse.objects.filter(active=True).exclude(pk=most.warehouse_id).order_by("priority", "id")[0].code
    skus = [most.variant.sku, *(item.variant.sku for item in others if item.warehouse_id == most.warehouse_id)]
    count = open_count(CountDraft(warehouse=house, skus=tuple(dict.fromkeys(skus))), actor=actor, now=now)
    enter_counts(count_id=count.pk, entries=[CountEntry(code=skus[0], quantity=Decimal(3))], actor=actor, now=now)
    line = TransferLineDraft(sku=skus[0], quantity=Decimal(1))
    for note in ("", "下午发车 Leaves this afternoon"):
        transfer = create_transfer(
            TransferDraft(origin=house, destination=other, lines=(line,), note=note), actor=actor, now=now
        )
    report(
        key="whole-leftover",
        kind="short",
        title=skus[0],
        warehouse_id=most.warehouse_id,
        said={"en": ["Two were missing."], "zh-hans": ["少了两件。"]},
        wanted={},
        happened_at=now,
        actor=actor,
        now=now,
    )
    dispatch_transfer(transfer_id=transfer.pk, actor=actor, now=now)


def _draft(quantity: int) -> OrderDraft:
    customer = Order.objects.filter(customer__isnull=False, channel__code=DESK).select_related("customer").latest("id")
    sku = _stocked(1)[0].variant.sku
    number = customer.customer.number if customer.customer else None
    return OrderDraft(
        channel=DESK,
        customer=number,
        lines=(LineDraft(sku, Decimal(quantity)),),
        ship_to=AddressDraft(recipient="林夏", phone="13800138000", street="人民路1号", city="上海市", country="CN"),
    )


def _work_on_orders(actor: Actor, now: datetime) -> None:
    """A quote, an order just changed, one on hold with a file, and one half typed."""
    quote = save_quote(draft=_draft(2), actor=actor, now=now)
    changed, held = (_place(actor, now) for _ in range(2))
    change_order(order_id=changed, change=OrderChange(note="请尽快 Soon, please"), version=None, actor=actor, now=now)
    place_hold(order_id=held, kind="address", reason="门牌号缺失 No house number", actor=actor, now=now)
    add_attachment(
        order_id=held, name="询价 inquiry.txt", content=b"10 cups", content_type="text/plain", actor=actor, now=now
    )
    add_task(
        stream=f"order:{held}",
        text="电话确认地址 Ring about the address",
        assignee=ADMINISTRATOR,
        due_at=now + timedelta(days=1),
        actor=actor,
        now=now,
    )
    add_task(stream=f"order:{quote.order_id}", text="报价跟进 Follow the quote up", actor=actor, now=now)
    content = {"customer": {"text": "林夏"}, "lines": [], "fields": {}}
    save_draft(kind="order", key="half-typed", content=content, version=0, actor=actor, now=now)


def _place(actor: Actor, now: datetime) -> int:
    outcome = place_orders([_draft(1)], actor=actor, now=now)[0]
    if not isinstance(outcome, Placed):
        raise RuntimeError(f"the order was not placed: {outcome}")
    return outcome.order_id


def _talk_with_customers(actor: Actor, now: datetime) -> None:
    shipped = Order.objects.filter(fulfilment_state="delivered", history=False).order_by("-placed_at", "-id")
    spoken = (Case.objects.exclude(order=None).values("order"), Rating.objects.values("order"))
    asked, rated, sent_back, returned = shipped.exclude(pk__in=spoken[0]).exclude(pk__in=spoken[1])[:4]
    line = ShipmentLine.objects.filter(shipment__order_id=returned.pk)[0]
    take_back(
        order_id=returned.pk,
        lines=[ReturnedUnits(line.order_line_id, Decimal(1), "scrap")],
        reason="破损 Broken",
        actor=actor,
        now=now,
    )
    for order in (asked, rated, sent_back):
        link = order_link(order_id=order.pk, actor=actor, now=now)
        access = enter_by_link(token=token_of(link), address="", now=now)
        if order is asked:
            first = ask(access=access, body="请问什么时候到？ When will it arrive?", now=now)
        elif order is rated:
            rate(access=access, score=4, comment="包装很好 Well packed", now=now)
        else:
            units = {line: count for line, count in returnable_units(order).items() if count > 0}
            announce_return(access=access, units=units, reason="尺寸不对 The wrong size", now=now)
    for subject, kind in (
        ("茶壶有裂纹 A cracked pot", Case.Kind.COMPLAINT),
        ("发票抬头 Name on it", Case.Kind.QUESTION),
    ):
        draft = CaseDraft(kind=kind, subject=subject, body=subject, direction="in", order_id=asked.pk)
        case = open_case(draft=draft, actor=actor, now=now)
    close_case(case_id=case.pk, actor=actor, now=now)
    write_message(
        case_id=first.pk,
        body="附上运单 The waybill is attached",
        files=[SentFile("运单 waybill.txt", b"SF 1", "text/plain")],
        actor=actor,
        now=now,
    )
    change_case(case_id=first.pk, change=CaseChange(assignee=ADMINISTRATOR), actor=actor, now=now)


def _know_customers(actor: Actor, now: datetime) -> None:
    first, second = Customer.objects.filter(kind="company").order_by("id")[:2]
    add_note(customer_id=first.pk, body="上午打电话 Ring in the morning", pinned=True, actor=actor, now=now)
    relate(customer_id=second.pk, other_id=first.pk, kind=CustomerRelation.Kind.values[0], actor=actor, now=now)
    content = "每月结账 Settled monthly".encode()
    add_customer_file(
        customer_id=first.pk, name="合同 contract.txt", content=content, content_type="text/plain", actor=actor, now=now
    )


def _bring_in_a_file(actor: Actor, now: datetime) -> None:
    """A file that was brought in, with a wrong row, and one that waits to be run."""
    sku = _stocked(1)[0].variant.sku
    rows = [
        ("W1", "2026-03-01 09:30", sku, "2", "3.5", "王芳", "杭州", "CN"),
        ("W2", "2026-03-02 10:00", "NO-SUCH", "1", "4", "Ann", "London", "GB"),
    ]
    options = {"channel": DESK, "time_zone": "Asia/Shanghai"}
    save_mapping(name="网店 Web shop", columns={}, options=options, actor=actor)
    with tempfile.TemporaryDirectory(prefix="orderwell-whole-") as folder:
        path = Path(folder) / "orders.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *rows])
        for name in ("orders-march.csv", "orders-april.csv"):
            with path.open("a", encoding="utf-8") as file:  # another file, not the same one again
                file.write(f"{name},2026-04-01 09:30,{sku},1,3.5,,,\n")
            batch = create_batch(
                path=path,
                file_name=name,
                preset="order-lines",
                mode="history",
                mapping={"options": options},
                actor=actor,
                now=now,
            )
            if name == "orders-march.csv":
                run_batch(batch_id=batch.pk, actor=actor)


def _work_on_lists(actor: Actor, now: datetime) -> None:
    """An export, a large print, and something done to many rows at once, sent as the forms of the lists send it."""
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(username=ADMINISTRATOR))
    some = list(Order.objects.filter(state="placed").order_by("-id").values_list("pk", flat=True)[:2])
    past = Order.objects.filter(history=True).order_by("id").values_list("pk", flat=True)[0]
    rows = urlencode([("id", pk) for pk in (*some, past)])
    for path, sent in (
        (f"/lists/orders/act/priority/?{rows}", {"token": "whole-run", "priority": "20"}),
        ("/lists/orders/export/", {"token": "whole-export", "format": "csv"}),
    ):
        answer = client.post(path, sent)
        if answer.status_code not in {200, 302}:
            raise RuntimeError(f"{path} was answered {answer.status_code}: {answer.content.decode()[-2000:]}")
    run = ask_to_print(
        kind="pick-list",
        ids=some,
        language="",
        title="拣货单 Pick lists",
        result="/print/runs/{id}/",
        actor=actor,
        now=now,
    )
    make_print(run_id=run.pk, actor=actor)
    with progress(actor, "盘点导出 Export of a count", 10) as steps:
        steps.step(10)


if __name__ == "__main__":
    fill(orders=int(sys.argv[1]), now=utc_now())
