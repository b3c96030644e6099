from django.urls import path

from orderwell.web.products import editing, views

urlpatterns = [
    path("products/", views.product_list_page, name="product-list"),
    path("products/new/", editing.new_product, name="product-new"),
    path("products/<int:product_id>/change/", editing.change_product, name="product-change"),
    path("products/<int:product_id>/", views.product_page, name="product-detail"),
]
