from django.urls import path

from orderwell.web.lists.views import list_page
from orderwell.web.system import views

urlpatterns = [
    path("system/health/", views.health, name="system-health"),
    path("system/events/", list_page("events"), name="event-list"),
    path("system/dead-letters/", list_page("dead-letters"), name="dead-letters"),
    path("system/jobs/", list_page("jobs"), name="job-list"),
]
