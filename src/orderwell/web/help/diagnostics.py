"""The diagnostics bundle on the screen: look at every file, then download."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.diagnostics.collecting import MEANINGS, Bundle, collect
from orderwell.platform.permissions import Permission
from orderwell.web.pages import page


def _bundle(request: HttpRequest, actor: Actor) -> Bundle:
    return collect(actor=actor, now=utc_now(), verify=True if request.GET.get("verify") == "yes" else None)


@page(Permission.SYSTEM_DIAGNOSTICS_CREATE)
def diagnostics(request: HttpRequest, actor: Actor) -> HttpResponse:
    bundle = _bundle(request, actor)
    files = [
        {"name": name, "what": gettext(MEANINGS[name]), "bytes": len(text.encode()), "text": text}
        for name, text in bundle.texts().items()
    ]
    verified = bool(bundle.files["verify.json"].get("run"))
    return render(request, "help/diagnostics.html", {"files": files, "verified": verified})


@page(Permission.SYSTEM_DIAGNOSTICS_CREATE)
def download(request: HttpRequest, actor: Actor) -> HttpResponse:
    bundle = _bundle(request, actor)
    name = f"orderwell-diagnostics-{bundle.made_at:%Y%m%d-%H%M%S}.zip"
    return HttpResponse(
        bundle.as_zip(),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )
