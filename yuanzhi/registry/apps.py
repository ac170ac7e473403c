from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RegistryConfig(AppConfig):
    name = "yuanzhi.registry"
    label = "registry"

    def ready(self) -> None:
        from .industries import load_when_empty
        from .scopes import provide_scopes

        provide_scopes()
        post_migrate.connect(load_when_empty, sender=self)
