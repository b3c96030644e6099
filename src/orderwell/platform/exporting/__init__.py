"""Tables as files: CSV, XLSX and Parquet, written row by row in bounded memory however many rows there are."""

from orderwell.platform.exporting.base import FORMATS, Chunks, Column, content_type, write
from orderwell.platform.exporting.csv_file import csv_bytes

__all__ = ["FORMATS", "Chunks", "Column", "content_type", "csv_bytes", "write"]
