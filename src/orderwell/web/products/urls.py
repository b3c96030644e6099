from django.urls import path

from orderwell.web.lists.views import list_page
from orderwell.web.products import editing, views

urlpatterns = [
    path("products/", list_page("products"), name="product-list"),
    path("products/new/", editing.new_product, name="product-new"),
    path("products/<int:product_id>/change/", editing.change_product, name="product-change"),
    path("products/<int:product_id>/", views.product_page, name="product-detail"),
]
