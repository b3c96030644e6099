from django.urls import path

from orderwell.web.handheld import installing, views

urlpatterns = [
    path("manifest.webmanifest", installing.manifest, name="manifest"),
    path("service-worker.js", installing.service_worker, name="service-worker"),
    path("offline/", installing.offline_page, name="offline"),
    path("handheld/", views.handheld, name="handheld"),
    path("handheld/work/", views.work_of_warehouse, name="handheld-work"),
    path("handheld/counts/<int:count_id>/", views.count_of_warehouse, name="handheld-count"),
    path("handheld/orders/<int:order_id>/", views.order_to_pack, name="handheld-order"),
    path("handheld/find/", views.find, name="handheld-find"),
    path("handheld/act/", views.act, name="handheld-act"),
    path("to-sort-out/", views.leftover_page, name="leftover-list"),
    path("to-sort-out/<int:leftover_id>/settle/", views.leftover_settle, name="leftover-settle"),
]
