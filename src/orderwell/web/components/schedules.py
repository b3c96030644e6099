"""What the work that runs by itself is called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SCHEDULES = {
    "accounts.forget-sign-in-failures": _("Forget failed sign-ins"),
    "cases.forget-lookup-failures": _("Forget failed look-ups of orders by customers"),
    "idempotency.forget-old-answers": _("Forget old answers to repeated requests"),
    "drafts.forget-old-drafts": _("Forget old drafts of order entry"),
    "events.forget-old-deliveries": _("Forget old deliveries of events"),
    "analytics.prepare-days": _("Prepare the daily figures"),
    "analytics.prepare-rankings": _("Prepare the rankings"),
    "jobs.forget-old-progress": _("Forget the progress of old jobs"),
    "views.forget-old-exports": _("Delete old exports"),
    "automation.forget-old-sights": _("Forget who saw which hint"),
    "catalog.delete-removed-images": _("Delete images that were taken away"),
    "verify.every-night": _("Check every balance"),
}


def schedule_name(name: str) -> str:
    return str(SCHEDULES.get(name, name))
