from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "yuanzhi.cases"
    label = "cases"
