"""Tables as files: CSV, XLSX and Parquet, written row by row in bounded memory however many rows there are."""

from orderwell.platform.exporting.base import Chunks, Column
from orderwell.platform.exporting.csv_file import csv_bytes
from orderwell.platform.exporting.writing import FORMATS, content_type, write

__all__ = ["FORMATS", "Chunks", "Column", "content_type", "csv_bytes", "write"]
