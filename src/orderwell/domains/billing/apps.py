from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "orderwell.domains.billing"
    label = "billing"
