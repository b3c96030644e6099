"""What the program did by itself is said in the reader's language; people keep their names."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.events.models import Event


def test_the_program_is_named_in_the_language_of_the_reader(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order = place(CUP=1)
    by_itself = system_actor(label="backorders")
    Event.objects.create(
        name="orders.order.noted",
        stream=f"order:{order}",
        subject=f"order:{order}",
        occurred_at=utc_now(),
        actor_kind=by_itself.kind,
        actor_label=by_itself.label,
        source=by_itself.source,
    )
    person = Event.objects.exclude(actor_kind="system").filter(stream=f"order:{order}")[0].actor_label
    client = browse("administrator", language="zh-CN")
    for page in ("/system/events/", f"/orders/{Order.objects.get().pk}/?told=all"):
        text = client.get(page).content.decode()
        assert "系统" in text and "backorders" not in text and person in text, page
    english = client.get(f"/orders/{order}/", headers={"accept-language": "en"})
    assert "System · Job" in english.content.decode()
