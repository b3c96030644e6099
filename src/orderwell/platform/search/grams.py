"""Three neighbouring characters of a search key are a gram; what a text asks for is found by the grams in it.

A key is indexed as `" " + key + "  "`, so that a gram says where a word begins, and each character begins one.
"""

from __future__ import annotations

from dataclasses import dataclass

LENGTH = 3
# So many narrow a search down enough; the key itself is asked afterwards.
MOST = 24
LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What all rows must have that may hold the words: whole grams, and beginnings of grams for words too short."""

    whole: tuple[str, ...] = ()
    begun: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.whole or self.begun)


def wanted(pieces: list[str]) -> Wanted:
    """`pieces` are parts of a key, a blank in front where a word must begin.

    A single letter is no help: most rows have it, and looking at rows until enough are found is faster.
    """
    whole = [piece[at : at + LENGTH] for piece in pieces for at in range(len(piece) - LENGTH + 1)]
    short = [piece for piece in pieces if len(piece) < LENGTH and not (len(piece) == 1 and piece.isascii())]
    return Wanted(tuple(dict.fromkeys(whole[:MOST])), () if whole else tuple(dict.fromkeys(short)))
