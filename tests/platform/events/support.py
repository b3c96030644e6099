"""A sample event, and a record of what its subscribers heard."""

from __future__ import annotations

from dataclasses import dataclass, field

from orderwell.platform.events.recording import EventName


class SampleEvent(EventName):
    HAPPENED = "sample.thing.happened"
    UNHEARD = "sample.thing.unheard"

    @classmethod
    def sentences(cls) -> dict[str, str]:
        return {cls.HAPPENED: "It happened.", cls.UNHEARD: "Nobody cares."}


@dataclass
class Heard:
    """What the handlers were given, and which of them are to fail."""

    events: list[tuple[str, str, str]] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)

    def of(self, handler: str) -> list[str]:
        return [subject for name, _, subject in self.events if name == handler]
