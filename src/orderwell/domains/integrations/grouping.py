"""Source lines that belong to one document, gathered in a stream.

Most files keep the lines of an order together, but not all do: two orders typed at the same time are interleaved. So a
group stays open until `window` lines have passed since its last line. Memory holds the open groups only. Lines of an
order that come later still make a group of their own, which is compared with the order that exists by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from orderwell.domains.integrations.reading import SourceRow

WINDOW = 1_000
MAX_GROUP = 10_000


@dataclass(slots=True)
class Group:
    """Lines with the same reference; "" for a line that has none or cannot be read."""

    reference: str
    rows: list[SourceRow] = field(default_factory=list)
    too_long: bool = False


def group_rows(rows: Iterable[SourceRow], key: Callable[[SourceRow], str], *, window: int = WINDOW) -> Iterator[Group]:
    """Groups in the order in which they end."""
    open_groups: dict[str, Group] = {}
    overlong: set[str] = set()
    oldest = 0  # no open group ended before this row
    for row in rows:
        reference = key(row)
        if not reference or reference in overlong:
            yield Group(reference, [row], too_long=bool(reference))
            continue
        # Moved to the end, so that the dictionary stays in the order of the groups' last lines.
        group = open_groups.pop(reference, None) or Group(reference)
        group.rows.append(row)
        if len(group.rows) > MAX_GROUP:
            overlong.add(reference)
            group.too_long = True
            yield group
            continue
        open_groups[reference] = group
        if row.number - oldest > window:
            for name in list(open_groups):
                oldest = open_groups[name].rows[-1].number
                if row.number - oldest <= window:
                    break
                yield open_groups.pop(name)
    yield from open_groups.values()
