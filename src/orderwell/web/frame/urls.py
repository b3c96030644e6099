from django.urls import path

from orderwell.web.frame import views

urlpatterns = [path("undo/", views.undo, name="undo")]
