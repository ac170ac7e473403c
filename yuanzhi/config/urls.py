"""The map of the house: one line for each app."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
]
