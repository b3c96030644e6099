"""orderwell settings, sequences."""

from __future__ import annotations

from typing import Annotated

import typer

from orderwell.cli.frame import Answer, command, group, operator, table

group("settings", "Settings of the business, which users may also change on the screen.")
group("sequences", "Gap-free number sequences.")


@command("settings list")
def list_settings() -> Answer:
    """Every setting with its value and default."""
    from orderwell.platform.configuration import services

    rows = [
        {
            "key": option.key,
            "value": services.get(option.key),
            "default": option.default,
            "kind": option.kind.name,
            "title": option.title,
            "help": option.help,
        }
        for option in services.options()
    ]
    return Answer({"settings": rows}, table(rows, ["key", "value", "default", "title"]))


@command("settings get")
def get_setting(key: str) -> Answer:
    """The value of one setting."""
    from orderwell.platform.configuration import services

    value = services.get(key)
    return Answer({"key": key, "value": value}, str(value))


@command("settings set")
def set_setting(
    key: str,
    value: Annotated[str | None, typer.Argument(help="The new value.")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Go back to the default.")] = False,
) -> Answer:
    """Change a setting."""
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.configuration import services

    if reset == (value is not None):
        raise typer.BadParameter("give either a value or --reset")
    if value is None:
        after = services.reset(key=key, actor=operator(), now=utc_now())
    else:
        after = services.set_value(key=key, value=value, actor=operator(), now=utc_now())
    return Answer({"key": key, "value": after}, f"{key} = {after}")


@command("sequences list")
def list_sequences() -> Answer:
    """The last number that each gap-free sequence has given."""
    from orderwell.platform.numbering.models import NumberSequence

    rows = list(NumberSequence.objects.order_by("name", "year").values("name", "year", "last_value"))
    return Answer({"sequences": rows}, table(rows, ["name", "year", "last_value"]))
