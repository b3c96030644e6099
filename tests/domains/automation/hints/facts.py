"""Facts as a rule gets them, with what a test is about named alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from orderwell.domains.automation.hints.facts.values import (
    AddressFacts,
    CustomerBrief,
    CustomerFacts,
    LineFacts,
    OrderFacts,
    Past,
    VariantFacts,
)
from orderwell.domains.automation.hints.hint import Hint
from orderwell.domains.automation.hints.registry import Rule

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
D = Decimal


def line(sku: str = "CUP", quantity: object = 1, price: str = "10", **more: Any) -> LineFacts:
    amount = D(str(quantity))
    values: dict[str, Any] = {"key": 1, "name": sku, "variant_id": 1, "product_id": 1, "open": amount}
    return LineFacts(sku=sku, quantity=amount, unit_price=D(price), **{**values, **more})


def order(*lines: LineFacts, **more: Any) -> OrderFacts:
    values: dict[str, Any] = {
        "subject": "order:1",
        "kind": "placed",
        "now": NOW,
        "channel_id": 1,
        "warehouse_codes": (),
        "currency": "CNY",
        "order_id": 1,
        "customer": CustomerBrief(1, "C1", "王小明"),
        "lines": list(lines) or [line()],
    }
    return OrderFacts(**{**values, **more})


def customer(**more: Any) -> CustomerFacts:
    values: dict[str, Any] = {
        "subject": "customer:1",
        "id": 1,
        "number": "C1",
        "name": "王小明",
        "now": NOW,
        "phones": (),
        "has_phone": True,
        "hidden": False,
        "addresses": (),
    }
    return CustomerFacts(**{**values, **more})


def goods(**more: Any) -> VariantFacts:
    values: dict[str, Any] = {"subject": "variant:1", "id": 1, "product_id": 1, "sku": "CUP", "name": "Cup", "now": NOW}
    return VariantFacts(**{**values, **more})


def address(**more: str | bool) -> AddressFacts:
    """A right one in Shanghai."""
    values: dict[str, Any] = {
        "recipient": "王小明",
        "phone": "13812345678",
        "street": "人民路1号",
        "district": "黄浦区",
        "city": "上海市",
        "region": "上海市",
        "postcode": "200001",
        "country": "CN",
    }
    return AddressFacts(**{**values, **more})


def past(*quantities: object, price: str = "10", first: int = 0, same_order: bool = False) -> tuple[Past, ...]:
    """Earlier lines, the newest first; each of an order of its own, or all of the same."""
    return tuple(
        Past(D(str(quantity)), D(price), f"SO{first if same_order else number}", NOW - timedelta(days=number + 1))
        for number, quantity in enumerate(quantities, first)
    )


def said(rule: Rule, facts: Any, **limits: Any) -> list[Hint]:
    """What the rule says of the facts, with its default thresholds but for those named."""
    defaults = {threshold.name: threshold.default for threshold in rule.thresholds}
    kind = facts.subject.partition(":")[0]
    return list(rule.looks[kind](facts, {**defaults, **limits}))


def remedies(hint: Hint) -> list[str]:
    return [remedy.name for remedy in hint.remedies]
