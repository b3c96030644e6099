from django.apps import AppConfig


class ViewsConfig(AppConfig):
    name = "orderwell.platform.views"
    label = "views"
