"""What makes the product an application on a device: its manifest, its service worker, the page for when there is no network."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from orderwell.platform.configuration.options import company_name
from orderwell.web.components.assets import asset
from orderwell.web.pages import open_page

# What the handheld's page and the page without a network are drawn with; kept on the device by the service worker.
FILES = (
    "vendor/tabler.min.css",
    "vendor/icons.svg",
    "web/app.css",
    "web/handheld/handheld.css",
    "web/theme.js",
    "web/pwa.js",
    "web/scan.js",
    "web/camera.js",
    "vendor/zxing.min.js",
    *(
        f"web/handheld/{name}.js"
        for name in (
            "store",
            "queue",
            "frame",
            "items",
            "picking",
            "packing",
            "receiving",
            "counting",
            "returning",
            "main",
        )
    ),
    "web/icon.svg",
    "web/app-192.png",
)
WORKER = ("web/handheld/store.js", "web/handheld/queue.js", "web/handheld/worker.js")
GREEN = "#0b7a75"


@open_page
@require_safe
@vary_on_headers("Accept-Language", "Cookie")
def manifest(request: HttpRequest) -> HttpResponse:
    """In the language of whoever installs it."""
    icons = [
        {"src": asset(f"web/app{kind}-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
        for kind, purpose in (("", "any"), ("-maskable", "maskable"))
        for side in (192, 512)
    ]
    icons.append({"src": asset("web/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"})
    content = {
        "id": "/",
        "name": _("Orderwell practice") if settings.SANDBOX else company_name(_),
        "short_name": company_name(_),
        "description": _("Orders, stock and shipping; the handheld works without a network too."),
        "lang": {"zh-hans": "zh-Hans"}.get(get_language() or "", "en"),
        "dir": "ltr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f6f7",
        "theme_color": GREEN,
        "categories": ["business", "productivity"],
        "icons": icons,
        "shortcuts": [
            {"name": str(title), "url": reverse(name), "icons": icons[:1]}
            for title, name in ((_("Handheld"), "handheld"), (_("To ship"), "to-ship"), (_("Stock"), "stock-list"))
        ],
    }
    return JsonResponse(content, content_type="application/manifest+json", headers={"Cache-Control": "no-cache"})


@lru_cache
def _source(path: str, changed: int) -> str:
    return Path(path).read_text(encoding="utf-8")


def _worker_source() -> str:
    paths = [str(finders.find(name)) for name in WORKER]
    return "\n".join(_source(path, Path(path).stat().st_mtime_ns) for path in paths)


@open_page
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Served from the root, so that it may look after every page. Another file or another text makes it another worker."""
    source = _worker_source()
    files = [asset(name) for name in FILES]
    with translation.override("en"):
        page = offline_page(request).content
    digest = hashlib.sha256("\n".join([source, *files]).encode() + page).hexdigest()[:12]
    told = {"version": digest, "files": files, "handheld": reverse("handheld"), "offline": reverse("offline")}
    response = HttpResponse(f"self.ORDERWELL = {json.dumps(told)};\n{source}", content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = "/"
    return response


@open_page
@require_safe
def offline_page(request: HttpRequest) -> HttpResponse:
    """One page in all languages, as it is kept on the device; of these the device shows the one used last on it."""
    words = []
    for code in ("zh-hans", "en"):
        with translation.override(code):
            words.append(
                {
                    "lang": {"zh-hans": "zh-Hans"}.get(code, code),
                    "title": _("The server cannot be reached"),
                    "text": _("Look at the network of this device. What you typed is still on the page you came from."),
                    "handheld": _("Pick, pack, receive and count go on in the handheld; it sends everything later."),
                    "again": _("Try again"),
                    "open": _("To the handheld"),
                    "house": company_name(_),
                }
            )
    return render(request, "handheld/offline.html", {"words": words, "handheld": reverse("handheld")})
