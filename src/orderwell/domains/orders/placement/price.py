"""Step 3: the money of every line and of the order. Pure."""

from __future__ import annotations

from orderwell.domains.orders import errors
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.placement.plan import ZERO, Plan
from orderwell.domains.orders.pricing import add_up, goods_value, spread_order_discount, with_tax
from orderwell.kernel.money import MAX_AMOUNT, round_amount

GOODS = OrderLine.Kind.GOODS


def price(plan: Plan) -> None:
    currency = plan.currency
    include_tax = plan.channel.prices_include_tax if plan.channel else True
    goods = [line for line in plan.lines if line.kind is GOODS]
    values = [goods_value(line.quantity, line.unit_price, currency) for line in goods]
    for index, (line, value) in enumerate(zip(goods, values, strict=True)):
        if value > MAX_AMOUNT:
            plan.refuse(
                errors.AmountOutOfRange(pointer=f"/lines/{index}", value=str(value), low="0", high=str(MAX_AMOUNT))
            )
            return
        if line.line_discount > value:
            plan.refuse(
                errors.DiscountTooLarge(
                    pointer=f"/lines/{index}/discount", value=str(line.line_discount), limit=str(value)
                )
            )
            return
    bases = [value - line.line_discount for line, value in zip(goods, values, strict=True)]
    discount = plan.draft.discount
    if discount:
        if discount > (limit := sum(bases, ZERO)):
            plan.refuse(errors.DiscountTooLarge(pointer="/discount", value=str(discount), limit=str(limit)))
            return
        for line, share in zip(goods, spread_order_discount(discount, bases, currency), strict=True):
            line.order_discount_share = share
    for line, base in zip(goods, bases, strict=True):
        line.amounts = with_tax(
            base - line.order_discount_share, line.tax_rate, currency, prices_include_tax=include_tax
        )
    for line in plan.lines[len(goods) :]:
        line.amounts = with_tax(
            round_amount(line.unit_price, currency), line.tax_rate, currency, prices_include_tax=include_tax
        )
    total = add_up([line.amounts for line in plan.lines])
    if not plan.past and total.gross < 0:
        plan.refuse(errors.AmountOutOfRange(pointer="/charges", value=str(total.gross), low="0", high=str(MAX_AMOUNT)))
    plan.total = total
