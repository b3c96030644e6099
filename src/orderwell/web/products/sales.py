"""What a product sells and who buys it: a part of its page, fetched when the page already stands."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.analytics.products import POINTS, Point, ProductSales, Sold, Step, buyers, product_sales
from orderwell.domains.catalog.queries import ProductDetail, product_detail
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components import charts
from orderwell.web.home.tiles import Change, percent_of, way
from orderwell.web.home.views import zone
from orderwell.web.orders.line_spec import lines_query
from orderwell.web.pages import page
from orderwell.web.templatetags.orderwell import money_text, quantity


@page(Permission.REPORTS_DASHBOARD_VIEW)
def sales(request: HttpRequest, actor: Actor, product_id: int) -> HttpResponse:
    """With `csv` in the address the same figures as a file."""
    detail = product_detail(actor, product_id)
    step = cast(Step, request.GET.get("by") if request.GET.get("by") in POINTS else "month")
    variants = [variant.pk for variant in detail.variants]
    asked = request.GET.get("currency", "")[:3]
    found = product_sales(actor=actor, variant_ids=variants, step=step, currency=asked, zone=zone(), now=utc_now())
    if found is None:
        return render(request, "products/sales.html", {"product": detail.product, "sold": None})
    if request.GET.get("csv"):
        return _file(detail, found)
    top = buyers(actor=actor, variant_ids=variants, period=found.period, currency=found.currency, zone=zone())
    here = reverse("product-sales", args=[product_id])
    context = {
        "product": detail.product,
        "sold": found,
        "step": step,
        "steps": [("month", _("Months")), ("week", _("Weeks"))],
        "here": here,
        "csv": f"{here}?by={step}&currency={found.currency}&csv=1",
        "figures": _figures(product_id, found),
        "units_chart": _chart(product_id, found, "units", _("Units")),
        "revenue_chart": _chart(product_id, found, "revenue", _("Revenue")),
        "buyers": [{**row, "url": _lines(product_id, found, customer=row["order__customer_id"])} for row in top],
        "all_lines": _lines(product_id, found),
    }
    return render(request, "products/sales.html", context)


def _lines(product_id: int, found: ProductSales, point: Point | None = None, **more: Any) -> str:
    """The lines behind a figure."""
    period = point.period if point else found.period
    days = {"from": period.first.isoformat(), "to": period.last.isoformat()}
    return lines_query(product=product_id, currency=found.currency, sold="1", **days, **more)


def _figures(product_id: int, found: ProductSales) -> list[dict[str, Any]]:
    now, before = found.total, found.before
    units = Change(
        way(now.units - before.units), quantity(abs(now.units - before.units)), percent_of(now.units, before.units)
    )
    revenue = Change(
        way(now.revenue - before.revenue),
        money_text(abs(now.revenue - before.revenue), found.currency),
        percent_of(now.revenue, before.revenue),
    )
    url = _lines(product_id, found)
    return [
        {"name": _("Units"), "value": quantity(now.units), "change": units if before.units else None, "url": url},
        {
            "name": _("Revenue"),
            "value": money_text(now.revenue, found.currency),
            "change": revenue if before.revenue else None,
            "url": url,
        },
    ]


def _chart(product_id: int, found: ProductSales, measure: str, title: str) -> dict[str, Any]:
    is_money = measure == "revenue"
    text = charts.money_in(found.currency) if is_money else quantity
    unit = found.currency if is_money else _("Units")

    def values(of: str) -> list[Any]:
        return [getattr(getattr(point, of), measure) for point in found.points]

    by_month = len(found.points) == POINTS["month"]
    labels = [point.period.first.strftime("%Y-%m" if by_month else "%m-%d") for point in found.points]
    drawn = [charts.Series("bar", title, values("sold"), unit, text)]
    if any(values("before")):
        drawn.append(charts.Series("bar", _("A year before"), values("before"), unit, text, quiet=True))
    links = [_lines(product_id, found, point) for point in found.points]
    return charts.series(_("Month") if by_month else _("Week from"), labels, drawn, links=links)


def _file(detail: ProductDetail, found: ProductSales) -> HttpResponse:
    def row(point: Point) -> list[Any]:
        figures: list[Sold] = [point.sold, point.before]
        return [point.period.first, point.period.last, *(n for one in figures for n in (one.units, one.revenue))]

    heads = [
        (_("From"), "day"),
        (_("To"), "day"),
        (_("Units"), "number"),
        (_("Revenue"), "number"),
        (_("Units a year before"), "number"),
        (_("Revenue a year before"), "number"),
        (_("Currency"), "text"),
    ]
    rows = [[*row(point), found.currency] for point in found.points]
    return charts.csv_answer(f"sales-{detail.product.pk}", heads, rows)
