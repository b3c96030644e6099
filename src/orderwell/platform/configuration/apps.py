from django.apps import AppConfig


class ConfigurationConfig(AppConfig):
    name = "orderwell.platform.configuration"
    label = "configuration"
