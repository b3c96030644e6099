"""Seeing one's order by its number and the phone number given with it.

Whether there is no such order or another phone number, the answer is the same and takes the same work. Attempts are
counted by address and by order number, whether it exists or not, so that neither can be guessed.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Lower, Replace

from orderwell.domains.cases.access import OrderAccess, customer_actor
from orderwell.domains.cases.errors import LinkInvalid, LookupAmbiguous, LookupFailed, LookupThrottled
from orderwell.domains.cases.models import LookupFailure
from orderwell.domains.customers.models import Contact
from orderwell.domains.orders.models import Order
from orderwell.platform.configuration import services as configuration
from orderwell.platform.crypto import blind_index, phone_index
from orderwell.platform.database import atomic

WINDOW = timedelta(hours=1)
# A customer mistypes; one address that tries many orders, or one order tried from everywhere, is guessing.
MOST_BY_BOTH = 5
MOST_BY_ADDRESS = 20
MOST_BY_SUBJECT = 15
_CANDIDATES = 10
# Orders of one phone number whose external numbers are compared however they are written.
_OF_ONE_PHONE = 500
_NOTHING = bytes(16)


def look_up(*, number: str, phone: str, address: str, now: datetime) -> OrderAccess:
    """The order with this number, or the shop's own number for it, and this phone number. Case and blanks don't count.

    Raises LookupFailed, LookupThrottled; LookupAmbiguous where the shop's number is that of several orders.
    """
    number = number.replace("\0", "").strip()[:120]
    bare = "".join(number.split()).lower()
    subject = blind_index("order-lookup", bare)
    attempt = _claim(subject, address, now)
    wanted = phone_index(phone[:60]) or _NOTHING
    own = {number, number.upper(), bare.upper()}
    rows = Order.objects.filter(Q(number__in=own) | Q(external_id=number), placed_at__isnull=False).order_by("-pk")
    orders: list[Order | None] = [*rows[:_CANDIDATES]]
    matching = [order for order in orders or [None] if _belongs(order, wanted) and order is not None]
    alike = _written_otherwise(bare, wanted)
    found = [order for order in matching if order.number in own] or matching or alike
    if not found or not configuration.get("public.lookup"):
        raise LookupFailed
    with atomic():
        # What this person mistyped before is forgiven; what others tried on this order is not.
        LookupFailure.objects.filter(Q(pk=attempt.pk) | Q(subject=subject, address=address)).delete()
    if len(found) > 1:
        raise LookupAmbiguous
    actor = customer_actor(found[0].customer_id, found[0].customer_name, address)
    return OrderAccess(found[0].pk, f"phone:{wanted.hex()}", actor)


def _written_otherwise(bare: str, wanted: bytes) -> list[Order]:
    """Orders of this phone number whose external number is `bare` but for case and blanks.

    Begins with the phone number, which has an index; in no order, or a database might walk all orders by time. The
    database compares: one whose orders are known takes no more queries than any other.
    """
    people = Contact.objects.filter(phone_index=wanted).values("customer_id")[:_CANDIDATES]
    sold = Order.objects.filter(customer_id__in=people).values("pk")
    found: dict[int, Order] = {}
    parts: tuple[QuerySet[Order, Any], ...] = (Order.objects.filter(phone_index=wanted).values("pk"), sold)
    for part in parts:
        rows = Order.objects.filter(pk__in=part[:_OF_ONE_PHONE], placed_at__isnull=False)
        written = rows.alias(bare=Lower(Replace(F("external_id"), Value(" "), Value("")))).filter(bare=bare)
        found |= {order.pk: order for order in written[:_CANDIDATES]}
    return list(found.values())


def access_by_phone(*, order_id: int, index: str, address: str) -> OrderAccess:
    """The same order again, as long as the phone number still belongs to it. Raises LinkInvalid."""
    try:
        wanted = bytes.fromhex(index)
    except ValueError:
        raise LinkInvalid from None
    order = Order.objects.filter(pk=order_id, placed_at__isnull=False).first()
    if not _belongs(order, wanted or _NOTHING) or order is None:
        raise LinkInvalid
    return OrderAccess(order.pk, f"phone:{index}", customer_actor(order.customer_id, order.customer_name, address))


def forget_old_failures(*, now: datetime) -> int:
    """Delete failures that no longer stop anybody; the number deleted."""
    return LookupFailure.objects.filter(failed_at__lt=now - WINDOW).delete()[0]


def _claim(subject: bytes, address: str, now: datetime) -> LookupFailure:
    """Every attempt counts as failed until it succeeds, so that many at once get no more tries than one after the other."""
    attempt = LookupFailure.objects.create(subject=subject, address=address, failed_at=now)
    same_subject, same_address = Q(subject=subject), Q(address=address)
    counts = (
        LookupFailure.objects.filter(same_subject | same_address, failed_at__gt=now - WINDOW)
        .exclude(pk=attempt.pk)
        .aggregate(
            both=Count("pk", filter=same_subject & same_address),
            subject=Count("pk", filter=same_subject),
            address=Count("pk", filter=same_address),
        )
    )
    limits = {"both": MOST_BY_BOTH, "subject": MOST_BY_SUBJECT, "address": MOST_BY_ADDRESS}
    if any(counts[name] >= most for name, most in limits.items()):
        # Attempts while locked out don't prolong it, or anybody could lock others out for good.
        attempt.delete()
        raise LookupThrottled(minutes=int(WINDOW.total_seconds() // 60))
    return attempt


def _belongs(order: Order | None, wanted: bytes) -> bool:
    """Whether the number is that of the delivery or of the customer's contacts. Asks the database whatever `order` is."""
    customer_id = order.customer_id if order is not None and order.customer_id is not None else 0
    known = list(Contact.objects.filter(customer_id=customer_id).values_list("phone_index", flat=True)[:50])
    own = order.phone_index if order is not None else None
    matches = [hmac.compare_digest(bytes(index or _NOTHING), wanted) for index in (own, *known)]
    return any(matches) and wanted != _NOTHING and order is not None
