from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orderwell.kernel.errors import NotFound
from orderwell.platform.configuration import services as configuration
from orderwell.platform.database import atomic
from orderwell.platform.numbering.models import NumberSequence
from orderwell.platform.numbering.services import next_number, next_numbers
from orderwell.testing.concurrency import in_threads

SEQUENCE = "billing.invoice"


@pytest.mark.django_db
def test_numbers_count_from_one_in_each_business_year(settings) -> None:
    settings.TIME_ZONE = "Asia/Shanghai"
    before_midnight = datetime(2025, 12, 31, 15, 59, 59, tzinfo=UTC)
    after_midnight = datetime(2025, 12, 31, 16, 0, tzinfo=UTC)
    assert next_number(SEQUENCE, now=before_midnight) == "INV-2025-000001"
    assert next_number(SEQUENCE, now=before_midnight) == "INV-2025-000002"
    assert next_number(SEQUENCE, now=after_midnight) == "INV-2026-000001"


@pytest.mark.django_db
def test_a_template_without_a_year_never_starts_again(admin, now) -> None:
    configuration.set_value(key="billing.invoice_number_template", value="R{value}", actor=admin, now=now)
    assert next_numbers(SEQUENCE, count=3, now=now) == ["R1", "R2", "R3"]
    assert next_number(SEQUENCE, now=now.replace(year=2030)) == "R4"
    assert next_numbers(SEQUENCE, count=0, now=now) == []


@pytest.mark.django_db
def test_an_unknown_sequence_is_refused(now) -> None:
    with pytest.raises(NotFound):
        next_number("no.such", now=now)


@pytest.mark.django_db(transaction=True)
def test_a_number_outside_of_a_transaction_would_leave_gaps_and_is_refused(now) -> None:
    with pytest.raises(RuntimeError, match="inside the transaction"):
        next_number(SEQUENCE, now=now)


@pytest.mark.django_db(transaction=True)
def test_a_rollback_gives_the_number_back(now) -> None:
    with pytest.raises(ZeroDivisionError), atomic():
        assert next_number(SEQUENCE, now=now) == "INV-2026-000001"
        raise ZeroDivisionError
    with atomic():
        assert next_number(SEQUENCE, now=now) == "INV-2026-000001"


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_many_at_once_with_failures_among_them_leave_neither_gap_nor_double(now) -> None:
    def draw(index: int) -> list[str]:
        kept = []
        for round_ in range(15):
            try:
                with atomic():
                    number = next_number(SEQUENCE, now=now)
                    if (index + round_) % 3 == 0:
                        raise ZeroDivisionError
                kept.append(number)
            except ZeroDivisionError:
                pass
        return kept

    results = in_threads(draw, 8)
    numbers = sorted(number for result in results for number in result)
    assert numbers == [f"INV-2026-{value:06d}" for value in range(1, len(numbers) + 1)]
    assert len(numbers) == 8 * 10
    assert NumberSequence.objects.get().last_value == len(numbers)
