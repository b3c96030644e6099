from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from orderwell.domains.analytics.queries import years_with_orders
from orderwell.domains.orders.drafts import LineDraft, PastOrderDraft
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.clock import utc_now
from orderwell.testing.factories import make_channel, make_variant
from tests.domains.orders.builders import ACTOR

pytestmark = pytest.mark.django_db


def test_only_years_that_have_orders_are_offered_newest_first() -> None:
    channel, tea = make_channel(), make_variant()
    moments = [
        datetime(2010, 12, 1, tzinfo=UTC),
        datetime(2011, 3, 1, tzinfo=UTC),
        datetime(2025, 12, 31, 20, tzinfo=UTC),
    ]
    drafts = [
        PastOrderDraft(channel=channel.code, lines=(LineDraft(tea.sku, Decimal(1)),), placed_at=moment)
        for moment in moments
    ]
    assert all(outcome.verdict == "placed" for outcome in place_orders(drafts, actor=ACTOR, now=utc_now()))
    # The last evening of 2025 in UTC is already 2026 in Shanghai.
    assert years_with_orders(actor=ACTOR, zone=ZoneInfo("Asia/Shanghai")) == [2026, 2011, 2010]
    assert years_with_orders(actor=ACTOR, zone=ZoneInfo("Europe/London"), most=2) == [2025, 2011]
