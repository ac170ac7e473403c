"""The map of the house: one line for each app."""

from django.urls import include, path

urlpatterns = [
    path("", include("yuanzhi.kernel.urls")),
    path("", include("yuanzhi.accounts.urls")),
    path("", include("yuanzhi.registry.urls")),
    path("", include("yuanzhi.cases.urls")),
    path("", include("yuanzhi.partners.urls")),
    path("", include("yuanzhi.insights.urls")),
]

handler404 = "yuanzhi.kernel.views.errors.page_missing"
