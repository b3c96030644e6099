"""What the work that runs by itself, or in the background, is called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SCHEDULES = {
    "accounts.forget-sign-in-failures": _("Forget failed sign-ins"),
    "cases.forget-lookup-failures": _("Forget failed look-ups of orders by customers"),
    "idempotency.forget-old-answers": _("Forget old answers to repeated requests"),
    "integrations.forget-old-files": _("Delete old files of imports"),
    "drafts.forget-old-drafts": _("Forget old drafts of order entry"),
    "events.forget-old-deliveries": _("Forget old deliveries of events"),
    "analytics.prepare-days": _("Prepare the daily figures"),
    "analytics.prepare-rankings": _("Prepare the rankings"),
    "jobs.forget-old-progress": _("Forget the progress of old jobs"),
    "views.forget-old-exports": _("Delete old exports"),
    "printing.forget-old-prints": _("Delete old prints"),
    "automation.forget-old-sights": _("Forget who saw which hint"),
    "catalog.delete-removed-images": _("Delete images that were taken away"),
    "verify.every-night": _("Check every balance"),
}
JOBS = {
    "orderwell.platform.views.services.exports.run_export": _("Export a list"),
    "orderwell.platform.views.services.bulk.run_bulk": _("Act on many rows"),
    "orderwell.platform.printing.runs.run_print": _("Print many documents"),
    "orderwell.domains.integrations.services.start.run_import": _("Import a file"),
    "orderwell.domains.integrations.services.start.undo_import": _("Undo this import"),
}


def job_name(path: str) -> str:
    """Of a plugin's job the last part of its path."""
    return str(JOBS.get(path) or path.rsplit(".", 1)[-1].replace("_", " "))


def schedule_name(name: str) -> str:
    return str(SCHEDULES.get(name, name))
