"""The list of customers: columns, filters, bulk actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from orderwell.domains.billing.queries import balances_of
from orderwell.domains.customers.models import Customer
from orderwell.domains.customers.queries import (
    CustomerFilters,
    customer_groups,
    customers,
    primary_contacts,
    tag_names,
    visible_customers,
)
from orderwell.domains.customers.services import many
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.queries import people
from orderwell.platform.permissions import Permission
from orderwell.web.components.forms import offer
from orderwell.web.components.markup import markup, to
from orderwell.web.components.words import choices
from orderwell.web.lists.common import attribute, pick
from orderwell.web.lists.spec import Action, Choices, Column, Filter, ListSpec, Nothing, Tab, Values
from orderwell.web.orders.list_forms import BulkForm
from orderwell.web.orders.list_spec import tag_choices, team_choices
from orderwell.web.templatetags.orderwell import language_name, localname

P = Permission


class BulkTagForm(BulkForm):
    tag = forms.CharField(label=_("Tag"), max_length=60, widget=forms.TextInput(attrs={"list": "tags"}))


class BulkGroupForm(BulkForm):
    group = forms.ChoiceField(label=_("Group"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = customer_groups(self.actor)
        offer(self, "group", [("", gettext("None")), *((group.code, localname(group)) for group in found)])


class BulkOwnerForm(BulkForm):
    owner = forms.ChoiceField(label=_("In charge"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner", [("", gettext("Nobody")), *((user.username, str(user)) for user in people())])


def rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[Customer]]:
    if "pk" in values:
        return [visible_customers(actor).select_related("group")]
    wanted = pick(values, text="q", kind="kind", group="group", tag="tag", owner="owner", team="team")
    active = {"archived": False, "all": None}.get(values.get("active", ""), True)
    return [customers(actor, CustomerFilters(**wanted, active=active)).prefetch_related(None)]


def extras(actor: Actor, found: Sequence[Any], keys: Sequence[str]) -> None:
    """Tags, phone and e-mail of the main contact, what is owed: one query each, and only for columns that show them."""
    ids = [row.pk for row in found]
    if "tags" in keys:
        named = tag_names(ids)
        for row in found:
            row.tag_names = named.get(row.pk, [])
    if {"phone", "email", "contact"} & set(keys):
        contacts = primary_contacts(ids)
        for row in found:
            row.main_contact = contacts.get(row.pk)
    if "balance" in keys:
        owed = balances_of(actor, ids)
        for row in found:
            row.owed = owed.get((row.pk, row.currency))


def tag_badges(customer: Any) -> Any:
    badge = '<span class="badge badge-state look-quiet">{}</span>'
    return SafeString(" ".join([markup(badge, name) for name in customer.tag_names]))


def group_choices(actor: Actor) -> Choices:
    return [(group.code, localname(group)) for group in customer_groups(actor)]


def owner_choices(actor: Actor) -> Choices:
    return [(user.username, str(user)) for user in people()]


def link(customer: Customer) -> str:
    return to("customer-detail", customer.pk)


def name(customer: Customer) -> Any:
    return markup('<a class="fw-bold wrap" href="{}">{}</a>', link(customer), customer.name)


CUSTOMERS = ListSpec(
    name="customers",
    topics="customers",
    title=_("Customers"),
    permission=P.CUSTOMERS_CUSTOMER_VIEW,
    url_name="customer-list",
    columns=(
        Column("name", _("Name"), lambda c: c.name, show=name, sort="name", narrow="main"),
        Column("number", _("Number"), lambda c: c.number, sort="number", narrow="line"),
        Column("kind", _("Kind"), lambda c: c.kind, "word", "customer", narrow="line"),
        Column("group", _("Group"), lambda c: localname(c.group), narrow="line"),
        Column("tags", _("Tags"), lambda c: ", ".join(c.tag_names), show=tag_badges, narrow="line"),
        Column("owner", _("In charge"), lambda c: c.owner and str(c.owner), needs=("owner",)),
        Column("team", _("Team"), attribute("team.name"), needs=("team",)),
        Column("credit", _("Credit limit"), lambda c: c.credit_limit, "money", currency=lambda c: c.currency),
        Column(
            "balance",
            _("Balance"),
            attribute("owed"),
            "money",
            currency=lambda c: c.currency,
            permission=P.BILLING_INVOICE_VIEW,
        ),
        Column("terms", _("Payment terms (days)"), lambda c: c.payment_terms_days, "whole"),
        Column("contact", _("Contact"), attribute("main_contact.name"), permission=P.CUSTOMERS_PERSONAL_DATA_VIEW),
        Column("phone", _("Phone"), attribute("main_contact.phone"), permission=P.CUSTOMERS_PERSONAL_DATA_VIEW),
        Column("email", _("E-mail"), attribute("main_contact.email"), permission=P.CUSTOMERS_PERSONAL_DATA_VIEW),
        Column("external", _("External number"), lambda c: c.external_id),
        Column("tax_number", _("Tax number"), lambda c: c.tax_number),
        Column("currency", _("Currency"), lambda c: c.currency),
        Column("language", _("Language"), lambda c: language_name(c.language)),
        Column("note", _("Note"), lambda c: c.note),
        Column("active", _("Active"), lambda c: c.active, "yes_no"),
        Column("created", _("Created"), lambda c: c.created_at, "moment"),
        Column("updated", _("Changed"), lambda c: c.updated_at, "moment"),
    ),
    default=("name", "number", "kind", "group", "tags", "owner", "credit"),
    rows=rows,
    sorts={"name": ("name", "id"), "number": ("number",)},
    default_sort="name",
    steady=Customer,
    steady_filters=frozenset({"kind", "group", "tag", "owner", "team", "active"}),
    filters=(
        Filter("q", _("Search"), "text"),
        Filter("kind", _("Kind"), choices=lambda actor: choices("customer")),
        Filter("group", _("Group"), choices=group_choices),
        Filter("tag", _("Tag"), choices=tag_choices),
        Filter("owner", _("In charge"), choices=owner_choices),
        Filter("team", _("Team"), choices=team_choices),
        Filter(
            "active",
            _("Archived"),
            choices=lambda actor: [("archived", _("Archived")), ("all", _("Active and archived"))],
        ),
    ),
    tabs=(
        Tab("all", _("Active")),
        Tab("company", _("Companies"), {"kind": "company"}),
        Tab("person", _("People"), {"kind": "person"}),
        Tab("archived", _("Archived"), {"active": "archived"}),
    ),
    actions=(
        Action(
            "tag",
            pgettext_lazy("what to do", "Tag"),
            "tag",
            P.CUSTOMERS_CUSTOMER_CHANGE,
            many.tag_customers,
            BulkTagForm,
            many.restore_customers,
        ),
        Action(
            "untag",
            _("Untag"),
            "tags",
            P.CUSTOMERS_CUSTOMER_CHANGE,
            many.untag_customers,
            BulkTagForm,
            many.restore_customers,
        ),
        Action(
            "group",
            _("Set group"),
            "users-group",
            P.CUSTOMERS_CUSTOMER_CHANGE,
            many.group_customers,
            BulkGroupForm,
            many.restore_customers,
        ),
        Action(
            "owner",
            _("Set owner"),
            "user",
            P.CUSTOMERS_CUSTOMER_CHANGE,
            many.own_customers,
            BulkOwnerForm,
            many.restore_customers,
        ),
        Action(
            "archive",
            _("Archive"),
            "archive",
            P.CUSTOMERS_CUSTOMER_CHANGE,
            many.archive_customers,
            None,
            many.restore_customers,
            hint=_("Archived customers are not offered for new orders. Their orders stay."),
        ),
        Action(
            "activate",
            _("Make active"),
            "refresh",
            P.CUSTOMERS_CUSTOMER_CHANGE,
            many.activate_customers,
            None,
            many.restore_customers,
        ),
    ),
    link=link,
    row_class=lambda customer: "" if customer.active else "row-quiet",
    prepare=extras,
    custom="customer",
    search=_("Name, pinyin, number, phone, last four digits, e-mail"),
    buttons="lists/more/customers.html",
    nothing=Nothing(
        "users",
        _("No customers yet"),
        _("Enter the first one; they also come in with imported orders."),
        "customer-new",
        _("New customer"),
        P.CUSTOMERS_CUSTOMER_CHANGE,
    ),
)
