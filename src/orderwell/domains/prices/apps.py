from django.apps import AppConfig


class PricesConfig(AppConfig):
    name = "orderwell.domains.prices"
    label = "prices"
