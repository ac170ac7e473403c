from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "yuanzhi.insights"
    label = "insights"
