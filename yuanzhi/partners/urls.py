"""Pages of partners and departments, by audience."""

from __future__ import annotations

from django.urls import URLPattern, path

from .urls_partners import urlpatterns as _PARTNERS
from .views import coordinations, department_portal, departments, guest

app_name = "partners"
_DEPARTMENTS: list[URLPattern] = [
    path("departments/", departments.departments, name="departments"),
    path("departments/new/", departments.add, name="add_department"),
    path("departments/export/", departments.export, name="export_departments"),
    path("departments/<int:pk>/", departments.department, name="department"),
    path("departments/<int:pk>/edit/", departments.edit, name="edit_department"),
    path("departments/<int:pk>/active/", departments.set_active, name="department_active"),
    path("departments/<int:pk>/reveal/", departments.reveal, name="reveal_liaison"),
    path("cases/<int:pk>/departments/", coordinations.of_case, name="of_case"),
    path("cases/<int:pk>/departments/ask/", coordinations.send, name="coordinate"),
    path("coordinations/<int:pk>/link/", coordinations.make_link, name="coordination_link"),
    path("coordinations/<int:pk>/<str:step>/", coordinations.step, name="coordination_step"),
    path("links/<int:pk>/revoke/", coordinations.revoke, name="revoke_link"),
    path("portal/cases/<int:pk>/departments/", coordinations.portal_part, name="portal_part"),
    path("department/", department_portal.home, name="department_home"),
    path("department/<int:pk>/", department_portal.coordination, name="department_coordination"),
    path("department/<int:pk>/files/<int:file_id>/", department_portal.file, name="department_file"),
    path("department/<int:pk>/<str:step>/", department_portal.take_step, name="department_act"),
    path("g/<str:token>/", guest.page, name="guest"),
    path("g/<str:token>/files/<int:file_id>/", guest.file, name="guest_file"),
    path("g/<str:token>/<str:step>/", guest.take_step, name="guest_act"),
]
urlpatterns: list[URLPattern] = [*_DEPARTMENTS, *_PARTNERS]
