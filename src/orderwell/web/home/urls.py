from django.urls import path

from orderwell.web.home import views

urlpatterns = [
    path("overview/", views.home, name="overview"),
    path("overview/rankings/", views.rankings, name="rankings"),
]
