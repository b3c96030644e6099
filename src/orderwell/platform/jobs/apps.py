from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "orderwell.platform.jobs"
    label = "jobs"
