from __future__ import annotations

import gzip
import tracemalloc
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from orderwell.domains.integrations import errors
from orderwell.domains.integrations.reading import SourceRow, inspect, read_rows
from orderwell.kernel.errors import DomainError
from orderwell.kernel.refusals import EmptyFile


def rows_of(path: Path, **options: str) -> list[SourceRow]:
    return list(read_rows(path, path.name, inspect(path, path.name, options)))


def write(tmp_path: Path, content: bytes, name: str = "f.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_usual_delimiter_is_recognised(tmp_path: Path, delimiter: str) -> None:
    path = write(tmp_path, f'sku{delimiter}name\r\nA1{delimiter}"Cup{delimiter} red"\r\n'.encode())
    assert rows_of(path) == [SourceRow(2, ["A1", f"Cup{delimiter} red"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_text_in_every_encoding_reads_the_same(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, "货号,名称\nA1,红色茶杯\nA2,蓝色的碗\n".encode(encoding))
    assert [row.cells for row in rows_of(path)] == [["A1", "红色茶杯"], ["A2", "蓝色的碗"]]
    assert inspect(path, "f").header == ("货号", "名称")


def test_western_accents_are_windows_1252_and_not_chinese(tmp_path: Path) -> None:
    path = write(tmp_path, "sku,name\nA1,Café Rhône £5\nA2,Müller Straße\n".encode("cp1252"))
    assert [row.cells[1] for row in rows_of(path)] == ["Café Rhône £5", "Müller Straße"]


def test_mixed_encodings_name_the_first_line_that_differs(tmp_path: Path) -> None:
    path = write(tmp_path, "sku,name\nA1,Café\n".encode() + b"A2,plain\n" + "A3,Rhône\n".encode("cp1252"))
    with pytest.raises(errors.MixedEncodings) as caught:
        inspect(path, "f.csv")
    assert caught.value.data == {"line": 4, "first_line": 2, "expected": "UTF-8"}


@pytest.mark.parametrize(("mark", "called"), [("utf-8-sig", "UTF-8"), ("utf-16", "UTF-16")])
def test_a_file_that_begins_with_a_mark_and_goes_on_in_another_encoding_is_mixed(
    tmp_path: Path, mark: str, called: str
) -> None:
    """Nobody asked for an encoding there: it is the file that says one thing and has another."""
    rest = "A3,红色茶杯\n".encode("gb18030") if mark == "utf-8-sig" else b"\x00\xd8\x0a\x00"
    path = write(tmp_path, "货号,名称\nA1,茶杯\n".encode(mark) + rest)
    with pytest.raises(errors.MixedEncodings) as caught:
        inspect(path, "f.csv")
    assert caught.value.data == {"line": 3, "first_line": 1, "expected": called}


def test_an_encoding_that_was_asked_for_is_checked(tmp_path: Path) -> None:
    path = write(tmp_path, "sku\nplain\nRhône\n".encode("cp1252"))
    with pytest.raises(errors.WrongEncoding) as caught:
        inspect(path, "f.csv", {"encoding": "utf-8"})
    assert caught.value.data["line"] == 3


def test_packed_files_are_recognised_by_content_and_not_by_name(tmp_path: Path) -> None:
    path = write(tmp_path, gzip.compress(b"sku\nA1\n"), "no-extension")
    assert rows_of(path) == [SourceRow(2, ["A1"])]


def test_a_cut_gzip_file_is_refused(tmp_path: Path) -> None:
    packed = gzip.compress(b"sku,name\n" + b"".join(b"A%d,%d\n" % (n, n * n) for n in range(5000)))
    with pytest.raises(errors.FileUnreadable):
        rows_of(write(tmp_path, packed[: len(packed) // 2]))


def test_lines_without_a_value_are_no_rows_but_keep_the_numbering(tmp_path: Path) -> None:
    path = write(tmp_path, b"sku,name\n\nA1,x\n,\nA2,y\n")
    assert [row.number for row in rows_of(path)] == [3, 5]


def test_a_line_with_too_many_or_too_few_cells_is_faulty(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path, b"sku,name\nA1\nA2,x,y\nA3,x,,\n"))
    assert [row.fault.code if row.fault else None for row in rows] == ["cell_count", "cell_count", None]
    assert rows[0].fault and rows[0].fault.data == {"found": 1, "expected": 2}


@pytest.mark.parametrize(
    ("rows", "number", "line"),
    [
        ('A1,x\nA2,"5 inch\nA3,y\nA4,z\n', 3, 3),
        ('A1,x\n"A2,y\nA3,z\n', 3, 3),
        ('A1,"x\ny"\nA2,"z\r\nA3,w\r\n', 3, 4),
        ('A1,"x\ny",z,"w\nA3,w', 2, 3),
        ('A1,x\nA2,"y', 3, 3),
        ('A1,x\nA2,"', 3, 3),
        ('A1,x\nA2,"\n\n\n', 3, 3),
    ],
)
def test_a_quote_that_is_never_closed_is_said_to_be_one(tmp_path: Path, rows: str, number: int, line: int) -> None:
    """It takes in all the rest of the file: as many cells as the header has were no sign that all is well."""
    last = rows_of(write(tmp_path, f"sku,name\n{rows}".encode()))[-1]
    assert last.fault is not None
    assert (last.number, last.fault.code, last.fault.data) == (number, "quote_never_closed", {"line": line})


def test_a_quote_that_takes_in_too_much_is_told_by_its_line(tmp_path: Path) -> None:
    lines = "".join(f"A{number},cup\n" for number in range(30_000))
    with pytest.raises(errors.FileUnreadable, match="line 3"):
        rows_of(write(tmp_path, f'sku,name\nA1,x\nA2,"5 inch\n{lines}'.encode()))
    with pytest.raises(errors.FileUnreadable, match="line 1"):
        rows_of(write(tmp_path, b'sku,"name\nA1,x\n'))
    with pytest.raises(errors.FileUnreadable, match="row 2"):
        rows_of(write(tmp_path, f"sku,name\nA1,{'x' * 140_000}\n".encode()))


def test_quotes_that_are_closed_are_read_as_before(tmp_path: Path) -> None:
    path = write(tmp_path, b'sku,name\nA1,"x\ny"\nA2,5" cup\n"A3","say ""x"""\nA4,"last"')
    rows = [(row.number, list(row.cells), row.fault) for row in rows_of(path)]
    assert [cells for _, cells, fault in rows if fault is None] == [
        ["A1", "x\ny"],
        ["A2", '5" cup'],
        ["A3", 'say "x"'],
        ["A4", "last"],
    ]


def test_a_damaged_workbook_is_said_to_be_one(tmp_path: Path) -> None:
    for content in (b"\x9d\x81\xff\x8f\x90broken", b"\x00\x01\x02binary\x00", b"PK\x03\x04 no zip", b"PK\x01\x02 \x05"):
        with pytest.raises(errors.ExcelUnreadable) as caught:
            inspect(write(tmp_path, content), "bin.xlsx", {})
        assert "bin.xlsx is not a readable Excel file" in str(caught.value)
    # What is a text all the same is read as one.
    assert inspect(write(tmp_path, b"sku,name\nA1,x\n"), "text.xlsx", {}).format == "csv"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", EmptyFile),
        (b"  \n\n", EmptyFile),
        (b"\x00\x01\x02binary\x00", errors.UnknownFormat),
        (b"sku,sku\n1,2\n", errors.DuplicateColumn),
        (b"PK\x03\x04 not really a zip", errors.ExcelUnreadable),
        (b'sku,name\n"' + b"x" * 1_200_000, errors.LineTooLong),
        (b"\x1f\x8b not gzip", errors.FileUnreadable),
    ],
)
def test_an_unusable_file_is_refused_as_a_whole(tmp_path: Path, content: bytes, error: type[DomainError]) -> None:
    with pytest.raises(error):
        rows_of(write(tmp_path, content))


def workbook(tmp_path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    path = tmp_path / "f.xlsx"
    book.save(path)
    return path


def test_spreadsheet_cells_become_exact_text(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 1, 9, 30)  # noqa: DTZ001  a spreadsheet has no zones
    path = workbook(tmp_path, [["sku", "price", "date", "note"], ["A1", 2.55, moment, None], ["A2", 12, None, True]])
    assert [list(row.cells) for row in rows_of(path)] == [
        ["A1", "2.55", "2026-03-01 09:30:00", ""],
        ["A2", "12", "", "true"],
    ]


def test_formula_and_error_cells_are_refused_at_the_cell(tmp_path: Path) -> None:
    rows = rows_of(workbook(tmp_path, [["sku", "price"], ["A1", "=1+1"], ["A2", "#DIV/0!"], ["A3", 5]]))
    assert [(row.fault.column, row.fault.code) if row.fault else None for row in rows] == [
        ("price", "formula_cell"),
        ("price", "error_cell"),
        None,
    ]


def test_json_lines_keep_numbers_exactly_as_written(tmp_path: Path) -> None:
    path = write(tmp_path, b'{"sku": "A1", "price": 0.1000000000000000055}\n{"sku": "A2", "qty": 3, "gift": true}\n')
    assert inspect(path, "f").header == ("sku", "price", "qty", "gift")
    assert [list(row.cells) for row in rows_of(path)] == [
        ["A1", "0.1000000000000000055", "", ""],
        ["A2", "", "3", "true"],
    ]


def test_a_broken_json_line_is_a_faulty_row_and_the_others_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path, b'{"sku": "A1"}\n[1]\nnope\n{"sku": ["nested"]}\n' + b'{"a":' * 9000 + b"\n" + b'{"sku": "A5"}\n'
    )
    codes = [row.fault.code if row.fault else None for row in rows_of(path)]
    assert codes == [None, "not_an_object", "not_an_object", "nested_value", "not_an_object", None]


@pytest.mark.parametrize("text", [b'not json\n{"order": "J-1"\n', b'{"order": "J-1"\n[]\n'])
def test_json_lines_without_any_object_say_what_stands_there(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(errors.NoObjects) as caught:
        inspect(write(tmp_path, text), "orders.jsonl")
    assert caught.value.data == {"line": 1, "value": text.splitlines()[0].decode()}


@pytest.mark.parametrize("text", [b'[{"sku": "A1"}, {"sku": "A2"}]', b'\xef\xbb\xbf[\n  {"sku": "A1"}\n]\n'])
def test_a_json_array_is_said_to_be_no_json_lines(tmp_path: Path, text: bytes) -> None:
    """It was read as CSV, and refused for a column named {"sku": "A1"}; its last line can be an object without a comma."""
    for name in ("orders.json", "orders.jsonl"):
        with pytest.raises(errors.NoObjects) as caught:
            inspect(write(tmp_path, text), name)
        assert str(caught.value.data["value"]).startswith("[")


def test_a_key_that_stands_twice_in_a_json_line_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, b'{"sku": "A1", "sku": "A2"}\n{"sku": "A3"}\n')
    first, second = rows_of(path)
    assert first.fault is not None
    assert (first.fault.code, first.fault.data["reason"]) == ("not_an_object", "the key sku stands there twice")
    assert (second.fault, list(second.cells)) == (None, ["A3"])


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(lines: int) -> int:
        path = tmp_path / f"{lines}.csv"
        with path.open("w") as file:
            file.write("sku,name\n")
            file.writelines(f"A{number},something that takes some room\n" for number in range(lines))
        tracemalloc.start()
        assert sum(1 for _ in read_rows(path, "f", inspect(path, "f"))) == lines
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(60_000) < peak(6_000) * 1.5
