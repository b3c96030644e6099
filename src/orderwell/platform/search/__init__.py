"""What search boxes look in: one lower-case text per row with names, codes, pinyin and pinyin initials, and its index."""

from orderwell.platform.search.index import SearchIndex
from orderwell.platform.search.keys import half_width, search_key
from orderwell.platform.search.prefixes import keys_begun, prefix
from orderwell.platform.search.words import begins_words, contains_words

__all__ = ["SearchIndex", "begins_words", "contains_words", "half_width", "keys_begun", "prefix", "search_key"]
