from django.urls import path

from orderwell.web.system import views

urlpatterns = [
    path("system/health/", views.health, name="system-health"),
    path("system/events/", views.events, name="event-list"),
    path("system/dead-letters/", views.dead, name="dead-letters"),
    path("system/dead-letters/decide/", views.decide, name="dead-letters-decide"),
    path("system/jobs/", views.jobs, name="job-list"),
]
