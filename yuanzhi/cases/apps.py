from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "yuanzhi.cases"
    label = "cases"

    def ready(self) -> None:
        from yuanzhi.kernel.signals import calendar_changed

        from .news import on_calendar_changed

        calendar_changed.connect(on_calendar_changed)
