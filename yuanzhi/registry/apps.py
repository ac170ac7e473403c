from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "yuanzhi.registry"
    label = "registry"
