from django.urls import path

from orderwell.web.printing import views

urlpatterns = [
    path("print/<slug:kind>/", views.document, name="print"),
    path("settings/print/", views.templates, name="print-templates"),
    path("settings/print/logo/", views.logo, name="print-logo"),
    path("settings/print/<slug:kind>/", views.template, name="print-template"),
    path("settings/print/<slug:kind>/preview/", views.preview_pages, name="print-preview"),
    path("settings/print/templates/<int:template_id>/restore/<int:version>/", views.restore, name="print-restore"),
    path("settings/print/templates/<int:template_id>/reset/", views.reset, name="print-reset"),
]
