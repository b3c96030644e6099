from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "orderwell.domains.analytics"
    label = "analytics"
