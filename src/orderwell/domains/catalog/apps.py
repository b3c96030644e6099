from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "orderwell.domains.catalog"
    label = "catalog"
