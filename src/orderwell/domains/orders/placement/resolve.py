"""Step 2: from names to rows. Channels, customers, products, prices: one query per kind for the whole batch."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from msgspec import UNSET, structs

from orderwell.domains.catalog.resolving import Reference, VariantRef, reference, variants_by_sku
from orderwell.domains.customers.resolving import customers_by_number, usual_addresses
from orderwell.domains.orders import errors
from orderwell.domains.orders.drafts import AddressDraft, LineDraft
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.placement.plan import ONE, Plan, PlannedLine, alive
from orderwell.domains.orders.placement.prices import Found, Pricing, buyer_of
from orderwell.domains.orders.sourcing import Demand
from orderwell.domains.orders.validation import problems
from orderwell.domains.prices.resolving import PriceBook, price_book, price_day
from orderwell.kernel.errors import ErrorDetail, choices
from orderwell.kernel.money import in_currency
from orderwell.kernel.quantities import has_scale, plain
from orderwell.platform.configuration.custom_fields import custom_problems, recent_custom_fields
from orderwell.platform.permissions import Permission
from orderwell.platform.unchanged import Unchanged

ZERO = Decimal(0)
# Shipping and charges without a tax category of their own are taxed like this one, if the installation has it.
CHARGE_TAX_CATEGORY = "shipping"
GOODS = OrderLine.Kind.GOODS


def resolve(plans: list[Plan], *, now: datetime, known: Unchanged | None = None, look_only: bool = False) -> None:
    """`now` says which prices hold: those of its day. `known` need not be read again. `look_only` where nothing will be
    written: customers are then not held against a merge."""
    given = reference()
    for plan in plans:
        _resolve_channel(plan, given)
    plans = alive(plans)
    _resolve_customers(plans, known, look_only)
    plans = alive(plans)
    _resolve_addresses(plans, known)
    variants = variants_by_sku({line.sku for plan in plans for line in plan.draft.lines}, known)
    prices = price_book(
        {
            (variants[line.sku].id, plan.currency)
            for plan in plans
            for line in plan.draft.lines
            if line.sku in variants and (line.unit_price is None or not plan.past)
        },
        {buyer_of(plan) for plan in plans if not plan.past},
        day=price_day(now),
        known=known,
    )
    definitions = recent_custom_fields("order")
    language: str = settings.LANGUAGE_CODE
    for plan in plans:
        _resolve_lines(plan, variants, prices, language)
        if plan.outcome is None and not plan.past:
            plan.check(custom_problems(definitions, plan.draft.custom, entity="order"))
        if plan.outcome is None:
            _add_charges(plan, given)


def _resolve_channel(plan: Plan, given: Reference) -> None:
    actor = plan.submission.actor
    channel = given.channels.get(plan.draft.channel)
    if channel is None or (actor.channel_ids is not None and channel.id not in actor.channel_ids):
        expected = given.codes_within(actor.channel_ids)
        plan.refuse(errors.UnknownChannel(pointer="/channel", value=plan.draft.channel, expected=expected))
        return
    plan.channel = channel
    plan.currency = plan.draft.currency or channel.currency
    found = problems(plan.draft, plan.currency)
    if found:
        plan.refuse(*_by_the_product(found))


def _by_the_product(found: list[ErrorDetail]) -> list[ErrorDetail]:
    """A quantity too fine for any product is told by the rule of its own, so that nobody is told of two rules in turn."""
    code = errors.QuantityTooPrecise.code
    variants = variants_by_sku({str(detail.data["sku"]) for detail in found if detail.code == code})
    return [
        errors.QuantityTooPrecise(
            pointer=detail.pointer, **{**detail.data, "places": variants[detail.data["sku"]].quantity_places}
        ).detail()
        if detail.code == code and detail.data["sku"] in variants
        else detail
        for detail in found
    ]


def _resolve_customers(plans: list[Plan], known: Unchanged | None, look_only: bool) -> None:
    numbers = {plan.draft.customer for plan in plans if plan.draft.customer is not None}
    customers = customers_by_number(numbers, known, look_only=look_only)
    for plan in plans:
        number = plan.draft.customer
        if number is None:
            continue
        customer = customers.get(number)
        teams = plan.submission.actor.team_ids
        if customer is None or (teams is not None and customer.team_id not in teams):
            plan.refuse(errors.UnknownCustomer(pointer="/customer", value=number))
        plan.customer = customer


def _resolve_addresses(plans: list[Plan], known: Unchanged | None) -> None:
    """Who says nothing of an address means the customer's usual one. It is copied: a later change leaves the order alone."""
    asking = [plan for plan in plans if plan.draft.ship_to is UNSET]
    found = usual_addresses({plan.customer.id for plan in asking if plan.customer}, known)
    for plan in asking:
        address = found.get(plan.customer.id) if plan.customer else None
        usual = AddressDraft(**address) if address else None
        plan.draft = structs.replace(plan.draft, ship_to=usual)


def _resolve_lines(plan: Plan, variants: dict[str, VariantRef], prices: PriceBook, default_language: str) -> None:
    found: list[ErrorDetail] = []
    chinese = (plan.customer.language if plan.customer else default_language).startswith("zh")
    currency, may_price, past = plan.currency, plan.may_price, plan.past
    pricing = Pricing(plan, prices)
    for index, line in enumerate(plan.draft.lines):
        variant = variants.get(line.sku)
        if variant is None:
            found.append(errors.UnknownSku(pointer=f"/lines/{index}/sku", value=line.sku).detail())
            continue
        if variant.quantity_places < 4 and not has_scale(line.quantity, variant.quantity_places):
            found.append(
                errors.QuantityTooPrecise(
                    pointer=f"/lines/{index}/quantity",
                    sku=line.sku,
                    places=variant.quantity_places,
                    value=str(line.quantity),
                ).detail()
            )
        priced = pricing.of(index, line, variant)
        listed = priced.price
        price = listed if line.unit_price is None else line.unit_price
        if price is None:
            found.append(errors.NoPrice(pointer=f"/lines/{index}/unit_price", sku=line.sku, currency=currency).detail())
            continue
        if not may_price and (price != listed or line.discount):
            found.append(_override_denied(plan, line.sku, listed, index))
            continue
        if variant.is_bundle and not variant.components:
            found.append(errors.BundleWithoutComponents(pointer=f"/lines/{index}/sku", sku=line.sku).detail())
            continue
        plan.lines.append(_goods_line(line, variant, price, priced, chinese=chinese, past=past))
    if not may_price and plan.draft.discount:
        actor, permission = plan.submission.actor.label, str(Permission.ORDERS_PRICE_OVERRIDE)
        found.append(errors.OrderDiscountDenied(pointer="/discount", actor=actor, permission=permission).detail())
    if found:
        plan.refuse(*found)


def _override_denied(plan: Plan, sku: str, listed: Decimal | None, index: int) -> ErrorDetail:
    return errors.PriceOverrideDenied(
        pointer=f"/lines/{index}/unit_price",
        actor=plan.submission.actor.label,
        sku=sku,
        price="-" if listed is None else f"{in_currency(plain(listed), plan.currency)} {plan.currency}",
        permission=str(Permission.ORDERS_PRICE_OVERRIDE),
    ).detail()


def _goods_line(
    line: LineDraft, variant: VariantRef, price: Decimal, priced: Found, *, chinese: bool, past: bool
) -> PlannedLine:
    if past:
        demands = []
    elif variant.is_bundle:
        demands = [Demand(component, line.quantity * per_unit) for component, per_unit in variant.components]
    else:
        demands = [Demand(variant.id, line.quantity)]
    return PlannedLine(
        kind=GOODS,
        sku=variant.sku,
        name=variant.name_zh if chinese else variant.name_en,
        quantity=line.quantity,
        unit_price=price,
        tax_rate=variant.tax_rate,
        variant=variant,
        line_discount=line.discount,
        demands=demands,
        explanation={"price": priced.reason, "tax": {"category": variant.tax_category}},
        offers=priced.offers,
        units=priced.units,
    )


def _add_charges(plan: Plan, given: Reference) -> None:
    """Shipping and other charges become lines of quantity one, so that the order is the sum of its lines."""
    draft = plan.draft
    if not draft.shipping and not draft.charges:
        return
    default_rate = given.tax_rates.get(CHARGE_TAX_CATEGORY, ZERO)
    if draft.shipping:
        plan.lines.append(
            PlannedLine(
                OrderLine.Kind.SHIPPING,
                "SHIPPING",
                "Shipping",
                ONE,
                draft.shipping,
                default_rate,
                explanation={"price": {"source": "given"}, "tax": {"category": CHARGE_TAX_CATEGORY}},
            )
        )
    for index, charge in enumerate(draft.charges):
        category = charge.tax_category or CHARGE_TAX_CATEGORY
        if charge.tax_category is not None and charge.tax_category not in given.tax_rates:
            plan.refuse(
                errors.UnknownTaxCategory(
                    pointer=f"/charges/{index}/tax_category",
                    value=charge.tax_category,
                    expected=choices(given.tax_rates),
                )
            )
            return
        plan.lines.append(
            PlannedLine(
                OrderLine.Kind.CHARGE,
                charge.code,
                charge.name or charge.code,
                ONE,
                charge.amount,
                given.tax_rates.get(category, ZERO),
                explanation={"price": {"source": "given"}, "tax": {"category": category}},
            )
        )
