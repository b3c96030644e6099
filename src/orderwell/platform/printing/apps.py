from django.apps import AppConfig


class PrintingConfig(AppConfig):
    name = "orderwell.platform.printing"
    label = "printing"
