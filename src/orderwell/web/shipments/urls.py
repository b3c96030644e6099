from django.urls import path

from orderwell.web.lists.views import list_page
from orderwell.web.shipments import views

urlpatterns = [
    path("to-ship/", list_page("to-ship"), name="to-ship"),
    path("to-ship/lines/", list_page("lines-to-ship"), name="lines-to-ship"),
    path("shipments/", list_page("shipments"), name="shipment-list"),
    path("shipments/<int:shipment_id>/deliver/", views.mark_delivered, name="shipment-deliver"),
    path("shipments/<int:shipment_id>/tracking/", views.tracking, name="shipment-tracking"),
    path("returns/", list_page("returns"), name="return-list"),
    path("returns/<int:return_id>/", views.return_page, name="return-detail"),
    path("returns/<int:return_id>/undo/", views.undo, name="return-undo"),
]
