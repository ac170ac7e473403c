from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "yuanzhi.partners"
    label = "partners"

    def ready(self) -> None:
        from .lending import lend_departments
        from .lending_partners import lend_partners
        from .scopes import provide_partners

        provide_partners()
        lend_partners()
        lend_departments()
