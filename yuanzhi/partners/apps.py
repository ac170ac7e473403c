from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "yuanzhi.partners"
    label = "partners"
