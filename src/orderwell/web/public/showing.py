"""The customer's pages in the look of the company, and what is said when the way to an order is closed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.platform.configuration import services as configuration
from orderwell.platform.configuration.options import company_name
from orderwell.web.public.forms import MOST_WRITTEN, WRITTEN, LookupForm

LOGOS = ("logo.svg", "logo.png", "logo.jpg", "logo.webp")


def show_page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    company = {
        "company": company_name(_),
        "contact": configuration.get("public.contact"),
        "has_logo": logo_file() is not None,
    }
    return render(request, f"public/{template}.html", {**company, **context}, status=status)


def show_closed(request: HttpRequest) -> HttpResponse:
    """Where the order can be opened again; what somebody had written meanwhile stands there to be taken along."""
    written = next((text for name in WRITTEN if (text := request.POST.get(name, "").strip())), "")
    if not written:
        return HttpResponseRedirect(reverse("track") + "?over")
    context = {
        "form": LookupForm(),
        "is_open": configuration.get("public.lookup"),
        "is_over": True,
        "written": written[:MOST_WRITTEN],
    }
    return show_page(request, "lookup", context, status=403)


def logo_file() -> Path | None:
    folder = Path(settings.HOME) / "branding"
    return next((folder / name for name in LOGOS if (folder / name).is_file()), None)
