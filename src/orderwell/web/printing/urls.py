from django.urls import path

from orderwell.web.printing import views

urlpatterns = [
    path("print/<slug:kind>/", views.document, name="print"),
    path("print/runs/<int:print_run_id>/", views.run, name="print-run"),
    path("print/runs/<int:print_run_id>/file/", views.run_file, name="print-run-file"),
    path("admin/print/", views.templates, name="print-templates"),
    path("admin/print/logo/", views.logo, name="print-logo"),
    path("admin/print/<slug:kind>/", views.template, name="print-template"),
    path("admin/print/<slug:kind>/preview/", views.preview_pages, name="print-preview"),
    path("admin/print/templates/<int:template_id>/restore/<int:version>/", views.restore, name="print-restore"),
    path("admin/print/templates/<int:template_id>/reset/", views.reset, name="print-reset"),
]
