"""What search boxes look in: one lower-case text per row with names, codes, pinyin and pinyin initials."""

from orderwell.platform.search.keys import contains_words, search_key
from orderwell.platform.search.prefixes import prefix

__all__ = ["contains_words", "prefix", "search_key"]
