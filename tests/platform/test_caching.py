"""What took long is kept in proportion and says its moment; what is quick is always as it is now."""

from __future__ import annotations

import time

from orderwell.platform.caching import PacedCache, forget_everything


def test_what_is_quick_is_found_anew_every_time() -> None:
    cache: PacedCache[str, int] = PacedCache(quick=10.0)
    asked: list[int] = []
    found = [cache.get("a", lambda: asked.append(1) or len(asked)) for _ in range(3)]
    assert [item.value for item in found] == [1, 2, 3]
    assert all(item.at is None for item in found)


def test_what_took_long_is_kept_with_its_moment_for_a_multiple_of_that_time() -> None:
    cache: PacedCache[str, int] = PacedCache(times=5, quick=0.01)
    asked: list[int] = []

    def slowly() -> int:
        asked.append(1)
        time.sleep(0.02)
        return len(asked)

    assert cache.get("a", slowly).at is None, "the first answer is of now"
    again = cache.get("a", slowly)
    assert again.value == 1 and again.at is not None
    assert cache.get("b", slowly).value == 2, "each key for itself"
    time.sleep(0.3)
    assert cache.get("a", slowly).value == 3
    forget_everything()
    assert cache.get("a", slowly).value == 4
