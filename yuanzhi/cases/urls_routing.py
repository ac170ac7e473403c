"""Pages of routing: rules, dry runs, what was learned, fair turns, absences."""

from django.urls import path

from .views import absence, alike, routing

routing_urls = [
    path("routing/", routing.rules, name="routing"),
    path("routing/new/", routing.add, name="routing_new"),
    path("routing/<int:pk>/", routing.edit, name="routing_rule"),
    path("routing/<int:pk>/move/", routing.move, name="routing_move"),
    path("routing/<int:pk>/switch/", routing.switch, name="routing_switch"),
    path("routing/trials/<int:pk>/", routing.trial, name="routing_trial"),
    path("routing/trials/<int:pk>/use/", routing.use, name="routing_use"),
    path("routing/sheet/", routing.sheet, name="routing_sheet"),
    path("routing/learn/", routing.learn, name="routing_learn"),
    path("routing/assigning/", routing.assigning, name="routing_assigning"),
    path("routing/share/", routing.share, name="routing_share"),
    path("cases/<int:pk>/alike/", alike.of_case, name="alike"),
    path("absences/", absence.absences, name="absences"),
    path("absences/<int:pk>/end/", absence.end, name="absence_end"),
    path("absences/<int:pk>/hand-on/", absence.in_hand, name="absence_hand_on"),
]
