from django.urls import URLPattern, URLResolver, include, path

from orderwell.api import openapi
from orderwell.api.app import api

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/openapi.json", openapi.serve),
    path("api/v1/", api.urls),
    path("", include("orderwell.web.urls")),
]
handler400 = "orderwell.web.errors.bad_request"
handler403 = "orderwell.web.errors.forbidden"
handler404 = "orderwell.web.errors.not_found"
handler500 = "orderwell.web.errors.broken"
