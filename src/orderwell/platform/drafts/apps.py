from django.apps import AppConfig


class DraftsConfig(AppConfig):
    name = "orderwell.platform.drafts"
    label = "drafts"
