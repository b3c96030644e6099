from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "orderwell.web"
    label = "web"
