from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "yuanzhi.kernel"
    label = "kernel"
