"""orderwell figures: what reports keep prepared."""

from __future__ import annotations

from orderwell.cli.frame import Answer, command, group, say

group("figures", "Daily figures kept ready for the overview.")


@command("figures prepare")
def prepare() -> Answer:
    """Prepare every day that is missing or has changed, at once instead of by the worker."""
    from orderwell.domains.analytics.services.prepare import prepare_days
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.installation import require_ready

    require_ready()
    days = 0
    while done := prepare_days(now=utc_now(), seconds=10):
        days += done
        say(f"{days} days prepared.")
    return Answer({"days": days}, f"{days} days prepared.")
