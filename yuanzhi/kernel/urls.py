"""What belongs to no mechanism of the community: the theme switch and the style page."""

from django.urls import path

from .views.style import style, style_drawer, style_find
from .views.theme import theme

urlpatterns = [
    path("theme", theme, name="theme"),
    path("__style", style, name="style"),
    path("__style/find", style_find, name="style_find"),
    path("__style/thing", style_drawer, name="style_drawer"),
]
