from django.urls import path

from orderwell.web.customers import views
from orderwell.web.lists.views import list_page

urlpatterns = [
    path("customers/", list_page("customers"), name="customer-list"),
    path("customers/new/", views.new_customer, name="customer-new"),
    path("customers/<int:customer_id>/", views.customer_page, name="customer-detail"),
    path("customers/<int:customer_id>/change/", views.change_customer, name="customer-change"),
]
