from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "orderwell.platform.events"
    label = "events"
