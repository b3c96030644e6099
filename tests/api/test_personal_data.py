"""Whatever is written, nobody's phone, e-mail or street lies in the database in clear.

Not meant is what people write into a free text where it doesn't belong, such as the note of an order.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from orderwell.platform.crypto.inventory import encrypted_columns
from orderwell.platform.idempotency.models import RequestKey
from orderwell.platform.jobs.tasks import run_next_task
from tests.api.callers import Caller
from tests.api.shop import Shop, draft

pytestmark = pytest.mark.django_db(transaction=True)
PHONE, EMAIL, STREET = "13777771234", "plum.blossom@example.org", "Peony Lane 77"
PLANTED = [text.encode() for text in (PHONE, EMAIL, STREET)]
ANY = {"If-Match": "*"}
ADDRESS = {"recipient": "Mei", "phone": PHONE, "email": EMAIL, "street": STREET, "city": "Suzhou"}


def where_in_clear() -> set[str]:
    """Columns of any table that hold a planted text."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    held = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    if any(text in held for text in PLANTED):
                        found.add(f"{table}.{name}")
    return found


def write_everything(owner: Caller) -> None:
    keys = iter(range(1000))

    def send(method: str, path: str, body: Any, *, expect: int | None = None, **headers: str) -> Any:
        named = {"Idempotency-Key": f"planted {next(keys)}", **headers}
        answer = owner(method, path, body, headers=named)
        assert answer.status_code == expect if expect else answer.status_code < 300, (path, answer.content)
        return answer.json() if answer.content else None

    home = {name: value for name, value in ADDRESS.items() if name != "email"}
    person = {
        "name": "Mei",
        "contacts": [{"name": "Mei", "phone": PHONE, "email": EMAIL, "is_primary": True}],
        "addresses": [home],
    }
    customer = send("POST", "/customers", person)
    send("POST", "/customers/bulk", {"customers": [{**person, "name": "Mei again"}]})
    send("POST", f"/customers/{customer['id']}/notes", {"body": f"{PHONE} {EMAIL} {STREET}"})
    send("PATCH", f"/customers/{customer['id']}", {"contacts": [{"name": "M", "phone": PHONE, "email": EMAIL}]}, **ANY)
    send("POST", "/customers", {**person, "addresses": [{**home, "country": "nowhere"}]}, expect=422)
    send("POST", "/customers", {**person, "colour": PHONE}, expect=422)

    order = send("POST", "/orders", draft(customer=customer["number"], ship_to=ADDRESS))
    send("POST", "/orders", draft(channel="nowhere", ship_to=ADDRESS), expect=422)
    send("POST", "/orders/bulk", {"orders": [draft(ship_to=ADDRESS), draft(channel="nowhere", ship_to=ADDRESS)]})
    send("POST", "/quotes", draft(ship_to=ADDRESS))
    send("PATCH", f"/orders/{order['id']}", {"ship_to": {**ADDRESS, "recipient": "M"}}, **ANY)
    send("POST", f"/orders/{order['id']}/changes", {"ship_to": ADDRESS}, **ANY)
    case = send("POST", "/cases", {"body": f"{PHONE} {EMAIL} {STREET}", "order_id": order["id"], "subject": "Late"})
    send("POST", f"/cases/{case['id']}/messages", {"body": f"{PHONE} {EMAIL} {STREET}"})
    send("POST", "/tasks", {"stream": f"order:{order['id']}", "text": f"Call {PHONE}, {EMAIL}, {STREET}"})
    send("POST", f"/orders/{order['id']}/cancel", {"reason": "changed their mind"})

    heads = "date,channel,order,sku,quantity,recipient,phone,email,street\r\n"
    lines = f"2026-03-01,web,F-1,CUP,1,Mei,{PHONE},{EMAIL},{STREET}\r\n2026-03-01,web,F-2,NONE,1,Mei,{PHONE},{EMAIL},{STREET}\r\n"
    file = SimpleUploadedFile("orders.csv", (heads + lines).encode(), "text/csv")
    made = owner.upload("/imports", {"file": file}, headers={"Idempotency-Key": "file"})
    assert made.status_code < 300, made.content
    send("POST", f"/imports/{made.json()['id']}/run", None)
    assert run_next_task("test")


def test_nothing_that_is_written_leaves_a_phone_an_e_mail_or_a_street_in_clear(shop: Shop, owner: Caller) -> None:
    write_everything(owner)
    assert where_in_clear() == set()
    sealed = [row.sealed for row in RequestKey.objects.all() if row.sealed]
    assert sum(PHONE in answer for answer in sealed) > 5, "what was planted is there, and sealed"
    assert "idempotency.request_key.sealed" in {field.aad for _, fields in encrypted_columns() for field in fields}
