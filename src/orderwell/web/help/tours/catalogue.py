"""The tours as data: for each role the steps of its day, what is to be done, a hint, and how it is checked."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from orderwell.domains.analytics.queries import backlog
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.web.help.tours.checks import Answered, Did, Visited
from orderwell.web.help.tours.steps import Task, Tour


def _late_orders(actor: Actor) -> int:
    return backlog(actor=actor, now=utc_now(), zone=ZoneInfo(settings.TIME_ZONE)).late


def _to_ship(actor: Actor) -> int:
    return backlog(actor=actor, now=utc_now(), zone=ZoneInfo(settings.TIME_ZONE)).to_ship


ENTERED = Did(("orders.order.placed",))
DISPATCHED = Did(("inventory.transfer.dispatched",))
SHIPPED = Did(("fulfilment.shipment.shipped",), on="order_id", typed=("carrier", "tracking_number"))
INVOICED = Did(("billing.invoice.issued",), on="order_id")
HELD = Did(("orders.hold.placed",), on="order_id", data={"kind": "price"})

CLERK = Tour(
    "clerk",
    _("Sales clerk: enter, change and cancel an order"),
    _("The work of the order desk: find a customer, type an order, change it, note something, take it back."),
    "sales-clerk",
    (
        Task(
            "find",
            _("Find a customer with the search box at the top and open their page."),
            _("Press / and type the beginning of a name, for example 上海. The arrow keys mark a hit, Enter opens it."),
            Visited("customer-detail"),
            mark="#search-box",
            help="lists#lists-search",
        ),
        Task(
            "enter",
            _("Enter an order for any customer with at least one product, and place it."),
            _(
                "Press n. Type a customer, Enter, a product such as TEA, Enter, a quantity, Enter. Ctrl+Enter places it."
            ),
            ENTERED,
            place="order-new",
            mark="[data-key=n]",
            help="entry#entry-new",
            doing=("order-new",),
        ),
        Task(
            "change",
            _("The customer calls: change a quantity in the order you just entered."),
            _("Open the order and press e, or More, Change order. Type the new quantity; Ctrl+Enter saves."),
            Did(("orders.order.changed",), same=ENTERED, changed=("quantity",)),
            mark=".page-actions",
            help="orders#order-change",
            doing=("order-change",),
        ),
        Task(
            "note",
            _("Write a note on it for your colleagues: why it was changed."),
            _("On the order press t, type the note, Ctrl+Enter."),
            Did(("orders.note.added",), same=ENTERED),
            mark="[data-key=t]",
            help="orders#order-note",
            doing=("order-note",),
        ),
        Task(
            "cancel",
            _("The customer changes their mind: cancel everything in the order, with the reason."),
            _("On the order press x, or More, Cancel units. Take all, type a reason, Ctrl+Enter."),
            Did(("orders.order.cancelled",), same=ENTERED),
            mark=".page-actions",
            help="orders#order-cancel",
            doing=("order-cancel",),
        ),
    ),
)
WAREHOUSE = Tour(
    "warehouse",
    _("Warehouse worker: ship, receive and count"),
    _("From the list of what is to be shipped to the count: goods out, goods in, and stock that is right."),
    "warehouse-worker",
    (
        Task(
            "look",
            _("Open the list of what is to be shipped."),
            _("Press g, then w; or To ship in the navigation."),
            Visited("to-ship"),
            mark="[data-go=w]",
            help="shipping#to-ship",
        ),
        Task(
            "ship",
            _("Ship order {order}, with a carrier and a tracking number."),
            _("Open the order and press s. Everything reserved is filled in. Type carrier and number, Ctrl+Enter."),
            SHIPPED,
            place="order",
            mark="[data-key=s]",
            help="shipping#order-ship",
            doing=("order-ship",),
        ),
        Task(
            "send",
            _("Plan a transfer of some units from one warehouse to another, and dispatch it."),
            _(
                "Transfers, New transfer: choose two warehouses, one line with SKU and quantity. Then Dispatch on its page."
            ),
            DISPATCHED,
            place="transfer-new",
            mark="[data-go=t]",
            help="transfers#transfer-dispatch",
            doing=(
                "transfer-new",
                "transfer-dispatch",
            ),
        ),
        Task(
            "receive",
            _("The truck has arrived: receive the transfer you dispatched."),
            _("On the page of the transfer press Receive, check the quantities, Ctrl+Enter."),
            Did(("inventory.transfer.received",), same=DISPATCHED),
            place="transfer-list",
            mark=".page-actions",
            help="transfers#transfer-receive",
            doing=("transfer-receive",),
        ),
        Task(
            "count",
            _("Count one product: enter what is really there. It need not be what the system says."),
            _(
                "Stock, Correct stock. Reason: count; the quantities are what is really there. One line: SKU and number."
            ),
            Did(("inventory.stock.adjusted",), data={"reason": "count"}),
            place="stock-adjust",
            mark=".page-actions",
            help="stock#stock-adjust",
            doing=("stock-adjust",),
        ),
    ),
    orders=1,
)
HANDHELD = Tour(
    "handheld",
    _("Warehouse worker: the handheld"),
    _("The phone or the scanner in the hand: pick, pack and ship an order, and take in what nobody announced."),
    "warehouse-worker",
    (
        Task(
            "open",
            _("Open the handheld, best on the device you will work with."),
            _("Handheld in the navigation. On a phone the navigation is behind the button with three lines."),
            Visited("handheld"),
            place="handheld",
            mark="[href='/handheld/']",
            help="handheld#handheld-home",
        ),
        Task(
            "ship",
            _(
                "Pick order {order} in the warehouse {warehouse}, pack it and ship it, with a carrier and a tracking number."
            ),
            _(
                "Choose the warehouse, then Pick, and scan or tap the order. Scan each piece, or press +. "
                "To packing, the carrier, any tracking number, Ship."
            ),
            replace(SHIPPED, through="handheld-act"),
            place="handheld",
            mark=".hh-tile",
            help="handheld#handheld-pick",
            doing=("order-ship",),
        ),
        Task(
            "receive",
            _("A box stands at the door that nobody announced: receive some pieces of any product on the handheld."),
            _(
                "Receive, Unannounced goods. Type the SKU {sku} and Enter for each piece, then Receive what was scanned."
            ),
            Did(("inventory.stock.received",), through="handheld-act"),
            place="handheld",
            mark=".hh-tile",
            help="handheld#handheld-receive",
            doing=("stock-receive",),
        ),
    ),
    orders=1,
    minutes=3,
)
BOOKKEEPER = Tour(
    "bookkeeper",
    _("Bookkeeper: invoice, payment, credit note"),
    _("A shipped order becomes an invoice, the money comes in, what came back is credited and paid back."),
    "bookkeeper",
    (
        Task(
            "invoice",
            _("Issue the invoice for order {order}."),
            _("Open the order and press i. Everything that may be invoiced is filled in; Ctrl+Enter."),
            INVOICED,
            place="order",
            mark="[data-key=i]",
            help="billing#order-invoice",
            doing=("order-invoice",),
        ),
        Task(
            "payment",
            _("The customer has paid: record the payment of the order you invoiced."),
            _("On the order press p. The open amount is filled in. Choose the method, type a reference, Ctrl+Enter."),
            Did(("billing.payment.recorded",), same=INVOICED),
            place="order",
            mark="[data-key=p]",
            help="billing#order-payment",
            doing=("order-payment",),
        ),
        Task(
            "credit",
            _("The goods of order {returned} came back, and the warehouse has booked {return}: credit it."),
            _(
                "On the start page, in Returned, not credited, press Credit note beside {return}. "
                "The customer had paid: tick Give back what is then paid too much."
            ),
            Did(("billing.credit-note.issued",), on="returned_id"),
            place="return-list",
            mark="[data-go=b]",
            help="billing#credit-return",
            doing=("return-credit",),
        ),
        Task(
            "refund",
            _("The customer had paid for these goods: see that the money goes back."),
            _(
                "With the tick in the credit note it went along. Otherwise open order {returned} and press f, or Refund."
            ),
            Did(("billing.refund.recorded",), on="returned_id"),
            mark=".page-actions",
            help="billing#order-refund",
            doing=("order-refund",),
        ),
        Task(
            "settle",
            _("For return {kept} nothing is to be credited, the customer got other goods instead: settle it without."),
            _(
                "Open the return from Returned, not credited, or from Returns. Press No credit note and type the reason."
            ),
            Did(("fulfilment.return.settled",), on="kept_id"),
            place="return-list",
            mark=".page-actions",
            help="billing#credit-return",
            doing=("return-settle",),
        ),
    ),
    shipped=True,
    returned=True,
)
MANAGER = Tour(
    "manager",
    _("Sales manager: read figures, know a customer"),
    _("What the overview says, who the customer is, and what has to wait."),
    "sales-manager",
    (
        Task(
            "late",
            _("How many orders are past their promised date? Read it off the overview and type the number here."),
            _("The overview has a figure Late. Press g, then v."),
            Answered(_late_orders),
            place="overview",
            mark="a.figure[href*='late']",
            help="dashboard#dashboard-page",
        ),
        Task(
            "to-ship",
            _("And how many orders are not all shipped yet?"),
            _("The figure Not all shipped, beside Late."),
            Answered(_to_ship),
            place="overview",
            mark="a.figure[href*='waiting']",
            help="dashboard#dashboard-page",
        ),
        Task(
            "customer",
            _("Open the page of a customer and see what they ordered and owe."),
            _("Customers in the navigation (g, then c), then a row."),
            Visited("customer-detail"),
            place="customer-list",
            mark="[data-go=c]",
            help="customers#customer-page",
        ),
        Task(
            "terms",
            _("Agree on other terms with a customer: change credit limit, payment terms or tags."),
            _("Change on the page of the customer; Ctrl+Enter saves."),
            Did(("customers.customer.changed",), changed=("credit_limit", "payment_terms_days", "tags")),
            place="customer-list",
            mark=".page-actions",
            help="customers#customer-form",
            doing=("customer-change",),
        ),
        Task(
            "hold",
            _("Put order {order} on hold until its price is checked."),
            _("On the order press h, kind: price to be checked, type the reason."),
            HELD,
            place="order",
            mark="[data-key=h]",
            help="orders#order-hold",
            doing=("order-hold",),
        ),
        Task(
            "release",
            _("The price is right: release the hold."),
            _("Release in the yellow bar of the order, or press l."),
            Did(("orders.hold.released",), same=HELD),
            place="order",
            mark="[data-key=l]",
            help="orders#order-release",
            doing=("order-release",),
        ),
    ),
    orders=1,
)
ADMINISTRATOR = Tour(
    "administrator",
    _("Administrator: users and health"),
    _("Is everything in order, what happened, who may do what, and what to send when asking for support."),
    "administrator",
    (
        Task(
            "health",
            _("Look whether the installation is in order."),
            _("Health in the navigation; press g, then x."),
            Visited("system-health"),
            mark="[data-go=x]",
            help="system#system-health",
        ),
        Task(
            "events",
            _("Look at what happened lately, with who and when."),
            _("Events in the navigation; press g, then e."),
            Visited("event-list"),
            mark="[data-go=e]",
            help="system#system-events",
        ),
        Task(
            "dead",
            _("See whether something could not be delivered."),
            _("Not deliverable, a tab beside events and health."),
            Visited("dead-letters"),
            place="system-health",
            mark=".tabs",
            help="system#system-dead",
        ),
        Task(
            "user",
            _("A colleague begins on Monday: make a user for them, with a role."),
            _("Administration, Users, New user. Name, first password, and tick a role."),
            Did(("accounts.user.created",)),
            place="admin-user-new",
            mark="[href^='/admin/']",
            help="admin#admin-users",
            needs="admin-user-new",
            doing=("admin-user-new",),
        ),
        Task(
            "bundle",
            _("Look at the diagnostics bundle that you would send when asking for support."),
            _("Diagnostics bundle in the help menu, or on the page Health."),
            Visited("diagnostics"),
            place="system-health",
            mark=".page-actions",
            help="system#system-diagnostics",
        ),
    ),
)
TOURS: dict[str, Tour] = {tour.code: tour for tour in (CLERK, WAREHOUSE, HANDHELD, BOOKKEEPER, MANAGER, ADMINISTRATOR)}
