"""A file put beside a record: one form, whatever the record is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.web.components.actions import ActionForm, perform


class AttachForm(ActionForm):
    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("At most 25 MB."))


def attach_file(
    request: HttpRequest, actor: Actor, keep: Callable[..., object], *, beside: str, to: str
) -> HttpResponse:
    """`keep` gets the file's name, content and content_type, the actor and `now`; `beside` names the record."""

    def act(data: dict[str, Any]) -> None:
        file = data["file"]
        keep(
            name=file.name,
            content=file.read(),
            content_type=file.content_type or "application/octet-stream",
            actor=actor,
            now=utc_now(),
        )

    return perform(
        request,
        actor,
        AttachForm(request.POST or None, request.FILES or None),
        template="components/attach.html",
        act=act,
        done=_("File attached."),
        to=to,
        context={"beside": beside},
    )
