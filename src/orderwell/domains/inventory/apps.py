from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "orderwell.domains.inventory"
    label = "inventory"
