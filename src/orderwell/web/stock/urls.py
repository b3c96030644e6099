from django.urls import path

from orderwell.web.lists.views import list_page
from orderwell.web.stock import transfers, views

urlpatterns = [
    path("stock/", list_page("stock"), name="stock-list"),
    path("stock/movements/", list_page("movements"), name="movement-list"),
    path("stock/adjust/", views.adjust, name="stock-adjust"),
    path("stock/<int:stock_item_id>/", views.stock_item, name="stock-item"),
    path("transfers/", transfers.transfers_page, name="transfer-list"),
    path("transfers/new/", transfers.new_transfer, name="transfer-new"),
    path("transfers/<int:transfer_id>/", transfers.transfer_page, name="transfer-detail"),
    path("transfers/<int:transfer_id>/dispatch/", transfers.dispatch, name="transfer-dispatch"),
    path("transfers/<int:transfer_id>/receive/", transfers.receive, name="transfer-receive"),
    path("transfers/<int:transfer_id>/cancel/", transfers.cancel, name="transfer-cancel"),
]
