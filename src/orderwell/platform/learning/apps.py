from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "orderwell.platform.learning"
    label = "learning"
