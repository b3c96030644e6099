from django.urls import path

from orderwell.web.live import views

urlpatterns = [
    path("live/", views.changes, name="live"),
    path("live/counters/", views.counters, name="counters"),
]
