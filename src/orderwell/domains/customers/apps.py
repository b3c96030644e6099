from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "orderwell.domains.customers"
    label = "customers"
