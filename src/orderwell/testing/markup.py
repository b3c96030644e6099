"""Pages as tests read them: without the white space that only lays out their templates."""

from __future__ import annotations

import re

_TAG = re.compile(r"<[a-zA-Z][^<>]*>")


def flat(page: str) -> str:
    """`page` on one line: one space for each run of white space, none between two tags or before the end of one."""
    return re.sub(r">\s+<", "><", _TAG.sub(lambda tag: re.sub(r"\s+", " ", tag[0]).replace(" >", ">"), page))
