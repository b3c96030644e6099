from django.urls import path

from orderwell.web.public import views

urlpatterns = [
    path("track/", views.look_up_page, name="track"),
    path("track/o/<str:token>/", views.enter, name="track-link"),
    path("track/order/", views.order_page, name="track-order"),
    path("track/order/ask/", views.ask_question, name="track-ask"),
    path("track/order/return/", views.start_return, name="track-return"),
    path("track/order/rate/", views.rate_order, name="track-rate"),
    path("track/order/invoices/<int:invoice_id>/", views.invoice, name="track-invoice"),
    path("track/order/credit-notes/<int:note_id>/", views.credit_note, name="track-credit-note"),
    path("track/leave/", views.leave, name="track-leave"),
    path("track/logo/", views.logo, name="track-logo"),
]
