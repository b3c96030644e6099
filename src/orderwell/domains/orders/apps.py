from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "orderwell.domains.orders"
    label = "orders"
