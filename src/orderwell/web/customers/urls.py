from django.urls import path

from orderwell.web.customers import views

urlpatterns = [
    path("customers/", views.customer_list_page, name="customer-list"),
    path("customers/new/", views.new_customer, name="customer-new"),
    path("customers/<int:customer_id>/", views.customer_page, name="customer-detail"),
    path("customers/<int:customer_id>/change/", views.change_customer, name="customer-change"),
]
