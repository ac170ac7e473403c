from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "yuanzhi.accounts"
    label = "accounts"
