from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "yuanzhi.partners"
    label = "partners"

    def ready(self) -> None:
        from .lending import lend_departments
        from .scopes import provide_partners

        provide_partners()
        lend_departments()
