"""The words for states and kinds, the same on every page, and the colour of their badge."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orderwell.domains.billing.methods import METHODS
from orderwell.domains.orders.holds import KINDS

CALM, GOOD, BUSY, WARN, BAD, QUIET = "look-calm", "look-good", "look-busy", "look-warn", "look-bad", "look-quiet"

WORDS: dict[str, dict[str, tuple[str | Promise, str]]] = {
    "order": {
        "draft": (pgettext_lazy("order state", "Quote"), QUIET),
        "placed": (pgettext_lazy("order state", "Placed"), BUSY),
        "completed": (pgettext_lazy("order state", "Completed"), GOOD),
        "cancelled": (pgettext_lazy("order state", "Cancelled"), QUIET),
    },
    "fulfilment": {
        "none": (_("Nothing to ship"), QUIET),
        "backordered": (_("Backordered"), BAD),
        "reserved": (_("Reserved"), BUSY),
        "partial": (_("Partly shipped"), WARN),
        "shipped": (_("Shipped"), CALM),
        "delivered": (_("Delivered"), GOOD),
        "returned": (_("Returned"), QUIET),
    },
    "payment": {
        "none": (_("Nothing to pay"), QUIET),
        "unpaid": (_("Unpaid"), WARN),
        "partial": (_("Partly paid"), WARN),
        "paid": (_("Paid"), GOOD),
        "overpaid": (_("Overpaid"), BAD),
        "refunded": (_("Refunded"), QUIET),
    },
    "invoice": {
        "open": (_("Unpaid"), WARN),
        "partial": (_("Partly paid"), WARN),
        "paid": (_("Paid"), GOOD),
        "overdue": (_("Overdue"), BAD),
        "credited": (_("Credited"), QUIET),
    },
    "price-list": {
        "now": (_("In use"), GOOD),
        "later": (_("Later"), BUSY),
        "over": (_("Over"), QUIET),
        "archived": (_("Archived"), QUIET),
    },
    "price-scope": {
        "customer": (_("One customer"), CALM),
        "group": (_("Group of customers"), CALM),
        "channel": (_("Channel"), CALM),
        "everyone": (_("Everyone"), CALM),
    },
    "line": {
        "goods": (_("Goods"), CALM),
        "shipping": (_("Shipping"), QUIET),
        "charge": (_("Charge"), QUIET),
    },
    "shipment": {
        "shipped": (_("Shipped"), CALM),
        "delivered": (_("Delivered"), GOOD),
    },
    "movement": {
        "opening": (_("Opening stock"), QUIET),
        "receipt": (_("Receipt"), GOOD),
        "shipment": (pgettext_lazy("movement", "Shipment"), CALM),
        "return": (_("Return"), WARN),
        "adjustment": (_("Adjustment"), WARN),
        "transfer_out": (_("Transfer out"), BUSY),
        "transfer_in": (_("Transfer in"), BUSY),
    },
    "adjustment": {
        "count": (_("Count"), CALM),
        "damaged": (_("Damaged"), BAD),
        "expired": (_("Expired"), BAD),
        "found": (_("Found"), GOOD),
        "lost": (_("Lost"), BAD),
        "opening": (_("Opening stock"), QUIET),
        "receipt": (_("Receipt"), GOOD),
        "sample": (_("Sample"), QUIET),
        "other": (_("Other"), QUIET),
    },
    "transfer": {
        "draft": (pgettext_lazy("transfer state", "Planned"), QUIET),
        "dispatched": (_("On the way"), BUSY),
        "received": (_("Received"), GOOD),
        "cancelled": (_("Cancelled"), QUIET),
    },
    "promise": {
        "free": (_("Free"), QUIET),
        "buffer": (_("Kept back"), QUIET),
        "expected_receipt": (_("Announced receipt"), QUIET),
        "transfer": (_("Transfer"), QUIET),
        "backorder": (_("Backorder"), QUIET),
    },
    "expected": {
        "open": (pgettext_lazy("receipt state", "Expected"), BUSY),
        "overdue": (_("Overdue"), WARN),
        "received": (_("Received"), GOOD),
        "cancelled": (_("Cancelled"), QUIET),
    },
    "case": {
        "open": (pgettext_lazy("case state", "New"), BAD),
        "waiting_for_us": (_("Waiting for us"), WARN),
        "waiting_for_customer": (_("Waiting for the customer"), BUSY),
        "closed": (pgettext_lazy("case state", "Closed"), QUIET),
    },
    "case_kind": {
        "question": (pgettext_lazy("kind of case", "Question"), CALM),
        "return_request": (_("Return request"), WARN),
        "complaint": (_("Complaint"), BAD),
        "staff_question": (_("Staff question"), BUSY),
    },
    "message": {
        "in": (_("From the customer"), CALM),
        "out": (_("To the customer"), BUSY),
        "internal": (_("Internal note"), WARN),
    },
    "notice": {
        "mention": (_("Mentioned you"), BUSY),
        "task": (_("A task for you"), WARN),
        "case": (_("A case for you"), CALM),
        "message": (_("Wrote to you"), CALM),
    },
    "count": {
        "open": (pgettext_lazy("count state", "Being counted"), BUSY),
        "posted": (pgettext_lazy("count state", "Posted"), GOOD),
        "cancelled": (pgettext_lazy("count state", "Given up"), QUIET),
    },
    "customer": {
        "person": (_("Person"), QUIET),
        "company": (_("Company"), CALM),
    },
    "return": {"undone": (_("Undone"), QUIET)},
    "disposition": {
        "restock": (_("Back to stock"), GOOD),
        "scrap": (_("Scrap"), BAD),
        "none": (_("Nothing came back"), QUIET),
    },
    "import": {
        "waiting": (_("Waiting"), QUIET),
        "running": (_("Running"), BUSY),
        "finished": (_("Done"), GOOD),
        "failed": (_("Failed"), BAD),
        "undoing": (_("Being undone"), WARN),
        "undone": (_("Undone"), QUIET),
    },
    "verdict": {
        "done": (_("Done"), GOOD),
        "duplicate": (_("Duplicate"), QUIET),
        "refused": (_("Refused"), BAD),
    },
    "sums": {
        "orders": (_("Goods on orders"), QUIET),
        "returns": (_("Goods returned"), QUIET),
        "charges": (_("Charges"), QUIET),
        "adjustments": (_("Stock corrections"), QUIET),
    },
    "layout": {
        "order-lines": (_("Order lines, columns by name"), QUIET),
        "online-retail": (_("UCI Online Retail data set"), QUIET),
    },
    "purpose": {
        "marketing": (_("advertising"), QUIET),
        "newsletter": (_("newsletter"), QUIET),
        "survey": (_("surveys"), QUIET),
        "data": (_("passing on data"), QUIET),
    },
    "medium": {
        "email": (_("e-mail"), QUIET),
        "phone": (_("phone"), QUIET),
        "sms": (_("text message"), QUIET),
        "wechat": (_("WeChat"), QUIET),
        "post": (_("post"), QUIET),
    },
    "mode": {
        "history": (_("History"), QUIET),
        "live": (_("Live"), BUSY),
    },
    "delivery": {
        "waiting": (_("Waiting"), BUSY),
        "done": (_("Done"), GOOD),
        "dead": (_("Given up"), BAD),
    },
    "ledger": {
        "invoice": (_("Invoice"), CALM),
        "credit_note": (_("Credit note"), WARN),
        "payment": (_("Payment"), GOOD),
        "refund": (_("Refund"), WARN),
        "payment_undo": (_("Payment undone"), WARN),
        "refund_undo": (_("Refund undone"), WARN),
    },
    "relation": {
        "parent": (_("Parent company"), CALM),
        "payer": (_("Pays for it"), CALM),
        "branch": (_("Branch"), QUIET),
        "payee": (_("Paid for by it"), QUIET),
        "parent_of": (_("Branch"), QUIET),
        "payer_of": (_("Paid for by it"), QUIET),
    },
    "alike": {
        "tax_number": (_("same tax number"), WARN),
        "phone": (_("same phone"), WARN),
        "email": (_("same e-mail"), WARN),
        "name": (_("same name"), CALM),
    },
    "relation_kind": {
        "parent": (_("a branch of"), QUIET),
        "payer": (_("paid for by"), QUIET),
    },
    "happening": {
        "order": (_("Order"), CALM),
        "quote": (_("Quote"), QUIET),
        "shipment": (_("Shipment"), BUSY),
        "invoice": (_("Invoice"), CALM),
        "credit_note": (_("Credit note"), WARN),
        "payment": (_("Payment"), GOOD),
        "refund": (_("Refund"), WARN),
        "return": (_("Return"), WARN),
        "case": (_("Case"), CALM),
        "message": (_("Message in"), CALM),
        "rating": (_("Rating"), CALM),
        "note": (_("Note"), QUIET),
    },
    "source": {
        "web": (_("Screen"), QUIET),
        "api": (_("API"), QUIET),
        "cli": (_("Command line"), QUIET),
        "job": (_("Job"), QUIET),
        "import": (_("Import"), QUIET),
        "public": (_("Customer's page"), QUIET),
    },
    "method": {name: (_(title), QUIET) for name, title in METHODS.items()},
    "hint_reason": {
        "not_true": (_("Not true here"), QUIET),
        "known": (_("I know, it is meant so"), QUIET),
        "not_useful": (_("Not useful"), QUIET),
        "other": (_("Something else"), QUIET),
    },
    "hold": {name: (_(kind.title), WARN) for name, kind in KINDS.items()},
    "unit": {
        "piece": (_("piece"), QUIET),
        "kg": (_("kg"), QUIET),
        "box": (_("box"), QUIET),
        "set": (_("set"), QUIET),
        "pair": (_("pair"), QUIET),
        "metre": (_("metre"), QUIET),
        "litre": (_("litre"), QUIET),
        "bottle": (_("bottle"), QUIET),
        "pack": (_("pack"), QUIET),
        "case": (_("case"), QUIET),
    },
    "health": {
        "ok": (_("Good"), GOOD),
        "warning": (_("Look at it"), WARN),
        "problem": (_("Broken"), BAD),
    },
    "process": {
        "web": (_("Web server, with background work"), CALM),
        "worker": (_("Background work"), CALM),
    },
    "job": {
        "READY": (_("Waiting"), QUIET),
        "RUNNING": (_("Running"), BUSY),
        "FAILED": (_("Failed"), BAD),
        "SUCCESSFUL": (_("Done"), GOOD),
    },
}


def word(kind: str, value: str) -> str | Promise:
    """The word for a state; a value that has none yet (a plugin's hold kind) is shown as it is."""
    found = WORDS.get(kind, {}).get(value)
    return found[0] if found else value.replace("_", " ")


def look_of(kind: str, value: str) -> str:
    found = WORDS.get(kind, {}).get(value)
    return found[1] if found else CALM


def choices(kind: str, *values: str) -> list[tuple[str, str | Promise]]:
    """Values with their words, for a select; all of the kind when none are named."""
    return [(value, word(kind, value)) for value in (values or WORDS[kind])]
