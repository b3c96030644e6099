from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "orderwell.domains.integrations"
    label = "integrations"
