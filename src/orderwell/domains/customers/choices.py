"""What a screen offers to choose from."""

from __future__ import annotations

from orderwell.domains.customers.models import CustomerGroup


def every_group() -> list[CustomerGroup]:
    return list(CustomerGroup.objects.order_by("code"))
