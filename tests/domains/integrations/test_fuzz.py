"""Whatever bytes a file has, it is read, refused as a whole or refused line by line; nothing else may happen."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from orderwell.domains.integrations.grouping import group_rows
from orderwell.domains.integrations.layouts.online_retail import OnlineRetail
from orderwell.domains.integrations.reading import inspect, read_rows
from orderwell.kernel.errors import DomainError
from tests.domains.integrations.bringing import HEADER, INVOICES

CSV = "\n".join([",".join(HEADER), *(",".join(map(str, row)) for row in INVOICES)]).encode()
JSON = b'{"InvoiceNo": "1", "Quantity": 2}\n{"InvoiceNo": 3, "Country": "\\u00e9"}\n'
quick = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def spreadsheet() -> bytes:
    book = Workbook()
    book.active.append(list(HEADER))
    for row in INVOICES:
        book.active.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


XLSX = spreadsheet()


def understand(path: Path, content: bytes) -> str:
    """Read and plan the whole file; "" or the code it was refused with. Each line ends up in one plan."""
    path.write_bytes(content)
    try:
        info = inspect(path, "f")
        rows = list(read_rows(path, "f", info))
        layout = OnlineRetail(info.header, history=True)
        assert layout.survey(iter(rows)) == len(rows)
        plans = [layout.plan(group) for group in group_rows(rows, layout.key)]
    except DomainError as error:
        return error.code
    assert sorted(line.number for plan in plans for line in plan.lines) == [row.number for row in rows]
    for plan in plans:
        assert any(line.fault for line in plan.lines) or plan.order or plan.returned or plan.adjustment
    return ""


@quick
@given(st.binary(max_size=400))
@example(b"\xff\xfe")
@example(b"\xef\xbb\xbf")
@example(b'"')
@example(b"{")
@example(b"\x1f\x8b")
@example(b"PK\x03\x04")
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    understand(tmp_path / "f", content)


@pytest.mark.parametrize("whole", [CSV, JSON, XLSX, gzip.compress(CSV)], ids=["csv", "json", "xlsx", "gzip"])
@quick
@given(data=st.data())
def test_damaged_files(tmp_path: Path, whole: bytes, data: st.DataObject) -> None:
    """Some bytes are replaced, or a part is cut out or repeated."""
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(start + 40, len(content))))
        content[start:end] = data.draw(st.binary(max_size=40) | st.just(bytes(content[start:end]) * 2))
    understand(tmp_path / "f", bytes(content))


cells = st.text(max_size=12) | st.sampled_from(
    ["", "0", "-1", "1e9", "999999999999999", "0.000000000001", "=A1", "17850.0", "C5", "2011-01-01", "é", "数"]
)


@quick
@given(st.lists(st.lists(cells, min_size=8, max_size=8), max_size=8))
def test_any_text_in_any_cell(tmp_path: Path, table: list[list[str]]) -> None:
    import csv

    text = io.StringIO()
    csv.writer(text).writerows([HEADER, *table])
    understand(tmp_path / "f", text.getvalue().encode("utf-8", "surrogatepass"))


def test_the_fuzzed_files_are_good_ones_when_left_alone(tmp_path: Path) -> None:
    assert [understand(tmp_path / "f", whole) for whole in (CSV, XLSX, gzip.compress(CSV))] == ["", "", ""]
