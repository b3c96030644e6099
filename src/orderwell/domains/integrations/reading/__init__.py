"""Reading files: CSV, XLSX and JSON Lines become the same stream of rows, in constant memory.

`inspect` looks at a file once and says how it is to be read; `read_rows` then yields its rows as text cells.
"""

from orderwell.domains.integrations.reading.opening import inspect, read_rows
from orderwell.domains.integrations.reading.rows import Fault, SourceInfo, SourceRow

__all__ = ["Fault", "SourceInfo", "SourceRow", "inspect", "read_rows"]
