from django.urls import URLPattern, URLResolver, path

from orderwell.api.app import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
]
