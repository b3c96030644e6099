from django.urls import path

from orderwell.web.help import views

urlpatterns = [
    path("help/", views.contents, name="help"),
    path("help/search/", views.find, name="help-search"),
    path("help/panel/", views.panel, name="help-panel"),
    path("help/<slug:name>/", views.manual_page, name="help-page"),
]
