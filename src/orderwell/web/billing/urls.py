from django.urls import path

from orderwell.web.billing import views

urlpatterns = [
    path("invoices/", views.invoices, name="invoice-list"),
    path("invoices/<int:invoice_id>/", views.invoice, name="invoice-detail"),
    path("payments/", views.payments, name="payment-list"),
]
