from django.urls import path

from orderwell.web.shipments import views

urlpatterns = [
    path("to-ship/", views.to_ship, name="to-ship"),
    path("shipments/", views.shipments, name="shipment-list"),
    path("shipments/<int:shipment_id>/deliver/", views.mark_delivered, name="shipment-deliver"),
    path("shipments/<int:shipment_id>/tracking/", views.tracking, name="shipment-tracking"),
]
