"""The filters of the order list, from and to the address of the page."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import OrderFilters
from orderwell.kernel.clock import day_bounds
from orderwell.web.components.words import choices
from orderwell.web.lists.spec import day_of

F, S, Pay = Order.FulfilmentState, Order.State, Order.PaymentState

# Words that stand for several states at once, as people think of them.
STATE_GROUPS = {"sold": (S.PLACED.value, S.COMPLETED.value)}
FULFILMENT_GROUPS = {
    "waiting": (F.BACKORDERED.value, F.RESERVED.value, F.PARTIAL.value),
    "filled": (F.SHIPPED.value, F.DELIVERED.value, F.RETURNED.value),
}
PAYMENT_GROUPS = {"open": (Pay.UNPAID.value, Pay.PARTIAL.value)}

STATE_CHOICES = [("sold", _("Placed or completed")), *choices("order")]
FULFILMENT_CHOICES = [("waiting", _("Not all shipped")), ("filled", _("Shipped in full")), *choices("fulfilment")]
PAYMENT_CHOICES = [("open", _("To be paid")), *choices("payment")]


def filters_from(params: Mapping[str, str]) -> OrderFilters:
    """Unknown values mean no filter: an address typed wrong shows more rows, never an error."""
    zone = ZoneInfo(settings.TIME_ZONE)
    customer = params.get("customer", "")
    first, last = day_of(params.get("from", "")), day_of(params.get("to", ""))
    currency = params.get("currency", "")
    return OrderFilters(
        state=_state(params.get("state", ""), STATE_GROUPS, S.values),
        fulfilment_state=_state(params.get("fulfilment", ""), FULFILMENT_GROUPS, F.values),
        payment_state=_state(params.get("payment", ""), PAYMENT_GROUPS, Pay.values),
        channel=params.get("channel", "")[:60],
        currency=currency if len(currency) == 3 and currency.isalpha() else "",
        warehouse=params.get("warehouse", "")[:40],
        customer_id=int(customer) if customer.isascii() and customer.isdecimal() and len(customer) < 19 else None,
        on_hold=True if params.get("hold") else None,
        late=True if params.get("late") else None,
        to_invoice=bool(params.get("to_invoice")),
        since=day_bounds(first, zone)[0] if first else None,
        until=day_bounds(last, zone)[1] if last else None,
        team=params.get("team", ""),
        tag=params.get("tag", ""),
        text=params.get("q", "")[:120],
    )


def _state(value: str, groups: Mapping[str, tuple[str, ...]], known: list[str]) -> str | tuple[str, ...]:
    return groups.get(value) or (value if value in known else "")
