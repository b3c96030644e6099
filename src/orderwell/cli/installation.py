"""orderwell setup, doctor, verify."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from orderwell.cli.frame import Answer, command, say, table


@command("setup", new=False)
def setup(
    admin: Annotated[str, typer.Option(help="User name of the first administrator, made when there is no user.")] = "",
) -> Answer:
    """Bring the database, the key ring, the roles and the schedules to what this version needs. Repeating is safe."""
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.installation import first_administrator, set_up

    done = set_up(now=utc_now())
    data: dict[str, object] = asdict(done)
    text = f"Ready. {done.migrations} migrations applied."
    if admin and (password := first_administrator(username=admin, now=utc_now())):
        data["administrator"] = {"username": admin, "password": password}
        text += f"\nFirst administrator: {admin}\nOne-time password: {password}"
    return Answer(data, text)


@command("doctor", new=False)
def doctor() -> Answer:
    """Look at everything this installation needs; each finding comes with the next step. Exit code 1 on a problem."""
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.health import PROBLEM, examine

    checks = examine(now=utc_now())
    ok = all(check.state != PROBLEM for check in checks)
    lines = []
    for check in checks:
        lines.append(f"{check.state:<8} {check.name:<11} {check.found}")
        if check.next_step:
            lines.append(f"{'':<20} -> {check.next_step}")
    return Answer({"ok": ok, "checks": [check.as_dict() for check in checks]}, "\n".join(lines), ok=ok)


@command("verify")
def verify(
    law: Annotated[list[str] | None, typer.Option(help="Check this law only; may be given several times.")] = None,
    list_laws: Annotated[bool, typer.Option("--list", help="Only list the laws.")] = False,
) -> Answer:
    """Recompute every balance from its causes and list each difference. Exit code 1 on any."""
    from orderwell.platform.verify import differences_in_words, laws, run_laws

    if list_laws:
        known = laws()
        return Answer({"laws": known}, "\n".join(f"{name}: {meaning}" for name, meaning in known.items()))
    verdicts = run_laws(law or None)
    differences = differences_in_words(verdicts)
    checked = {verdict.law: verdict.result.rows_checked for verdict in verdicts}
    for each in differences:
        say(f"{each['law']}: {each['document']}: expected {each['expected']}, is {each['actual']} {each['detail']}")
    rows = [{"law": name, "rows": rows} for name, rows in checked.items()]
    text = table(rows, ["law", "rows"]) + f"\n{len(differences)} differences"
    return Answer({"checked": checked, "differences": differences}, text, ok=not differences)
