from django.urls import path

from orderwell.web.lists.views import list_page
from orderwell.web.prices import views

urlpatterns = [
    path("price-lists/", list_page("price-lists"), name="price-lists"),
    path("price-lists/new/", views.new_list, name="price-list-new"),
    path("price-lists/copy/", views.copy_list_prices, name="price-list-copy-prices"),
    path("price-lists/ask/", views.ask, name="price-ask"),
    path("price-lists/customers/", views.customers, name="price-list-customers"),
    path("price-lists/<int:list_id>/", views.price_list, name="price-list"),
    path("price-lists/<int:list_id>/change/", views.change_list, name="price-list-change"),
    path("price-lists/<int:list_id>/copy/", views.copy_list, name="price-list-copy"),
    path("price-lists/<int:list_id>/archive/", views.archive, name="price-list-archive"),
    path("price-lists/<int:list_id>/paste/", views.paste, name="price-list-paste"),
    path("price-lists/<int:list_id>/read/", views.read, name="price-list-read"),
    path("price-lists/<int:list_id>/changes/<int:number>/undo/", views.undo_change, name="price-list-undo"),
]
