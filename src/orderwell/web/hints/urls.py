from django.urls import path

from orderwell.web.hints import rules, views

urlpatterns = [
    path("hints/dismiss/", views.dismiss, name="hint-dismiss"),
    path("hints/take/", views.take, name="hint-take"),
    path("hints/seen/", views.seen, name="hint-seen"),
    path("admin/hints/", rules.rules_page, name="admin-hints"),
    path("admin/hints/<str:name>/", rules.rule_page, name="admin-hint-rule"),
]
