from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RegistryConfig(AppConfig):
    name = "yuanzhi.registry"
    label = "registry"

    def ready(self) -> None:
        from .imports.kind import introduce
        from .industries import load_when_empty
        from .scopes import provide_scopes
        from .wording import lend_names

        provide_scopes()
        lend_names()
        introduce()
        post_migrate.connect(load_when_empty, sender=self)
