from django.urls import path

from orderwell.web.start import views

urlpatterns = [
    path("", views.start, name="home"),
    path("start/desk/", views.choose_desk, name="choose-desk"),
]
