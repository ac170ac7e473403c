"""Pages that read from several apps."""

from django.urls import path

from .views import find, workbench

app_name = "insights"
urlpatterns = [
    path("", workbench.home, name="home"),
    path("find/", find.find, name="find"),
]
