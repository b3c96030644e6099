"""orderwell figures: what reports keep prepared."""

from __future__ import annotations

from orderwell.cli.frame import Answer, command, group, say

group("figures", "Daily figures kept ready for the overview.")


@command("figures prepare")
def prepare() -> Answer:
    """Prepare every day and ranking that is missing or has changed, at once instead of by the worker."""
    from orderwell.domains.analytics.services.prepare import prepare_days
    from orderwell.domains.analytics.services.prepare_rankings import prepare_rankings
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.installation import require_ready

    require_ready()
    days = 0
    while done := prepare_days(now=utc_now(), seconds=10):
        days += done
        say(f"{days} days prepared.")
    rankings = 0
    while more := prepare_rankings(now=utc_now(), seconds=10):
        rankings += more
        say(f"{rankings} rankings prepared.")
    return Answer({"days": days, "rankings": rankings}, f"{days} days and {rankings} rankings prepared.")
