"""What a field is for, in a sentence: shown at the mark beside it, and read out with it. "Form.field", or any form's field.

A field whose form says so itself (`help_text`) stands there already; one that needs more room has a place in the manual
too (`topics.FIELDS`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from django.forms import BoundField, RadioSelect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderwell.web.help.markdown import address
from orderwell.web.help.topics import FIELDS

# A field in a row of a form: "address-0-label", "address-n1-label" of a new one, "address-__key__-label" of the blank one.
_OF_A_ROW = re.compile(r"([a-z]+)-(?:n?\d+|__key__)-(\w+)")
# Nothing is to be said of these that their label doesn't say: people's names, addresses and texts.
SELF_EVIDENT: frozenset[str] = frozenset(
    {
        *("name", "contact", "phone", "email", "street", "district", "city", "region", "postcode"),
        *(
            f"ship_{part}"
            for part in ("recipient", "phone", "email", "street", "district", "city", "region", "postcode")
        ),
        *("body", "text", "subject", "comment", "score", "direction", "number", "theme"),
        *("supplier", "owner", "tag"),
        # A sentence above them says what none ticked means.
        *("limit_channel", "limit_warehouse", "limit_team"),
        *("username", "password", "current_password", "repeated", "website"),
    }
)

SENTENCES: dict[str, str | Promise] = {
    # orders
    "EntryForm.channel": _("Decides what happens when stock is short, and which warehouses serve the order."),
    "EntryForm.customer": _("Decides prices, currency and payment terms; empty for a walk-in order."),
    "EntryForm.external_id": _(
        "The order's number in the shop or at the customer; the same one is never entered twice."
    ),
    "EntryForm.priority": _("Lower comes first when stock is short; 100 is normal."),
    "*.requested_on": _("The day the customer wants it; what is promised may be later."),
    "*.promised_on": _("The day you told the customer; whatever comes later counts as late."),
    "*.discount": _("An amount off the whole order; it is spread over the lines to the cent."),
    "*.shipping": _("What the customer pays for delivery; it goes onto the first invoice."),
    "EntryForm.note": _("Printed on the order confirmation and the pick list."),
    "OrderChangeForm.note": _("Printed on the order confirmation and the pick list."),
    "*.ship_country": _("Its name, or two letters such as CN, DE or US."),
    "*.country": _("Its name, or two letters such as CN, DE or US."),
    "HoldForm.kind": _("Shipping waits until the hold is released; some kinds stop invoicing or changes too."),
    "BulkInvoiceForm.extent": _(
        "Of an order that left in part, the first invoices only what left; the rest is invoiced later."
    ),
    "BulkHoldForm.kind": _("Shipping waits until the hold is released; some kinds stop invoicing or changes too."),
    "*.reason": _("Stands on the timeline, for whoever asks later."),
    "CancelForm.charges": _("Only when no goods are left and nothing was shipped; the order is then cancelled."),
    "CancelForm.reason": _("Stands on the timeline and on a credit note that is written for it."),
    "InvoiceCreditForm.reverses": _("Otherwise the units stay invoiced and the customer owes less for them."),
    "InvoiceCreditForm.reason": _("Stands on the credit note and on the timeline."),
    "BulkAssignForm.team": _("Whoever of the team has time takes them."),
    # shipping, returns, money
    "*.carrier": _("The customer sees it on their page, with a link to the parcel where the carrier has one."),
    "*.tracking_number": _("The customer sees it, and the search box finds the order by it."),
    "ShipForm.warehouse": _("“Wherever it is reserved” makes a shipment for each warehouse."),
    "BulkShipForm.warehouse": _("“Wherever it is reserved” makes a shipment for each warehouse."),
    "*.disposition": _("Back to stock can be sold again; scrap cannot."),
    "ReturnForm.warehouse": _("Where the goods lie now; empty: where they came from."),
    "ReturnForm.reason": _("Stands on the return and on its credit note."),
    "*.credit": _("Takes the invoice back for these units in the same step."),
    "*.refund": _("Records at once that the surplus was paid back."),
    "PaymentForm.amount": _("May be a part of what is owed; what is too much shows as overpaid until it is refunded."),
    "PaymentForm.method": _("How the money came; payments can be listed by it."),
    "PaymentForm.received_on": _("The day the money came in; empty: today."),
    "BulkPaymentForm.method": _("How the money came; payments can be listed by it."),
    "BulkPaymentForm.received_on": _("The day the money came in, the same for all of them."),
    "RefundForm.payment": _("The payment that is given back, in whole or part."),
    "RefundForm.amount": _("At most what is left of the chosen payment."),
    "RefundForm.reference": _("Of the bank or provider, for this refund."),
    # stock
    "AdjustForm.warehouse": _("All lines below are of this warehouse."),
    "AdjustForm.reason": _("Stands at each movement and in the figures of losses."),
    "AdjustForm.how": _("A counted number replaces the stock; a change is added to it, with a minus for less."),
    "*.lines": _("Such as “CUP 12”; two columns of a spreadsheet can be pasted."),
    "AdjustForm.note": _("Kept with each movement of this correction."),
    "TransferForm.origin": _("Only what is not reserved there can leave."),
    "TransferForm.destination": _("Backorders there are filled as soon as the goods arrive."),
    "TransferForm.expected_on": _("From this day the goods can be promised in the other warehouse."),
    "TransferForm.note": _("For those who pack and receive it."),
    "ArrivalForm.rest_is_lost": _("Closes the transfer and writes the difference off; otherwise it stays on the way."),
    "ReceiveForm.expected": _("Fills in what is still to come of this delivery and counts against it."),
    "ReceiveForm.warehouse": _("The goods can be sold from here at once."),
    "ReceiveForm.reference": _("The number on the supplier's paper; it stays with what came in."),
    "AnnounceForm.warehouse": _("Where the goods will arrive."),
    "*.due_on": _("The day it has to be done; later it counts as overdue."),
    "AnnounceForm.due_on": _("From the end of this day the goods can be promised to customers."),
    "ReannounceForm.due_on": _("From the end of this day the goods can be promised to customers."),
    "NewCountForm.warehouse": _("One count is of one warehouse."),
    "NewCountForm.category": _("Counts only goods of this category; empty: all."),
    "NewCountForm.blind": _("For an unbiased count: nobody can write down what the ledger says."),
    "NewCountForm.note": _("Why this count is made; it stands on its page."),
    "*.code": _("Typed, scanned, or by the camera."),
    "*.quantity": _("In the unit in which the product is counted."),
    "*.add": _("For goods that lie in two places: the number is added instead of replacing the first one."),
    # customers
    "CustomerForm.kind": _("Companies have a tax number and payment terms."),
    "NewCustomerForm.kind": _("Companies have a tax number and payment terms."),
    "CustomerForm.external_id": _("The number in your shop or bookkeeping; the search finds the customer by it."),
    "CustomerForm.tax_number": _("Printed on invoices; a second customer with the same one is pointed out."),
    "CustomerForm.group": _("Prices and rules can hold for a whole group."),
    "CustomerForm.language": _("Documents and messages to the customer are written in it."),
    "CustomerForm.currency": _("New orders of this customer are in it; those that exist keep theirs."),
    "CustomerForm.payment_terms_days": _("Days from invoice to due date; 0: at once."),
    "CustomerForm.note": _("For colleagues; shown on the page of the customer."),
    # of the rows of contacts and addresses
    "*.contact_job_title": _("What the person does there, so that colleagues know whom to ask."),
    "*.contact_language": _("The one this person reads, where it isn't the customer's."),
    "*.address_kind": _("Goods are sent to addresses for deliveries; invoices name the one for invoices."),
    "*.address_label": _("A name to choose it by when an order is entered, such as “Warehouse south”."),
    "*.address_recipient": _("Who takes the goods there, where it isn't the customer."),
    "*.address_phone": _("So that the carrier can call before delivery."),
    "*.address_country": _("Two letters, such as CN or GB."),
    "CustomerForm.active": _("Without it the customer is not offered for new orders; everything is kept."),
    "BulkGroupForm.group": _("Replaces the group of every chosen customer; prices follow from now on."),
    "OtherForm.other": _("Its orders, contacts and balance move to the customer that stays."),
    "RelationForm.kind": _("A branch of another customer, or paid for by another."),
    "RelationForm.other": _("The number as it stands on the other customer's page."),
    "ConsentForm.purpose": _("A consent holds for this purpose only."),
    "ConsentForm.medium": _("A consent holds for this way only."),
    "ConsentForm.granted": _("The newest entry holds; older ones are kept as proof."),
    "*.pinned": _("Pinned notes stand above all others."),
    # products and prices
    "ProductForm.code": _("Your own number of the product; it cannot be changed later."),
    "*.name_zh": _("Shown to people and on documents in Chinese; one of the two names is enough."),
    "*.name_en": _("Shown to people and on documents in English; one of the two names is enough."),
    "*.label_zh": _("Shown to people who work in Chinese; one of the two names is enough."),
    "*.label_en": _("Shown to people who work in English; one of the two names is enough."),
    "ProductForm.category": _("Where the product is found in lists and figures."),
    "*.tax_category": _("Decides the tax rate; orders that exist keep theirs."),
    "ProductForm.description": _("For colleagues and the API; it is not printed."),
    "ProductForm.active": _("Without it the product is not offered for new orders; everything is kept."),
    "VariantForm.sku": _("What is ordered and counted; it cannot be changed later."),
    "VariantForm.name_zh": _("Only if it is not called as the product with its options."),
    "VariantForm.name_en": _("Only if it is not called as the product with its options."),
    "VariantForm.unit": _("What one of it is called, such as piece, box or metre."),
    "VariantForm.weight_grams": _("Of one unit."),
    "VariantForm.active": _("Without it the variant is not offered for new orders."),
    "ImageForm.variant": _("Shown for this variant alone, such as its colour."),
    "ImageForm.place": _("The first image stands in lists and in order entry."),
    "ListForm.currency": _("Orders in another currency don't use this list; nothing is converted."),
    "CopyForm.currency": _("Of the list prices that are copied."),
    "*.valid_from": _("The first day it holds; empty: at once."),
    "*.valid_until": _("The last day it holds; empty: until it is archived."),
    "ListForm.tax": _("A list with tax is used only by channels whose prices include tax, and the other way round."),
    "ListForm.everyone": _("Holds for every order; a narrower list goes before it."),
    "ListForm.channels": _("Holds for orders of these channels."),
    "ListForm.groups": _("Holds for customers of these groups."),
    "ListForm.customers": _("Holds for these alone, and goes before every other list."),
    "ListForm.note": _("For colleagues: what was agreed, and with whom."),
    "CopyForm.step": _("0.5 gives prices such as 12.00 and 12.50."),
    "CopyForm.rounding": _("What becomes of a price between two multiples."),
    "PasteForm.file": _("Read like pasted rows; a row of headings is understood."),
    "AskForm.quantity": _("Prices may fall from a certain quantity on."),
    "AskForm.customer": _("Empty: what somebody without an agreement pays."),
    "AskForm.channel": _("Decides the currency, and lists may hold for one channel only."),
    "AskForm.day": _("Lists hold on certain days; the day of the order counts."),
    # cases
    "CaseForm.kind": _("The inbox can be narrowed to one kind."),
    "*.assignee": _("Is told of it, and finds it under “For me”."),
    "ChangeForm.priority": _("Marked in the inbox, so that colleagues see what comes first."),
    "MessageForm.file": _("At most 25 MB; kept with the message."),
    "SettleForm.answer": _("Appears on the customer's page; empty: no answer."),
    "SettleForm.note": _("Stands beside the entry, for whoever checks it later."),
    "DismissForm.reason": _("Counted for each rule, so that rules that bother can be tuned."),
    "DismissForm.note": _("Needed for “something else”; it stands on the timeline."),
    # administration
    "UserForm.name": _("How colleagues see this person; empty: the user name."),
    "TeamForm.members": _(
        "Who works in it. They see the customers of the team where their access is limited to teams."
    ),
    "*.language": _("Empty: as the browser asks."),
    "*.must_change_password": _("So that only they know it in the end."),
    "*.new_password": _("Everything you do stays under your name."),
    "*.is_active": _("Without it nobody can sign in as this person; what they did stays."),
    "*.roles": _("What the person may do is all that any of the roles allows."),
    "*.teams": _("Customers can belong to a team, which then looks after them."),
    "NewRoleForm.title": _("How the role is called where it is given to somebody."),
    "NewRoleForm.like": _("A start that you then change; the two roles are not tied together."),
    "ChannelForm.prices_include_tax": _("Ticked: list prices are what the customer pays; else tax is added."),
    "ChannelForm.shortage": _("Whether an order that cannot be served in full waits, or is refused."),
    "*.active": _("Without it, it is not offered any more; what exists stays."),
    "CategoryForm.parent": _("The category it belongs to; empty: on top."),
    "TaxForm.rate": _("Holds for new orders; those that exist keep theirs."),
    "BufferForm.channel": _("This channel cannot promise what is kept back."),
    "BufferForm.warehouse": _("Empty: in every warehouse; the most exact buffer counts."),
    "OwnFieldForm.entity": _("On whose page and form the field stands."),
    "OwnFieldForm.kind": _("What can be entered; it cannot be changed later."),
    "OwnFieldForm.required": _("Then nothing is saved without it."),
    "ScheduleForm.enabled": _("Without it, it runs only when somebody starts it."),
    "ScheduleForm.minutes": _("The time from one run to the next; 1440 is a day."),
    "RuleForm.on": _("Without it nobody sees hints of this rule."),
    # import, lists, printing
    "UploadForm.preset": _("“Order lines” finds columns by their headings; the others are for known sources."),
    "UploadForm.mode": _("History leaves stock alone; live reserves it."),
    "UploadForm.dry_run": _("Shows the verdict of every row first; nothing is written."),
    "UploadForm.channel": _("For rows that name no channel of their own."),
    "MappingForm.channel": _("For rows that name no channel of their own."),
    "UploadForm.saved": _("What the columns meant the last time, kept under a name."),
    "MappingForm.column_order_reference": _("Rows with the same number become one order."),
    "MappingForm.column_placed_at": _("When it was ordered; history needs it."),
    "MappingForm.column_customer": _("The number of a customer who exists; empty: a walk-in order."),
    "MappingForm.column_sku": _("As it stands in the catalogue."),
    "MappingForm.column_unit_price": _("Empty: the price that holds for this customer."),
    "MappingForm.column_discount": _("An amount off the line."),
    "MappingForm.column_order_discount": _("An amount off the whole order, once for each order."),
    "MappingForm.column_shipping": _("What the customer pays for delivery, once for each order."),
    "MappingForm.column_currency": _("Three letters, such as CNY; empty: that of the channel."),
    "MappingForm.day_order": _("Needed where the year stands last: 01/02/2026 itself doesn't say which is the day."),
    "MappingForm.name": _("The next file of this kind then needs one choice only."),
    "ViewForm.name": _("Stands as a tab above the list."),
    "ViewForm.default": _("The list begins with it whenever you open it."),
    "ExportForm.format": _("Every row that the list shows, with the columns that are chosen."),
    "ExportForm.bom": _("Leave it out for programs that don't expect the mark."),
    "TemplateForm.paper": _("What the printer holds; labels and rolls have sizes of their own."),
    "TemplateForm.colour": _("The one accent of the document; a dark one prints best."),
    "TemplateForm.bilingual": _("For customers who read one language and auditors who read the other."),
    "TemplateForm.barcode": _("So that a scanner reads the number from the paper."),
    "TemplateForm.signatures": _("For those who hand over and receive the goods."),
    "TemplateForm.closing": _("Stands below the sums, such as thanks or terms."),
    "LogoForm.logo": _("PNG, JPEG or SVG, at most 500 kB; printed on top of every document."),
}


def field_topic(form: object, field: str) -> str:
    """The place that explains a field of a form; empty where it needs none. Forms inherit the places of their parents."""
    kind: Any = type(form)
    return _topic_of(kind, field)


@lru_cache(maxsize=2048)
def _topic_of(form: type, field: str) -> str:
    return next((FIELDS[name] for kind in form.__mro__ if (name := f"{kind.__name__}.{field}") in FIELDS), "")


def field_help(form: object, field: str) -> str | Promise:
    """The sentence for a field of a form, of its parents, or of every form that has such a field."""
    kind: Any = type(form)
    return _sentence_of(kind, field)


@lru_cache(maxsize=2048)
def _sentence_of(form: type, field: str) -> str | Promise:
    if row := _OF_A_ROW.fullmatch(field):
        field = f"{row[1]}_{row[2]}"
    for kind in form.__mro__:
        if found := SENTENCES.get(f"{kind.__name__}.{field}"):
            return found
    return SENTENCES.get(f"*.{field}", "")


def describe(bound: BoundField, attributes: dict[str, Any]) -> dict[str, Any]:
    """What stands beside a field: its place in the manual, and whether its sentence waits at a mark (`tip`).

    The control names the sentence as its description, so that it is read out with it.
    """
    topic = field_topic(bound.form, bound.name)
    # What the form itself says, not what was put there when the field was drawn before: a blank row is drawn twice.
    tip = "" if bound.field.help_text or bound.is_hidden else str(field_help(bound.form, bound.name))
    if tip:
        bound.help_text = tip
        if isinstance(bound.field.widget, RadioSelect):
            attributes["aria-describedby"] = f"{bound.auto_id}_helptext"
    return {"topic": topic, "topic_url": address(*topic.split("#")) if topic else "", "tip": bool(tip)}


def is_plain(form: object, field: str) -> bool:
    """Whether nothing is to be said of it, or something is said already."""
    owner: Any = form
    return field in SELF_EVIDENT or bool(owner.fields[field].help_text)
