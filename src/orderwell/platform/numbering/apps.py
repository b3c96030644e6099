from django.apps import AppConfig


class NumberingConfig(AppConfig):
    name = "orderwell.platform.numbering"
    label = "numbering"
