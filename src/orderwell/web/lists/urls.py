from django.urls import path

from orderwell.web.lists import bulk, exporting, keeping, papers, totals, tray, views

urlpatterns = [
    path("progress/", tray.progress_tray, name="progress"),
    path("progress/<int:progress_id>/seen/", tray.seen, name="progress-seen"),
    path("lists/exports/<int:export_id>/", exporting.export_page, name="list-export"),
    path("lists/exports/<int:export_id>/file/", exporting.export_file, name="list-export-file"),
    path("lists/runs/<int:run_id>/", bulk.run, name="list-run"),
    path("lists/runs/<int:run_id>/retry/", bulk.retry, name="list-run-retry"),
    path("lists/runs/<int:run_id>/undo/", bulk.undo, name="list-run-undo"),
    path("lists/<slug:name>/counts/", views.counts, name="list-counts"),
    path("lists/<slug:name>/columns/", keeping.columns, name="list-columns"),
    path("lists/<slug:name>/export/", exporting.export, name="list-export-new"),
    path("lists/<slug:name>/views/new/", keeping.new_view, name="list-view-new"),
    path("lists/<slug:name>/views/default/", keeping.default_view, name="list-view-default"),
    path("lists/<slug:name>/views/<int:view_id>/", keeping.change_view, name="list-view"),
    path("lists/<slug:name>/views/<int:view_id>/remove/", keeping.remove, name="list-view-remove"),
    path("lists/<slug:name>/act/<slug:key>/", bulk.act, name="list-act"),
    path("lists/<slug:name>/print/<slug:kind>/", papers.print_rows, name="list-print"),
    path("lists/<slug:name>/total/", totals.total, name="list-total"),
    path("lists/<slug:name>/quick/<slug:pk>/", views.quick, name="list-quick"),
]
