from django.apps import AppConfig


class FulfilmentConfig(AppConfig):
    name = "orderwell.domains.fulfilment"
    label = "fulfilment"
