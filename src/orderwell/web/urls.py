"""Every address of the web interface, area by area."""

from django.urls import URLPattern, URLResolver, include, path

AREAS = (
    "account",
    "lists",
    "start",
    "home",
    "frame",
    "live",
    "search",
    "orders",
    "shipments",
    "billing",
    "customers",
    "products",
    "prices",
    "stock",
    "handheld",
    "imports",
    "printing",
    "system",
    "admin",
    "cases",
    "public",
    "help",
    "hints",
)

urlpatterns: list[URLPattern | URLResolver] = [path("", include(f"orderwell.web.{area}.urls")) for area in AREAS]
