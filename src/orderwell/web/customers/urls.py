from django.urls import path

from orderwell.web.customers import actions, page, views
from orderwell.web.lists.views import list_page

urlpatterns = [
    path("customers/", list_page("customers"), name="customer-list"),
    path("customers/new/", views.new_customer, name="customer-new"),
    path("customers/<int:customer_id>/", page.customer_page, name="customer-detail"),
    path("customers/<int:customer_id>/figures/", page.figures, name="customer-figures"),
    path("customers/<int:customer_id>/happenings/", page.happenings, name="customer-happenings"),
    path("customers/<int:customer_id>/active/", actions.set_active, name="customer-active"),
    path("customers/<int:customer_id>/tags/", actions.change_tags, name="customer-tags"),
    path("customers/<int:customer_id>/change/", views.change_customer, name="customer-change"),
]
