"""Bulk placement, run as its own process in the environment of the installation: 500 orders a call, durable.

python -m orderwell.testing.benchmarks.bulk --channel shop --seconds 5
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import time
from collections.abc import Sequence
from decimal import Decimal
from random import Random

PER_CALL = 500


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m orderwell.testing.benchmarks.bulk")
    parser.add_argument("--channel", required=True)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderwell.settings")
    import django

    django.setup()
    from orderwell.platform.memory import rest_the_collector

    rest_the_collector()  # as the web processes do, which take these calls in an installation
    orders, seconds = measure(options.channel, options.seconds)
    json.dump({"rate": orders / seconds, "orders": orders, "seconds": seconds}, sys.stdout)
    return 0


def measure(channel: str, seconds: float) -> tuple[int, float]:
    """Orders placed and seconds spent in `place_orders`; making up the drafts is the caller's work, not counted."""
    from orderwell.domains.catalog.models import Variant
    from orderwell.domains.customers.models import Customer
    from orderwell.domains.orders.drafts import LineDraft, OrderDraft
    from orderwell.domains.orders.services.place import place_orders
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.actor import system_actor

    skus = list(Variant.objects.values_list("sku", flat=True))
    customers = list(Customer.objects.values_list("number", flat=True))
    random, prefix, actor = Random(11), secrets.token_hex(6), system_actor(label="bench")
    orders, spent, warm = 0, 0.0, False
    while spent < seconds:
        drafts = [
            OrderDraft(
                channel=channel,
                external_id=f"{prefix}-{orders}-{number}",
                customer=random.choice(customers),
                lines=tuple(LineDraft(sku, Decimal(1)) for sku in random.sample(skus, 3)),
            )
            for number in range(PER_CALL)
        ]
        start = time.perf_counter()
        outcomes = place_orders(drafts, actor=actor, now=utc_now())
        took = time.perf_counter() - start
        refused = [outcome for outcome in outcomes if outcome.verdict != "placed"]
        if refused:
            raise SystemExit(f"not every order was placed: {refused[0]}")
        orders += len(outcomes)
        if warm:
            spent += took
        else:  # the first call of a process also imports and compiles
            orders, warm = 0, True
            prefix = secrets.token_hex(6)
    return orders, spent


if __name__ == "__main__":
    sys.exit(main())
