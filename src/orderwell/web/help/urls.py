from django.urls import path

from orderwell.web.help import diagnostics, news, views
from orderwell.web.help.tours import live, practice

urlpatterns = [
    path("help/", views.contents, name="help"),
    path("help/search/", views.find, name="help-search"),
    path("help/panel/", views.panel, name="help-panel"),
    path("help/tours/", live.tours, name="tours"),
    path("help/tours/status/", live.status, name="tours-status"),
    path("help/tours/prepare/", live.prepare, name="tours-prepare"),
    path("help/tours/back/", live.take_back, name="tours-back"),
    path("help/tours/<slug:code>/begin/", live.begin, name="tour-begin"),
    path("help/news/", news.read, name="news"),
    path("help/news/dismiss/", news.dismiss, name="news-dismiss"),
    path("help/<slug:name>/", views.manual_page, name="help-page"),
    path("system/diagnostics/", diagnostics.diagnostics, name="diagnostics"),
    path("system/diagnostics/download/", diagnostics.download, name="diagnostics-download"),
    path("practice/enter/", practice.enter, name="practice-enter"),
    path("practice/panel/", practice.panel, name="practice-panel"),
    path("practice/hint/", practice.hint, name="practice-hint"),
    path("practice/answer/", practice.answer, name="practice-answer"),
    path("practice/again/", practice.again, name="practice-again"),
    path("practice/reset/", practice.reset, name="practice-reset"),
]
