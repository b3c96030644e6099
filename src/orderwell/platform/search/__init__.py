"""What search boxes look in: one lower-case text per row with names, codes, pinyin and pinyin initials, and its index."""

from orderwell.platform.search.index import SearchIndex
from orderwell.platform.search.keys import half_width, search_key
from orderwell.platform.search.prefixes import keys_begun, prefix
from orderwell.platform.search.words import found_by, nearest_first

__all__ = [
    "SearchIndex",
    "found_by",
    "half_width",
    "keys_begun",
    "nearest_first",
    "prefix",
    "search_key",
]
