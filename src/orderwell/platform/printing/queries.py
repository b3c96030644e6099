"""Reading templates, for those who may change them."""

from __future__ import annotations

from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.printing.models import Logo, PrintTemplate, PrintTemplateVersion


def templates(*, actor: Actor) -> list[PrintTemplate]:
    actor.require(Permission.SYSTEM_TEMPLATE_CHANGE)
    return list(PrintTemplate.objects.order_by("kind", "channel", "language"))


def template_of(*, kind: str, channel: str = "", language: str = "", actor: Actor) -> PrintTemplate | None:
    """The company's own template, None while it has none."""
    actor.require(Permission.SYSTEM_TEMPLATE_CHANGE)
    return PrintTemplate.objects.filter(kind=kind, channel=channel, language=language).first()


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
