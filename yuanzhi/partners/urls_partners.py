"""Pages of partners and referrals, by audience."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import duty, help, partner_portal, partners, referrals

urlpatterns: list[URLPattern] = [
    # the register
    path("partners/", partners.partners, name="partners"),
    path("partners/new/", partners.add, name="add_partner"),
    path("partners/kinds/", partners.kinds, name="kinds"),
    path("partners/export/", partners.export, name="export_partners"),
    path("partners/<int:pk>/", partners.partner, name="partner"),
    path("partners/<int:pk>/edit/", partners.edit, name="edit_partner"),
    path("partners/<int:pk>/experts/new/", partners.add_expert, name="add_expert"),
    path("partners/<int:pk>/ties/new/", partners.add_tie, name="add_tie"),
    path("partners/<int:pk>/decide/<str:move>/", partners.decide, name="decide_partner"),
    path("experts/<int:pk>/edit/", partners.edit_expert, name="edit_expert"),
    path("ties/<int:pk>/end/", partners.end_tie, name="end_tie"),
    # the roster
    path("duty/", duty.duty, name="duty"),
    path("duty/today/", duty.today, name="duty_today"),
    path("duty/<int:pk>/cancel/", duty.cancel, name="cancel_duty"),
    # on a case
    path("cases/<int:pk>/referrals/", referrals.of_case, name="referrals_of_case"),
    path("cases/<int:pk>/refer/", referrals.refer, name="refer"),
    path("referrals/<int:pk>/call-off/", referrals.call_off, name="call_off"),
    path("referrals/<int:pk>/visits/", referrals.propose_visit, name="propose_visit"),
    path("joint-visits/<int:pk>/<str:move>/", referrals.move_visit, name="move_visit"),
    path("asks/<int:pk>/link/", referrals.make_link, name="ask_link"),
    # the partner's own
    path("partner/", partner_portal.home, name="partner_home"),
    path("partner/duty/<int:pk>/cancel/", partner_portal.cancel_duty, name="cancel_own_duty"),
    path("partner/asks/<int:pk>/", partner_portal.ask, name="ask"),
    path("partner/asks/<int:pk>/phone/", partner_portal.reveal, name="ask_phone"),
    path("partner/asks/<int:pk>/<str:act>/", partner_portal.ask_act, name="ask_act"),
    # the enterprise's
    path("portal/cases/<int:pk>/help/", help.of_case, name="help_of_case"),
    path("portal/referrals/<int:pk>/rate/", help.rate, name="rate"),
    path("t/<str:token>/help/<int:pk>/", help.rate_by_link, name="rate_by_link"),
]
