"""Only in the practice company: remembers which pages a learner opened, and that somebody is here at all."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from orderwell.platform.accounts.models import User
from orderwell.platform.learning.queries import run_of
from orderwell.platform.sandbox.launching import sandbox_home
from orderwell.platform.sandbox.place import note_use
from orderwell.web.help.tours.catalogue import TOURS
from orderwell.web.help.tours.checks import Did, Visited
from orderwell.web.help.tours.progress import visit

_CHECKS = [task.check for tour in TOURS.values() for task in tour.all_tasks]
# Name of an address and how it is asked: a page that was opened, or a place where something was done.
_PLACES = {(check.url_name, "GET") for check in _CHECKS if isinstance(check, Visited)} | {
    (check.through, "POST") for check in _CHECKS if isinstance(check, Did) and check.through
}


class Practice:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if match is None or not isinstance(request.user, User):
            return response
        if match.url_name != "practice-panel":
            note_use(sandbox_home())
        name = match.url_name or ""
        if (name, request.method) in _PLACES and response.status_code == 200:
            run = run_of(request.user)
            if run is not None and run.finished_at is None:
                visit(run, name)
        return response
