"""Names of colleagues in a text: "@wei please look" means wei. Pure."""

from __future__ import annotations

import re

# A user name or a display name; the at sign of an e-mail address has something before it. Chinese before it is no address:
# it is written without spaces, "请@王芳看".
_MENTION = re.compile(r"(?<![^\W\u4e00-\u9fff])(?<![.@＠])[@＠]([\w.\-]{1,80})")
MOST = 20


def mentioned(text: str) -> list[str]:
    """The names after an at sign, each once, in order; nobody needs more than twenty colleagues at a time.

    Chinese is written without spaces, so "@王芳请看" gives "王芳请看": whoever looks a name up tries its beginnings.
    """
    found = (name.rstrip(".-") for name in _MENTION.findall(text))
    return list(dict.fromkeys(name for name in found if name))[:MOST]


def candidates(name: str) -> list[str]:
    """What `name` may mean, the longest first: itself, and for Chinese its beginnings of two to four characters."""
    found = [name]
    if any("\u4e00" <= character <= "\u9fff" for character in name):
        found += [name[:length] for length in (4, 3, 2) if length < len(name)]
    return found
