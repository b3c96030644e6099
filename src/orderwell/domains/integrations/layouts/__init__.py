"""Layouts: how the rows of a kind of file become documents. A preset is a layout for the files of one known system."""

from orderwell.domains.integrations.layouts.base import Layout
from orderwell.domains.integrations.layouts.registry import PRESETS, layout_for

__all__ = ["PRESETS", "Layout", "layout_for"]
