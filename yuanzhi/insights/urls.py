"""Pages that read from several apps."""

from django.urls import path

from .views import find, jobs, workbench

app_name = "insights"
urlpatterns = [
    path("", workbench.home, name="home"),
    path("find/", find.find, name="find"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<str:job_id>/", jobs.decide, name="decide_job"),
]
