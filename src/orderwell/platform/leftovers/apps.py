from django.apps import AppConfig


class LeftoversConfig(AppConfig):
    name = "orderwell.platform.leftovers"
    label = "leftovers"
