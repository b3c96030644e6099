from django.urls import path

from orderwell.web.lists.views import counts, list_page
from orderwell.web.orders import actions, cash, detail, entry, entry_customer, entry_drafts, entry_live, lookups

urlpatterns = [
    path("orders/", list_page("orders"), name="order-list"),
    path("orders/counts/", counts, {"name": "orders"}, name="order-counts"),
    path("orders/new/", entry.new_order, name="order-new"),
    path("orders/preview/", entry_live.preview, name="order-preview"),
    path("orders/pasted/", entry_live.read_lines, name="order-pasted"),
    path("orders/drafts/", entry_drafts.keep, name="order-draft"),
    path("orders/drafts/discard/", entry_drafts.discard, name="order-draft-discard"),
    path("orders/new/customer/", entry_customer.new_customer, name="order-new-customer"),
    path("orders/lookup/last/", entry_live.last, name="lookup-last"),
    path("orders/lookup/usual/", lookups.usual, name="lookup-usual"),
    path("orders/lookup/products/", lookups.products, name="lookup-products"),
    path("orders/lookup/customers/", lookups.customers, name="lookup-customers"),
    path("orders/lookup/customer/", lookups.customer, name="lookup-customer"),
    path("orders/<int:order_id>/", detail.order_page, name="order-detail"),
    path("orders/<int:order_id>/files/<int:attachment_id>/", detail.attachment, name="order-attachment"),
    path("orders/<int:order_id>/edit/", entry.edit_quote, name="order-edit-quote"),
    path("orders/<int:order_id>/confirm/", actions.confirm, name="order-confirm"),
    path("orders/<int:order_id>/change/", actions.change, name="order-change"),
    path("orders/<int:order_id>/cancel/", actions.cancel, name="order-cancel"),
    path("orders/<int:order_id>/hold/", actions.hold, name="order-hold"),
    path("orders/<int:order_id>/holds/<int:hold_id>/release/", actions.release, name="order-release"),
    path("orders/<int:order_id>/ship/", cash.ship_order, name="order-ship"),
    path("orders/<int:order_id>/return/", cash.return_goods, name="order-return"),
    path("orders/<int:order_id>/invoice/", cash.invoice_order, name="order-invoice"),
    path("orders/<int:order_id>/payment/", cash.pay_order, name="order-payment"),
    path("orders/<int:order_id>/refund/", cash.refund_order, name="order-refund"),
    path("orders/<int:order_id>/note/", actions.note, name="order-note"),
    path("orders/<int:order_id>/attach/", actions.attach, name="order-attach"),
]
