from django.apps import AppConfig


class AutomationConfig(AppConfig):
    name = "orderwell.domains.automation"
    label = "automation"
