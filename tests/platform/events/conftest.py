"""Imports inside of the fixtures: this file may be read before Django is set up."""

from __future__ import annotations

import pytest


@pytest.fixture
def heard(monkeypatch):
    """Two subscribers of one event; whatever wiring.py says is set aside."""
    from orderwell.platform.events import subscriptions
    from tests.platform.events import handlers
    from tests.platform.events.support import Heard, SampleEvent

    heard = Heard()
    monkeypatch.setattr(handlers, "heard", heard)
    monkeypatch.setattr(subscriptions, "_subscribers", subscriptions.defaultdict(list))
    subscriptions.subscribe(SampleEvent.HAPPENED, f"{handlers.__name__}.first")
    subscriptions.subscribe(SampleEvent.HAPPENED, f"{handlers.__name__}.second")
    return heard


@pytest.fixture
def happen(admin, now):
    """Write an event: `happen(stream, subject)`."""
    from orderwell.platform.events.models import Event
    from orderwell.platform.events.recording import Fact, record
    from tests.platform.events.support import SampleEvent

    def happen(stream, subject, name=SampleEvent.HAPPENED):
        record(Fact(name, stream, subject), actor=admin, now=now)
        return Event.objects.order_by("-id")[0]

    return happen
