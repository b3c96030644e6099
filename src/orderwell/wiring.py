"""Who hears which event, what runs on schedule, and where domains declare their events, laws and settings.

The only file that knows every layer. It is read once, when Django has loaded the models.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from orderwell.domains.customers.events import CustomerEvent
from orderwell.domains.fulfilment.events import FulfilmentEvent
from orderwell.domains.inventory.events import InventoryEvent
from orderwell.domains.orders.events import OrderEvent
from orderwell.platform.events.subscriptions import accompany, subscribe
from orderwell.platform.jobs.schedules import schedule

MINUTE, HOUR, DAY = 60, 3600, 86400

# Modules that declare something by being imported, where an app has them.
DECLARING = ("events", "options", "laws")
# What is printed of each document.
PAPERS = ("orders", "shipments", "invoices", "statements")


def wire() -> None:
    for app in apps.get_app_configs():
        if app.name.startswith("orderwell."):
            for name in DECLARING:
                if find_spec(f"{app.name}.{name}"):
                    import_module(f"{app.name}.{name}")
    for name in PAPERS:
        import_module(f"orderwell.domains.automation.printing.{name}")
    import_module("orderwell.domains.automation.hints.loading").load()
    _declare_rows()
    _declare_documents()
    _subscribe()
    _schedule()
    _schedule_forgetting()


def _declare_rows() -> None:
    """What users and API keys can be limited to."""
    # Read here, not above: it needs the models.
    from orderwell.domains.catalog.models import Channel
    from orderwell.domains.inventory.models import Warehouse
    from orderwell.platform.accounts.models import Team
    from orderwell.platform.accounts.services.row_scopes import declare_rows

    declare_rows("channel", Channel, named_by="code")
    declare_rows("warehouse", Warehouse, named_by="code")
    declare_rows("team", Team, named_by="name")


def _declare_documents() -> None:
    """Whose events somebody with row filters sees: those of rows that have a channel, a warehouse or a team."""
    from orderwell.domains.cases.queries import visible_cases
    from orderwell.domains.catalog.models import Channel
    from orderwell.domains.customers.queries import visible_customers
    from orderwell.domains.fulfilment.queries import visible_returns
    from orderwell.domains.inventory.models import Adjustment, ExpectedReceipt, StockCount, Transfer, Warehouse
    from orderwell.domains.orders.queries import visible_orders
    from orderwell.platform.accounts.models import Team
    from orderwell.platform.accounts.row_filters import rows_within
    from orderwell.platform.events.queries import declare_documents

    declare_documents("order", visible_orders)
    declare_documents("customer", visible_customers)
    declare_documents("case", visible_cases)
    declare_documents("return", visible_returns)
    for kind, model in {"channel": Channel, "team": Team, "warehouse": Warehouse}.items():
        declare_documents(kind, partial(rows_within, model._default_manager.all(), pk=kind))
    for kind, model in {"adjustment": Adjustment, "expected_receipt": ExpectedReceipt, "count": StockCount}.items():
        declare_documents(kind, partial(rows_within, model._default_manager.all(), warehouse="warehouse"))
    # What leaves one warehouse for another is told to who sees both.
    transfers = Transfer.objects.all()
    declare_documents("transfer", partial(rows_within, transfers, origin="warehouse", destination="warehouse"))


def _subscribe() -> None:
    """Which handler hears which event."""
    # Whatever brings goods or gives them back serves those who wait for them.
    for name in (
        *(InventoryEvent.STOCK_RECEIVED, FulfilmentEvent.RETURNED),
        *(OrderEvent.UNITS_CANCELLED, OrderEvent.CHANGED, OrderEvent.CHANGE_UNDONE),
        # What one warehouse turned out not to have, another may.
        OrderEvent.RESERVATION_DISPLACED,
    ):
        subscribe(name, "orderwell.domains.orders.handlers.stock_became_free")
    # An order shortened to what has arrived is delivered.
    for name in (OrderEvent.UNITS_CANCELLED, OrderEvent.CHANGED, OrderEvent.CHANGE_UNDONE):
        subscribe(name, "orderwell.domains.automation.handlers.settle_delivery")
    # What is no longer owed after its money went back is refunded.
    for name in (OrderEvent.UNITS_CANCELLED, OrderEvent.CHANGED, OrderEvent.CHANGE_UNDONE):
        subscribe(name, "orderwell.domains.automation.handlers.settle_refunds")
    # A merge that something slipped past is finished.
    subscribe(CustomerEvent.MERGED, "orderwell.domains.automation.handlers.finish_merge")
    # Colleagues mentioned in a note are told.
    subscribe(OrderEvent.NOTE_ADDED, "orderwell.domains.cases.handlers.note_added")
    _accompany()


def _accompany() -> None:
    """What is written in the same transaction as the event."""
    # Read here, not above: it needs the models.
    from orderwell.domains.analytics.services.mark import mark_days

    # Whatever alters how many orders a day has, what they are worth, or what came back on it.
    for name in (
        *(OrderEvent.PLACED, OrderEvent.RECORDED, OrderEvent.REMOVED, OrderEvent.CHANGED, OrderEvent.CHANGE_UNDONE),
        *(OrderEvent.UNITS_CANCELLED, OrderEvent.CANCELLED, OrderEvent.REOPENED),
        *(FulfilmentEvent.SHIPPED, FulfilmentEvent.RETURNED, FulfilmentEvent.RETURN_UNDONE),
        FulfilmentEvent.RETURNS_REMOVED,
    ):
        accompany(name, mark_days)


def _schedule() -> None:
    schedule(
        "analytics.prepare-days",
        "orderwell.domains.analytics.services.prepare.prepare_days",
        every_seconds=MINUTE,
    )
    schedule(
        "analytics.prepare-rankings",
        "orderwell.domains.analytics.services.prepare_rankings.prepare_rankings",
        every_seconds=5 * MINUTE,
    )
    schedule("verify.every-night", "orderwell.platform.verify.check_every_night", every_seconds=DAY, at="02:30")


def _schedule_forgetting() -> None:
    schedule(
        "cases.forget-lookup-failures",
        "orderwell.domains.cases.services.lookup.forget_old_failures",
        every_seconds=HOUR,
    )
    schedule(
        "accounts.forget-sign-in-failures",
        "orderwell.platform.accounts.services.sign_in.forget_old_failures",
        every_seconds=HOUR,
    )
    schedule(
        "idempotency.forget-old-answers",
        "orderwell.platform.idempotency.services.forget_old_answers",
        every_seconds=DAY,
        at="03:10",
    )
    schedule(
        "integrations.forget-old-files",
        "orderwell.domains.integrations.services.forget_files.forget_old_files",
        every_seconds=DAY,
        at="03:12",
    )
    schedule(
        "drafts.forget-old-drafts",
        "orderwell.platform.drafts.services.forget_old_drafts",
        every_seconds=DAY,
        at="03:15",
    )
    schedule(
        "events.forget-old-deliveries",
        "orderwell.platform.events.services.forget_old_deliveries",
        every_seconds=DAY,
        at="03:20",
    )
    schedule("jobs.forget-old-progress", "orderwell.platform.jobs.progress.forget_old", every_seconds=DAY, at="03:25")
    schedule(
        "views.forget-old-exports",
        "orderwell.platform.views.services.exports.forget_old",
        every_seconds=DAY,
        at="03:30",
    )
    schedule("printing.forget-old-prints", "orderwell.platform.printing.runs.forget_old", every_seconds=DAY, at="03:40")
    schedule(
        "automation.forget-old-sights",
        "orderwell.domains.automation.hints.services.measure.forget_old_sights",
        every_seconds=DAY,
        at="03:35",
    )
    schedule(
        "catalog.delete-removed-images",
        "orderwell.domains.catalog.services.images.delete_removed_images",
        every_seconds=DAY,
        at="03:40",
    )
