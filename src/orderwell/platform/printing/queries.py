"""Reading templates, for those who may change them, and prints that a worker makes, for those who asked for them."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.printing.models import Logo, PrintRun, PrintTemplate, PrintTemplateVersion
from orderwell.platform.printing.setting import chosen


def templates(*, actor: Actor) -> list[PrintTemplate]:
    actor.require(Permission.SYSTEM_TEMPLATE_CHANGE)
    return list(PrintTemplate.objects.order_by("kind", "channel", "language"))


def template_of(*, kind: str, channel: str = "", language: str = "", actor: Actor) -> PrintTemplate | None:
    """The company's own template, None while it has none."""
    actor.require(Permission.SYSTEM_TEMPLATE_CHANGE)
    return PrintTemplate.objects.filter(kind=kind, channel=channel, language=language).first()


def used_template(*, kind: str, channel: str = "", language: str = "", actor: Actor) -> PrintTemplate | None:
    """What documents of a channel and a language are set with, None for the built-in look."""
    actor.require(Permission.SYSTEM_TEMPLATE_CHANGE)
    return chosen(kind, channel, language)


def template_detail(*, template_id: int, actor: Actor) -> PrintTemplate:
    actor.require(Permission.SYSTEM_TEMPLATE_CHANGE)
    found = PrintTemplate.objects.filter(pk=template_id).first()
    if found is None:
        raise NotFound(kind="template", reference=str(template_id))
    return found


def versions_of(template: PrintTemplate) -> list[PrintTemplateVersion]:
    """The newest twenty."""
    return list(template.versions.order_by("-version")[:20])


def has_logo() -> bool:
    return Logo.objects.exists()


def holder_of(actor: Actor) -> str:
    return f"{actor.kind}:{actor.id}"


def run_of(actor: Actor, run_id: int) -> PrintRun:
    """Raises NotFound for those of others."""
    found = PrintRun.objects.select_related("progress").filter(pk=run_id, holder=holder_of(actor)).first()
    if found is None:
        raise NotFound(kind=_("print"), reference=str(run_id))
    return found
