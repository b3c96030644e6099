from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "orderwell.domains.cases"
    label = "cases"
