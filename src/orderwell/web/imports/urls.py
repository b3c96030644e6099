from django.urls import path

from orderwell.web.imports import views
from orderwell.web.lists.views import list_page

urlpatterns = [
    path("imports/", list_page("imports"), name="import-list"),
    path("imports/new/", views.new_import, name="import-new"),
    path("imports/<int:batch_id>/", views.import_page, name="import-detail"),
    path("imports/<int:batch_id>/progress/", views.import_progress, name="import-progress"),
    path("imports/<int:batch_id>/mapping/", views.mapping, name="import-mapping"),
    path("imports/<int:batch_id>/refused/", views.refused, name="import-refused"),
    path("imports/<int:batch_id>/run/", views.run, name="import-run"),
    path("imports/<int:batch_id>/for-real/", views.for_real, name="import-for-real"),
    path("imports/<int:batch_id>/undo/", views.undo, name="import-undo"),
]
