from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "orderwell.platform.accounts"
    label = "accounts"
