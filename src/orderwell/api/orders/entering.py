"""What helps while an order is typed: what it would cost, what it may repeat, what the customer bought and owes."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from pydantic import Field

from orderwell.api.asked import skus_asked
from orderwell.api.bodies import ApiRequest, Draft
from orderwell.api.orders.drafts import OrderDraft
from orderwell.api.orders.routes import routes
from orderwell.api.problems import show_errors
from orderwell.api.shapes import Amount, ErrorShape, Exact, Id, InCurrency, Moment, Shape
from orderwell.domains.billing.credit_state import credit_state
from orderwell.domains.orders.duplicates import similar_orders
from orderwell.domains.orders.habits import favourites, last_sales
from orderwell.domains.orders.price_reasons import said
from orderwell.domains.orders.services.preview import preview_order
from orderwell.kernel.clock import utc_now
from orderwell.platform.permissions import Permission

BODY = Draft(OrderDraft)


class FreeShape(Shape):
    warehouse: str
    quantity: Exact


class BreakShape(Shape):
    minimum: Exact
    unit_price: Amount


class PreviewLineShape(Shape):
    index: int | None = Field(description="The place of the line in the draft; null for shipping and charges")
    kind: str
    sku: str
    name: str
    quantity: Exact
    unit_price: Amount
    net_amount: Amount
    tax_amount: Amount
    gross_amount: Amount
    missing: Exact = Field(description="What stock does not cover now")
    promised_at: Moment | None = Field(
        description="When all of the line can leave, where it cannot now and it is known"
    )
    free: list[FreeShape]
    explanation: dict[str, Any]
    price_reason: str = Field(description="Why the line has its price, in the language asked for; empty for charges")
    next_break: BreakShape | None = Field(description="The next larger quantity at which it gets cheaper")


class PreviewShape(InCurrency):
    currency: str
    net_amount: Amount
    tax_amount: Amount
    total_amount: Amount
    lines: list[PreviewLineShape] = Field(description="Those that are right; the others are in `errors`")
    errors: list[ErrorShape]


class SimilarShape(InCurrency):
    order_id: int
    number: str
    placed_at: Moment | None
    total_amount: Amount
    currency: str
    reasons: list[str] = Field(description="reference, goods, amount")


class SimilarOrders(Shape):
    orders: list[SimilarShape]


class FavouriteShape(Shape):
    sku: str
    name_zh: str
    name_en: str
    times: int = Field(description="Orders with it")
    quantity: Exact


class Favourites(Shape):
    products: list[FavouriteShape]


class LastSaleShape(InCurrency):
    sku: str
    order_id: int
    order_number: str
    placed_at: Moment | None
    quantity: Exact
    unit_price: Amount
    line_discount: Amount
    currency: str


class LastSales(Shape):
    sales: list[LastSaleShape]


class CreditShape(InCurrency):
    currency: str
    payment_terms_days: int
    limit: Amount | None = Field(description="Null: none was agreed. 0: pays in advance.")
    owed: Amount = Field(description="What is open of invoices, less what was paid ahead")
    overdue: Amount = Field(description="What is open of invoices past their date")
    ahead: Amount = Field(description="What was paid on orders beyond what is asked for them")
    not_invoiced: Amount
    left: Amount | None = Field(description="Null where there is no limit, or where `partial` leaves it unknown")
    partial: bool = Field(
        description="The account has orders or documents that this key may not see; the sums are those of its own rows"
    )


@routes.write("POST", "/orders/preview", permission=Permission.ORDERS_ORDER_PLACE, response=PreviewShape, body=BODY)
def preview_new_order(request: ApiRequest, response: HttpResponse) -> dict[str, Any]:
    """What an order would cost, where it would come from and when; nothing is written. Wrong lines don't hide the others."""
    found = preview_order(draft=request.draft, actor=request.actor, now=utc_now())
    return {
        "currency": found.currency,
        "net_amount": found.total.net,
        "tax_amount": found.total.tax,
        "total_amount": found.total.gross,
        "errors": show_errors(found.errors, at=""),
        "lines": [
            {
                "index": line.index,
                "kind": line.kind,
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
                "net_amount": line.amounts.net,
                "tax_amount": line.amounts.tax,
                "gross_amount": line.amounts.gross,
                "missing": line.missing,
                "promised_at": line.promised_at,
                "free": [{"warehouse": item.warehouse, "quantity": item.quantity} for item in line.free],
                "explanation": line.explanation,
                "price_reason": said(line.explanation, found.currency) if line.kind == "goods" else "",
                "next_break": line.further and {"minimum": line.further.minimum, "unit_price": line.further.price},
            }
            for line in found.lines
        ],
    }


@routes.write("POST", "/orders/similar", permission=Permission.ORDERS_ORDER_VIEW, response=SimilarOrders, body=BODY)
def find_similar_orders(request: ApiRequest, response: HttpResponse) -> dict[str, Any]:
    """Orders that this one may be a repetition of, with the reasons. Nothing is written, and nothing is refused for it."""
    return {"orders": similar_orders(request.actor, request.draft, now=utc_now())}


@routes.read("/customers/{customer_id}/favourites", permission=Permission.ORDERS_ORDER_VIEW, response=Favourites)
def list_favourites(
    request: ApiRequest, customer_id: Id, limit: Annotated[int, Field(ge=1, le=50)] = 12
) -> dict[str, Any]:
    """What the customer ordered most often in the newest orders."""
    return {"products": favourites(request.actor, customer_id, limit=limit)}


@routes.read("/customers/{customer_id}/last-sales", permission=Permission.ORDERS_ORDER_VIEW, response=LastSales)
def list_last_sales(
    request: ApiRequest,
    customer_id: Id,
    skus: Annotated[str, Field(max_length=4000, description="SKUs, separated by commas")],
) -> dict[str, Any]:
    """Price, quantity and date of the last sale of each product to the customer."""
    wanted = skus_asked(skus)
    return {"sales": list(last_sales(request.actor, customer_id, wanted).values())}


@routes.read("/customers/{customer_id}/credit", permission=Permission.BILLING_INVOICE_VIEW, response=CreditShape)
def get_credit_state(request: ApiRequest, customer_id: Id) -> dict[str, Any]:
    """Terms, limit, what is owed and what of it is late, in the customer's currency."""
    state = credit_state(request.actor, customer_id, now=utc_now(), own_rows=True)
    return {name: getattr(state, name) for name in CreditShape.model_fields}
