from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "orderwell.web"
    label = "web"

    def ready(self) -> None:
        from orderwell.web.lists.registry import register_all

        register_all()
