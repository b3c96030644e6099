from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from orderwell.platform.views.sources import ListSource


class WebConfig(AppConfig):
    name = "orderwell.web"
    label = "web"

    def ready(self) -> None:
        from orderwell.platform.views.sources import provide

        provide(all_lists)


def all_lists() -> Iterable[ListSource]:
    from orderwell.web.lists.registry import specs
    from orderwell.web.lists.source import SpecSource

    return map(SpecSource, specs().values())
