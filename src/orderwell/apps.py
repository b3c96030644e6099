from django.apps import AppConfig


class OrderwellConfig(AppConfig):
    """Last of the apps: when its turn comes, every model is there to be wired."""

    name = "orderwell"
    label = "orderwell"

    def ready(self) -> None:
        from orderwell.platform.database import watch_connections
        from orderwell.wiring import wire

        wire()
        watch_connections()
