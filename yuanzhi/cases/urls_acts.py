"""Pages of what is done with a case beside its next step."""

from django.urls import path

from .views import acts, withdraw

act_urls = [
    path("cases/pick/", acts.pick, name="pick"),
    path("cases/<int:pk>/act/<slug:code>/", acts.act, name="act"),
    path("cases/<int:pk>/unlink/<int:other>/", acts.unlink, name="unlink"),
    path("portal/cases/<int:pk>/withdraw/", withdraw.portal, name="portal_withdraw"),
    path("t/<str:token>/withdraw/", withdraw.by_link, name="track_withdraw"),
]
