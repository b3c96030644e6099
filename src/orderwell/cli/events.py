"""orderwell events: dead letters."""

from __future__ import annotations

from typing import Annotated

import typer

from orderwell.cli.frame import Answer, command, group, operator, table

group("events", "Events that wait for their subscribers, and those that could not be delivered.")


@command("events dead")
def dead(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most, newest first.")] = 100,
) -> Answer:
    """Dead letters: deliveries that failed ten times, with their last error."""
    from orderwell.platform.events.queries import dead_letters

    letters = dead_letters(actor=operator())
    rows = [
        {
            "id": letter.pk,
            "event": letter.event.name,
            "subject": letter.event.subject,
            "occurred_at": letter.event.occurred_at,
            "subscriber": letter.subscriber,
            "attempts": letter.attempts,
            "last_error": letter.last_error.strip().splitlines()[-1] if letter.last_error.strip() else "",
        }
        for letter in letters[:limit]
    ]
    text = table(rows, ["id", "event", "subject", "subscriber", "last_error"])
    return Answer({"count": letters.count(), "dead": rows}, text)


@command("events replay")
def replay(
    ids: Annotated[list[int] | None, typer.Argument(metavar="ID...", help="Dead letters to try again.")] = None,
    all_letters: Annotated[bool, typer.Option("--all", help="All dead letters.")] = False,
) -> Answer:
    """Try dead letters again from the first attempt."""
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.events import services

    if all_letters == bool(ids):
        raise typer.BadParameter("give either ids or --all")
    count = services.replay(delivery_ids=ids or None, actor=operator(), now=utc_now())
    return Answer({"replayed": count}, f"{count} deliveries start again.")


@command("events discard")
def discard(ids: Annotated[list[int], typer.Argument(metavar="ID...", help="Dead letters to give up.")]) -> Answer:
    """Give dead letters up for good."""
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.events import services

    count = services.discard(delivery_ids=ids, actor=operator(), now=utc_now())
    return Answer({"discarded": count}, f"{count} deliveries are given up.")
