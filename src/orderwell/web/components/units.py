"""What several lines come to: one number where all are counted in the same unit, else one for each unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import ngettext

from orderwell.platform.formats import quantity_text


def units_text(parts: Iterable[tuple[str, Decimal]]) -> str:
    """Of (unit, quantity) of each line: "12", or "12 pcs · 3.5 m" where metres and pieces can't be added; "" for nothing.

    A line of nothing counts too: beside 12 pieces ordered and 3.5 metres, "4 pcs" are shipped and not "4".
    """
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for unit, quantity in parts:
        sums[unit] += quantity
    if len(sums) == 1:
        return "".join(quantity_text(total) for total in sums.values() if total)
    return " · ".join(_counted(unit, total) for unit, total in sums.items() if total)


def _counted(unit: str, total: Decimal) -> str:
    count = 1 if total == 1 else 2  # 0.5 boxes
    words = {
        "piece": ngettext("%(total)s pc", "%(total)s pcs", count),
        "kg": ngettext("%(total)s kg", "%(total)s kg", count),
        "box": ngettext("%(total)s box", "%(total)s boxes", count),
        "set": ngettext("%(total)s set", "%(total)s sets", count),
        "pair": ngettext("%(total)s pair", "%(total)s pairs", count),
        "metre": ngettext("%(total)s m", "%(total)s m", count),
        "litre": ngettext("%(total)s l", "%(total)s l", count),
        "bottle": ngettext("%(total)s bottle", "%(total)s bottles", count),
        "pack": ngettext("%(total)s pack", "%(total)s packs", count),
        "case": ngettext("%(total)s case", "%(total)s cases", count),
    }
    return words.get(unit, f"%(total)s {unit.replace('%', '%%')}") % {"total": quantity_text(total)}
