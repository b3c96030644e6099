"""Which place of the manual belongs to which screen, and to which field.

A screen that is added gets a line here and its place in docs/guide, in both languages; tests/web/help/test_topics.py says
what is missing. `PARTS` are addresses that nobody looks at as a page: data for a part of one, or a change without a form.
"""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

START = "start#start-screen"

TOPICS: dict[str, str] = {
    # account
    "sign-in": "account#account-sign-in",
    "account": "account#account-page",
    "password": "account#account-password",
    # home
    "home": "start#start-home",
    "overview": "dashboard#dashboard-page",
    "search": "lists#lists-search",
    # lists, whichever they are
    "list-columns": "lists#lists-columns",
    "list-view-new": "lists#lists-views",
    "list-view": "lists#lists-views",
    "list-export-new": "lists#lists-export",
    "list-export": "lists#lists-export",
    "list-act": "lists#lists-bulk",
    "list-run": "lists#lists-bulk",
    # orders
    "order-list": "orders#order-list",
    "order-new": "entry#entry-new",
    "order-edit-quote": "entry#entry-quote",
    "order-detail": "orders#order-page",
    "order-confirm": "orders#order-confirm",
    "order-change": "orders#order-change",
    "order-cancel": "orders#order-cancel",
    "order-hold": "orders#order-hold",
    "order-release": "orders#order-release",
    "order-note": "orders#order-note",
    "order-attach": "orders#order-attach",
    "order-ship": "shipping#order-ship",
    "order-return": "shipping#order-return",
    "order-invoice": "billing#order-invoice",
    "order-payment": "billing#order-payment",
    "order-refund": "billing#order-refund",
    "order-undo": "orders#order-undo",
    # shipments
    "to-ship": "shipping#to-ship",
    "shipment-list": "shipping#shipment-list",
    "shipment-deliver": "shipping#shipment-deliver",
    "shipment-tracking": "shipping#shipment-tracking",
    # billing
    "return-list": "shipping#return-list",
    "return-detail": "shipping#return-list",
    "credit-note-list": "billing#credit-note-list",
    "invoice-list": "billing#invoice-list",
    "invoice-detail": "billing#invoice-page",
    "payment-list": "billing#payment-list",
    # customers, products
    "customer-list": "customers#customer-list",
    "customer-new": "customers#customer-form",
    "customer-change": "customers#customer-form",
    "customer-detail": "customers#customer-page",
    "product-list": "products#product-list",
    "product-detail": "products#product-page",
    # cases
    "case-list": "cases#case-list",
    "case-new": "cases#case-new",
    "case-detail": "cases#case-page",
    "case-change": "cases#case-page",
    "case-close": "cases#case-page",
    "case-return": "cases#case-return",
    "task-add": "cases#tasks",
    "for-me": "cases#for-me",
    "ask-colleagues": "cases#ask",
    "order-customer-link": "cases#customer-link",
    "rating-list": "cases#ratings",
    "rating-hide": "cases#ratings",
    # stock
    "stock-list": "stock#stock-list",
    "stock-item": "stock#stock-item",
    "movement-list": "stock#stock-movements",
    "stock-adjust": "stock#stock-adjust",
    "transfer-list": "transfers#transfer-list",
    "transfer-new": "transfers#transfer-new",
    "transfer-detail": "transfers#transfer-page",
    "transfer-dispatch": "transfers#transfer-dispatch",
    "transfer-receive": "transfers#transfer-receive",
    "transfer-cancel": "transfers#transfer-cancel",
    # imports
    "import-list": "import#import-list",
    "import-new": "import#import-new",
    "import-detail": "import#import-page",
    "import-mapping": "import#import-mapping",
    "import-undo": "import#import-undo",
    # administration
    "admin": "admin#admin-overview",
    "admin-users": "admin#admin-users",
    "admin-user-new": "admin#admin-users",
    "admin-user": "admin#admin-users",
    "admin-user-password": "admin#admin-password",
    "admin-roles": "admin#admin-roles",
    "admin-role-new": "admin#admin-roles",
    "admin-role": "admin#admin-roles",
    "admin-teams": "admin#admin-teams",
    "admin-team-new": "admin#admin-teams",
    "admin-team": "admin#admin-teams",
    "admin-keys": "admin#admin-keys",
    "admin-key-new": "admin#admin-keys",
    "admin-key-revoke": "admin#admin-keys",
    "admin-channels": "admin#admin-channels",
    "admin-channel-new": "admin#admin-channels",
    "admin-channel": "admin#admin-channels",
    "admin-groups": "admin#admin-groups",
    "admin-group-new": "admin#admin-groups",
    "admin-group": "admin#admin-groups",
    "admin-categories": "admin#admin-categories",
    "admin-category-new": "admin#admin-categories",
    "admin-category": "admin#admin-categories",
    "admin-taxes": "admin#admin-taxes",
    "admin-tax-new": "admin#admin-taxes",
    "admin-tax": "admin#admin-taxes",
    "admin-warehouses": "admin#admin-warehouses",
    "admin-warehouse-new": "admin#admin-warehouses",
    "admin-warehouse": "admin#admin-warehouses",
    "admin-buffers": "admin#admin-buffers",
    "admin-buffer-new": "admin#admin-buffers",
    "admin-buffer": "admin#admin-buffers",
    "admin-settings": "admin#admin-settings",
    "admin-setting": "admin#admin-settings",
    "admin-fields": "admin#admin-fields",
    "admin-field-new": "admin#admin-fields",
    "admin-field": "admin#admin-fields",
    "admin-field-remove": "admin#admin-fields",
    "admin-schedules": "admin#admin-schedules",
    "admin-schedule": "admin#admin-schedules",
    "admin-numbers": "admin#admin-numbers",
    # system
    "system-health": "system#system-health",
    "event-list": "system#system-events",
    "dead-letters": "system#system-dead",
    "job-list": "system#system-jobs",
    "diagnostics": "system#system-diagnostics",
    # help itself
    "help": START,
    "help-page": START,
    "help-search": "lists#lists-search",
    "news": START,
    "tours": "practice#practice-tours",
    "practice-reset": "practice#practice-copy",
}

PARTS = frozenset(
    {
        # the help itself
        "diagnostics-download",
        "news-dismiss",
        "tours-status",
        "tours-prepare",
        "tours-back",
        "tour-begin",
        "practice-enter",
        "practice-panel",
        "practice-hint",
        "practice-answer",
        "practice-again",
        # account
        "sign-out",
        "set-language",
        "set-theme",
        "overview-service",
        "rankings",
        "choose-desk",
        "session",
        "undo",
        "live",
        "counters",
        "order-counts",
        "order-preview",
        "order-attachment",
        "lookup-products",
        "lookup-customers",
        "lookup-customer",
        "order-change-preview",
        "order-lines",
        "order-customer-link-revoke",
        "case-file",
        "case-write",
        "case-reopen",
        "task-done",
        "for-me-count",
        "for-me-read",
        "rating-show",
        # the customer's pages explain themselves
        "track",
        "track-ask",
        "track-invoice",
        "track-leave",
        "track-link",
        "track-logo",
        "track-order",
        "track-rate",
        "track-return",
        "import-progress",
        "import-run",
        "import-for-real",
        "help-panel",
        "progress",
        "progress-seen",
        "list-counts",
        "list-quick",
        "list-export-file",
        "list-run-retry",
        "list-run-undo",
        "list-view-default",
        "list-view-remove",
    }
)

# "FormClass.field" -> the place that explains the field.
FIELDS: dict[str, str] = {
    "ChangeForm.priority": "orders#order-change-priority",
    "CancelForm.reason": "orders#order-cancel-reason",
    "HoldForm.kind": "orders#order-hold-kind",
    "ShipForm.warehouse": "shipping#ship-warehouse",
    "ShipForm.carrier": "shipping#ship-carrier",
    "ShipForm.tracking_number": "shipping#ship-tracking",
    "TrackingForm.tracking_number": "shipping#shipment-tracking",
    "ReturnForm.disposition": "shipping#return-disposition",
    "ReturnForm.warehouse": "shipping#return-warehouse",
    "ReturnForm.credit": "shipping#return-credit",
    "ReturnForm.refund": "shipping#return-refund",
    "PaymentForm.amount": "billing#payment-amount",
    "PaymentForm.method": "billing#payment-method",
    "PaymentForm.reference": "billing#payment-reference",
    "PaymentForm.received_on": "billing#payment-received",
    "RefundForm.payment": "billing#refund-payment",
    "RefundForm.reference": "billing#refund-reference",
    "EntryForm.channel": "entry#entry-channel",
    "EntryForm.customer": "entry#entry-customer",
    "EntryForm.external_id": "entry#entry-external",
    "EntryForm.requested_on": "entry#entry-requested",
    "EntryForm.priority": "entry#entry-priority",
    "EntryForm.discount": "entry#entry-discount",
    "EntryForm.shipping": "entry#entry-shipping",
    "EntryForm.ship_country": "entry#entry-country",
    "AdjustForm.how": "stock#adjust-how",
    "AdjustForm.reason": "stock#adjust-reason",
    "AdjustForm.lines": "stock#adjust-lines",
    "TransferForm.expected_on": "transfers#transfer-expected",
    "TransferForm.lines": "transfers#transfer-lines",
    "ArrivalForm.rest_is_lost": "transfers#transfer-lost",
    "CustomerForm.kind": "customers#customer-kind",
    "CustomerForm.number": "customers#customer-number",
    "CustomerForm.external_id": "customers#customer-external",
    "CustomerForm.tax_number": "customers#customer-tax",
    "CustomerForm.group": "customers#customer-group",
    "CustomerForm.tags": "customers#customer-tags",
    "CustomerForm.language": "customers#customer-language",
    "CustomerForm.currency": "customers#customer-currency",
    "CustomerForm.credit_limit": "customers#customer-credit",
    "CustomerForm.payment_terms_days": "customers#customer-terms",
    "CustomerForm.active": "customers#customer-active",
    "UploadForm.file": "import#import-file",
    "UploadForm.preset": "import#import-layout",
    "UploadForm.mode": "import#import-mode",
    "UploadForm.dry_run": "import#import-dry-run",
    "UploadForm.channel": "import#import-channel",
    "MappingForm.name": "import#import-mapping",
    "PreferencesForm.language": "account#account-language",
    "PreferencesForm.theme": "account#account-theme",
    "PreferencesForm.time_zone": "account#account-zone",
}


def topic_of(url_name: str | None) -> str:
    return TOPICS.get(url_name or "", START)


def field_topic(form: object, field: str) -> str:
    """The place that explains a field of a form; empty where it needs none. Forms inherit the places of their parents."""
    return next((FIELDS[name] for kind in type(form).__mro__ if (name := f"{kind.__name__}.{field}") in FIELDS), "")


def place_to_open(place: str) -> str:
    """The address of the screen that a place is about, where the screen needs nothing else to be opened."""
    for name, topic in TOPICS.items():
        if topic == place and not name.startswith("help"):
            try:
                return reverse(name)
            except NoReverseMatch:
                return ""
    return ""
