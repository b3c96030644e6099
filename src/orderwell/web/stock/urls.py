from django.urls import path

from orderwell.web.lists.views import list_page
from orderwell.web.stock import counting, expected, past, transfers, views

urlpatterns = [
    path("stock/goods/", views.goods, name="lookup-goods"),
    path("stock/", list_page("stock"), name="stock-list"),
    path("stock/movements/", list_page("movements"), name="movement-list"),
    path("stock/adjust/", views.adjust, name="stock-adjust"),
    path("stock/<int:stock_item_id>/", views.stock_item, name="stock-item"),
    path("stock/past/", past.past_stock, name="stock-past"),
    path("stock/receive/", expected.receive, name="stock-receive"),
    path("stock/expected/", list_page("expected"), name="expected-list"),
    path("stock/expected/new/", expected.announce, name="expected-new"),
    path("stock/expected/<int:receipt_id>/", expected.expected_page, name="expected-detail"),
    path("stock/expected/<int:receipt_id>/change/", expected.change_expected, name="expected-change"),
    path("stock/expected/<int:receipt_id>/cancel/", expected.cancel_expected, name="expected-cancel"),
    path("counts/", counting.counts_page, name="count-list"),
    path("counts/new/", counting.new_count, name="count-new"),
    path("counts/<int:count_id>/", counting.count_page, name="count-detail"),
    path("counts/<int:count_id>/line/<int:line_id>/", counting.count_line, name="count-line"),
    path("counts/<int:count_id>/post/", counting.post, name="count-post"),
    path("counts/<int:count_id>/cancel/", counting.cancel, name="count-cancel"),
    path("transfers/", list_page("transfers"), name="transfer-list"),
    path("transfers/new/", transfers.new_transfer, name="transfer-new"),
    path("transfers/<int:transfer_id>/", transfers.transfer_page, name="transfer-detail"),
    path("transfers/<int:transfer_id>/change/", transfers.change, name="transfer-change"),
    path("transfers/<int:transfer_id>/dispatch/", transfers.dispatch, name="transfer-dispatch"),
    path("transfers/<int:transfer_id>/receive/", transfers.receive, name="transfer-receive"),
    path("transfers/<int:transfer_id>/cancel/", transfers.cancel, name="transfer-cancel"),
]
