"""Pages of the intake: quick capture, files, checklists, the catalogue, replies, codes to print."""

from django.urls import path

from .views import catalogue, codes, files, intake, procedure, public

intake_urls = [
    path("cases/new/", intake.intake, name="intake"),
    path("cases/new/read/", intake.read, name="intake_read"),
    path("cases/<int:pk>/stages/", procedure.add, name="stage_add"),
    path("cases/stages/<int:pk>/", procedure.stage, name="stage"),
    path("files/<int:pk>/", files.download, name="file"),
    path("files/<int:pk>/remove/", files.remove, name="file_remove"),
    path("items/", catalogue.items, name="items"),
    path("items/export/", catalogue.export, name="items_export"),
    path("items/new/", catalogue.add, name="item_new"),
    path("items/<int:pk>/", catalogue.item, name="item"),
    path("items/<int:pk>/edit/", catalogue.edit, name="item_edit"),
    path("items/<int:pk>/end/", catalogue.end, name="item_end"),
    path("replies/", catalogue.replies, name="replies"),
    path("replies/<int:pk>/", catalogue.reply, name="reply"),
    path("portal/items/", catalogue.portal_items, name="portal_items"),
    path("portal/items/<int:pk>/", catalogue.portal_item, name="portal_item"),
    path("parks/<int:pk>/codes/", codes.sheet, name="codes"),
    path("t/<str:token>/add/", public.add, name="track_add"),
    path("t/<str:token>/files/<int:pk>/", files.download_by_link, name="track_file"),
]
