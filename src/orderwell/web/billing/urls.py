from django.urls import path

from orderwell.web.billing import crediting, undoing, views
from orderwell.web.lists.views import list_page

urlpatterns = [
    path("invoices/", list_page("invoices"), name="invoice-list"),
    path("invoices/<int:invoice_id>/", views.invoice, name="invoice-detail"),
    path("invoices/<int:invoice_id>/credit/", crediting.credit_invoice, name="invoice-credit"),
    path("returns/<int:return_id>/credit/", crediting.credit_return, name="return-credit"),
    path("returns/<int:return_id>/settle/", crediting.settle, name="return-settle"),
    path("returns/<int:return_id>/settle/undo/", crediting.undo_settle, name="return-settle-undo"),
    path("payments/", list_page("payments"), name="payment-list"),
    path("payments/<int:payment_id>/undo/", undoing.payment, name="payment-undo"),
    path("refunds/<int:refund_id>/undo/", undoing.refund, name="refund-undo"),
    path("credit-notes/<int:note_id>/undo/", undoing.credit_note, name="credit-note-undo"),
    path("credit-notes/", list_page("credit-notes"), name="credit-note-list"),
]
