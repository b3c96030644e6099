from django.urls import path

from orderwell.web.home import views

urlpatterns = [
    path("overview/", views.home, name="overview"),
    path("overview/service/", views.service, name="overview-service"),
    path("overview/rankings/", views.rankings, name="rankings"),
]
