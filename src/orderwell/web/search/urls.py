from django.urls import path

from orderwell.web.search import views

urlpatterns = [path("search/", views.search, name="search")]
