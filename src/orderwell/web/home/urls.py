from django.urls import path

from orderwell.web.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("overview/rankings/", views.rankings, name="rankings"),
]
