from django.urls import path

from orderwell.web.lists.views import list_page
from orderwell.web.products import views

urlpatterns = [
    path("products/", list_page("products"), name="product-list"),
    path("products/<int:product_id>/", views.product_page, name="product-detail"),
]
