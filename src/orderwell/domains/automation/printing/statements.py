"""Account statements on paper: handed out once, so the file is stored and stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_noop as _

from orderwell.domains.automation.printing.parts import billing_addresses, place_of_country
from orderwell.domains.billing.errors import StatementOutdated, StatementPartial
from orderwell.domains.billing.models import Statement
from orderwell.domains.billing.statement import AccountStatement, StatementLine, account_statement, statements_of
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import day_text, money_text
from orderwell.platform.permissions import Permission
from orderwell.platform.printing.contents import Block, Content, Say, Sum
from orderwell.platform.printing.kinds import Column, DocumentKind, declare_kind
from orderwell.platform.printing.models import IssuedDocument

KINDS = {
    "invoice": _("Invoice"),
    "credit_note": _("Credit note"),
    "payment": _("Payment"),
    "refund": _("Refund"),
    "payment_undo": _("Payment undone"),
    "refund_undo": _("Refund undone"),
}
AGES = {
    "not_due": _("Not due yet"),
    "to_30": _("1 to 30 days overdue"),
    "to_60": _("31 to 60 days overdue"),
    "to_90": _("61 to 90 days overdue"),
    "over_90": _("More than 90 days overdue"),
}


def statements(ids: Sequence[int], actor: Actor, say: Say) -> list[Content]:
    rows = {row.pk: row for row in statements_of(actor, ids)}
    for pk in ids:
        if pk not in rows:
            raise NotFound(kind="statement", reference=str(pk))
    return [_content(rows[pk], actor, say) for pk in ids]


def _content(row: Statement, actor: Actor, say: Say) -> Content:
    found = account_statement(
        actor,
        row.customer_id,
        currency=row.currency,
        first=row.first_day,
        last=row.last_day,
        zone=ZoneInfo(settings.TIME_ZONE),
    )
    if found.partial:  # made by somebody who sees all of it; printed like this it would say something else
        raise StatementPartial(customer=found.customer.name)
    subject = f"statement:{row.pk}"
    # What was handed out stays; documents entered later for the same period make another statement.
    if not _as_kept(row, found) and not IssuedDocument.objects.filter(subject=subject).exists():
        raise StatementOutdated(number=row.number)
    customer = found.customer
    return Content(
        title=say(_("Account statement")),
        number=row.number,
        subject=subject,
        language=customer.language,
        recipient=Block(say(_("Customer")), _address(found, actor, say)),
        facts=[
            (say(_("Customer number")), customer.number),
            (say(_("From")), row.first_day.isoformat()),
            (say(_("To")), row.last_day.isoformat()),
            (say(_("Currency")), row.currency),
        ],
        rows=[
            {
                "date": row.first_day.isoformat(),
                "document": say(_("Opening balance")),
                "balance": _money(found, found.opening),
            },
            *(_line(found, line, say) for line in found.lines),
        ],
        sums=[
            Sum(say(_("Opening balance")), _money(found, found.opening)),
            Sum(say(_("Charged")), _money(found, found.charged)),
            Sum(say(_("Paid and credited")), _money(found, found.settled)),
            Sum(say(_("Closing balance")), _money(found, found.closing), strong=True),
            *(
                Sum(say(title), _money(found, found.ageing.by_age[age]))
                for age, title in AGES.items()
                if found.closing > 0
            ),
        ],
        extra={"stream": f"customer:{row.customer_id}"},
    )


def _as_kept(row: Statement, found: AccountStatement) -> bool:
    return (row.opening, row.closing, row.documents) == (found.opening, found.closing, len(found.lines))


def _address(found: AccountStatement, actor: Actor, say: Say) -> list[str]:
    address = billing_addresses([found.customer.pk]).get(found.customer.pk)
    if address is None or not actor.may(Permission.CUSTOMERS_PERSONAL_DATA_VIEW):
        return [found.customer.name]
    place = " ".join(part for part in (address.region, address.city, address.district) if part)
    code = place_of_country(say, address.postcode, address.country)
    return [found.customer.name, address.street, place, code, found.customer.tax_number]


def _line(found: AccountStatement, line: StatementLine, say: Say) -> dict[str, str | tuple[str, str]]:
    below = line.order_number
    if line.invoice:
        below += f" · {say(_('for invoice {number}')).format(number=line.invoice)}"
    return {
        "date": day_text(line.occurred_at),
        "document": (f"{say(KINDS[line.kind])} {line.number}".strip(), below),
        "due": day_text(line.due_at) if line.due_at else "",
        "charge": _money(found, line.amount) if line.amount > 0 else "",
        "credit": _money(found, -line.amount) if line.amount < 0 else "",
        "balance": _money(found, line.balance),
    }


def _money(found: AccountStatement, amount: Decimal) -> str:
    return money_text(amount, found.currency)


def _line_count(ids: Sequence[int]) -> int:
    return sum(Statement.objects.filter(pk__in=ids).values_list("documents", flat=True))


declare_kind(
    DocumentKind(
        code="statement",
        title=_("Account statement"),
        source="statement",
        permission=Permission.BILLING_INVOICE_VIEW,
        columns={
            "date": Column(_("Date")),
            "document": Column(_("Document"), "wide"),
            "due": Column(_("Due")),
            "charge": Column(_("Charged"), "number"),
            "credit": Column(_("Paid or credited"), "number"),
            "balance": Column(_("Balance"), "number"),
        },
        load=statements,
        lines=_line_count,
        issued=True,
        only_issued=True,
    )
)
