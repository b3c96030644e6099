"""What must always hold of cases and ratings; `orderwell verify` recomputes it."""

from __future__ import annotations

from django.db.models import F, Sum

from orderwell.domains.cases.models import Case, Rating, RequestedUnits
from orderwell.domains.orders.models import OrderLine
from orderwell.platform.verify import Difference, LawResult, law


@law("cases.requested_units_were_shipped")
def requested_units_were_shipped() -> LawResult:
    """Requests for a return that nobody has settled never name more units of a line than were shipped."""
    waiting = (
        RequestedUnits.objects.filter(case__outcome="")
        .order_by()
        .values_list("order_line_id")
        .annotate(total=Sum("quantity"))
        .values_list("order_line_id", "total")
    )
    asked = dict(waiting)
    differences = [
        Difference(f"order {line.order.number} line {line.position}", line.quantity_shipped, asked[line.pk])
        for line in OrderLine.objects.filter(pk__in=list(asked))
        .select_related("order")
        .defer("order__ship_to")
        .order_by("pk")
        if asked[line.pk] > line.quantity_shipped
    ]
    return LawResult(len(asked), differences)


@law("cases.requested_lines_are_of_the_order")
def requested_lines_are_of_the_order() -> LawResult:
    """A request for a return names lines of its own order only, and every request names some."""
    strange = RequestedUnits.objects.exclude(order_line__order_id=F("case__order_id")).select_related("case")
    empty = Case.objects.filter(kind=Case.Kind.RETURN_REQUEST, requested=None)
    differences = [Difference(f"case {row.case.number}", "a line of its order", row.order_line_id) for row in strange]
    differences += [Difference(f"case {case.number}", "requested units", "none") for case in empty.order_by("pk")]
    return LawResult(Case.objects.filter(kind=Case.Kind.RETURN_REQUEST).count(), differences)


@law("cases.ratings_belong_to_the_customer_of_the_order")
def ratings_belong_to_the_customer_of_the_order() -> LawResult:
    """A rating counts for the customer who placed the order it is about."""
    wrong = Rating.objects.select_related("order").defer("comment", "order__ship_to").order_by("pk")
    differences = [
        Difference(f"rating of order {row.order.number}", row.order.customer_id, row.customer_id)
        for row in wrong.iterator(1000)
        if row.customer_id != row.order.customer_id
    ]
    return LawResult(Rating.objects.count(), differences)
