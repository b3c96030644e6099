from django.urls import path

from orderwell.web.products import views

urlpatterns = [
    path("products/", views.product_list_page, name="product-list"),
    path("products/<int:product_id>/", views.product_page, name="product-detail"),
]
