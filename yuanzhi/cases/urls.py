"""Pages of cases, by audience."""

from django.urls import path

from .urls_acts import act_urls
from .urls_board import board_urls
from .urls_intake import intake_urls
from .urls_routing import routing_urls
from .views import (
    claims,
    file,
    knowledge,
    many,
    portal,
    public,
    rates,
    staff,
)

app_name = "cases"
urlpatterns = [
    path("cases/", staff.case_list, name="list"),
    path("cases/<int:pk>/", staff.case, name="case"),
    path("cases/<int:pk>/step/<str:step>/", staff.take_step, name="step"),
    path("cases/<int:pk>/note/", staff.write_note, name="note"),
    path("cases/of/<int:pk>/", staff.of_enterprise, name="of_enterprise"),
    path("cases/<int:pk>/claims/", claims.of_case, name="claims"),
    path("cases/<int:pk>/claims/sheet/", claims.sheet, name="claims_sheet"),
    path("cases/<int:pk>/claims/<int:claim>/", claims.change, name="claim"),
    path("cases/<int:pk>/claims/<int:claim>/remove/", claims.remove, name="claim_remove"),
    path("cases/<int:pk>/file/", file.file, name="case_file"),
    path("cases/<int:pk>/code/", file.code, name="code"),
    path("cases/many/accept/", many.accept, name="accept_many"),
    path("cases/many/hand-over/", many.hand_over, name="hand_over_many"),
    path("cases/export/", many.export, name="export"),
    path("rates/", rates.rates, name="rates"),
    path("rates/rows/", rates.rows, name="rates_rows"),
    path("answers/", knowledge.answers, name="answers"),
    path("answers/new/", knowledge.new, name="answer_new"),
    path("answers/<int:pk>/", knowledge.answer_page, name="answer"),
    path("answers/<int:pk>/edit/", knowledge.edit, name="answer_edit"),
    path("answers/<int:pk>/state/", knowledge.set_state, name="answer_state"),
    path("answers/<int:pk>/helped/", knowledge.helped, name="answer_helped"),
    path("portal/", portal.home, name="portal"),
    path("portal/cases/<int:pk>/", portal.case, name="portal_case"),
    path("portal/cases/<int:pk>/note/", portal.write_note, name="portal_note"),
    path("portal/cases/<int:pk>/verdict/", portal.verdict, name="portal_verdict"),
    path("t/<str:token>/", public.track, name="track"),
    path("t/<str:token>/verdict/", public.verdict, name="track_verdict"),
    path("q/<str:code>/", public.scan, name="scan"),
    *act_urls,
    *board_urls,
    *intake_urls,
    *routing_urls,
]
