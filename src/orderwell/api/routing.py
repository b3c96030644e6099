"""Routes: each names the permission it needs, and every write can be repeated with its request key."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from ninja import Router
from ninja.decorators import decorate_view
from ninja.responses import Status

from orderwell.api.bodies import ApiRequest, Body, Json
from orderwell.api.problems import language_of, refuse
from orderwell.api.requests import authenticate, refuse_unknown_parameters, run_once
from orderwell.kernel.errors import DomainError
from orderwell.platform.permissions import Permission

Function = TypeVar("Function", bound=Callable[..., Any])
Run = Callable[..., HttpResponse]
JSON = Json()


class Routes(Router):
    """The routes of one kind of resource."""

    def __init__(self, tag: str) -> None:
        super().__init__(tags=[tag])

    def read(
        self, path: str, *, permission: Permission | None, response: Any, extra: dict[str, Any] | None = None
    ) -> Callable[[Function], Function]:
        return self._route("GET", path, permission=permission, response={200: response}, extra=extra)

    def write(
        self,
        method: str,
        path: str,
        *,
        permission: Permission | None,
        response: Any,
        status: int = 200,
        versioned: bool = False,
        guarded: bool = False,
        body: Body = JSON,
    ) -> Callable[[Function], Function]:
        """A change. `versioned` ones are made to the version named in If-Match, `guarded` ones where it is named."""
        extra = {"x-versioned": versioned, "x-guarded": guarded, **body.description()}
        return self._route(method, path, permission=permission, response={status: response}, extra=extra, body=body)

    def _route(
        self,
        method: str,
        path: str,
        *,
        permission: Permission | None,
        response: dict[int, Any],
        extra: dict[str, Any] | None,
        body: Body = JSON,
    ) -> Callable[[Function], Function]:
        def register(function: Function) -> Function:
            writes = method != "GET"
            endpoint = decorate_view(
                _guard(permission, writes=writes, body=body, parameters=_parameters(function, path))
            )(_with_status(function, next(iter(response))))
            self.api_operation(
                [method],
                path,
                response=response,
                operation_id=function.__name__,
                summary=_summary(function),
                description=inspect.getdoc(function),
                openapi_extra={"x-permission": permission and str(permission), **(extra or {})},
            )(endpoint)
            return function

        return register


def _guard(
    permission: Permission | None, *, writes: bool, body: Body, parameters: frozenset[str]
) -> Callable[[Run], Run]:
    """Key and permission come first: who may not do it learns nothing about body or object."""

    def around(run: Run) -> Run:
        def guarded(request: HttpRequest, **path: Any) -> HttpResponse:
            caller = cast(ApiRequest, request)

            def work() -> HttpResponse:
                refuse_unknown_parameters(request, parameters)
                return run(request, **path)

            with translation.override(language_of(request)):
                try:
                    caller.actor = authenticate(request)
                    if permission is not None:
                        caller.actor.require(permission)
                    return run_once(caller, body.read(caller), work) if writes else work()
                except DomainError as error:
                    return refuse(error, request)

        return guarded

    return around


def _with_status(function: Callable[..., Any], status: int) -> Callable[..., Any]:
    @functools.wraps(function)
    def answer(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        return result if isinstance(result, HttpResponseBase) else Status(status, result)

    # With its annotations evaluated where the function stands, not here.
    answer.__signature__ = inspect.signature(function, eval_str=True)  # type: ignore[attr-defined]
    return answer


def _parameters(function: Callable[..., Any], path: str) -> frozenset[str]:
    """What may stand behind the question mark: every argument that is neither a part of the path nor the request itself."""
    names = frozenset(inspect.signature(function).parameters) - {"request", "response"}
    return names - frozenset(re.findall(r"{(?:\w+:)?(\w+)}", path))


def _summary(function: Callable[..., Any]) -> str:
    return function.__name__.replace("_", " ").capitalize()
