from django.apps import AppConfig


class CryptoConfig(AppConfig):
    name = "orderwell.platform.crypto"
    label = "crypto"
