from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    name = "orderwell.platform.idempotency"
    label = "idempotency"
