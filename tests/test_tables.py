"""Readers of tables: against Python's csv writer, XlsxWriter and calamine, and hand-made files."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import fastexcel
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from markcode.code_lists import CodeList
from markcode.errors import TableError
from markcode.tables import Row, open_table, resolve_columns
from markcode.tables.files import LIMIT

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}


def write(folder: Path, content: str | bytes, name: str = "arms.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def read(path: Path, encoding: str | None = None) -> list[Row]:
    return list(open_table(path, encoding=encoding).rows())


def faults(row: Row) -> list[tuple[str | None, str]]:
    return [(fault.column, fault.code) for fault in row.faults]


# CSV ------------------------------------------------------------------------------------------

# What Python's writer and reader agree on: no NUL, no text that UTF-8 lacks.
_cells = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=12)


@given(
    rows=st.lists(st.lists(_cells, min_size=3, max_size=3), max_size=8),
    delimiter=st.sampled_from(list(DELIMITERS.values())),
    bom=st.booleans(),
    # Python quotes a CR or LF of its own accord only where the line ending holds it.
    how=st.sampled_from(
        [
            ("\n", csv.QUOTE_ALL),
            ("\r", csv.QUOTE_ALL),
            ("\r\n", csv.QUOTE_ALL),
            ("\r\n", csv.QUOTE_MINIMAL),
        ]
    ),
)
def test_csv_is_read_as_python_wrote_it(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    delimiter: str,
    bom: bool,
    how: tuple[str, Any],
) -> None:
    headers = ["Nº de serie", "Modelo", "País"]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=how[0], quoting=how[1])
    writer.writerows([headers, *rows])
    content = text.getvalue().encode("utf-8-sig" if bom else "utf-8")
    path = write(tmp_path_factory.getbasetemp(), content, "written.csv")
    table = open_table(path)
    assert table.headers == tuple(headers)
    numbered = enumerate(rows, start=2)
    expected = [(number, dict(zip(headers, row, strict=True))) for number, row in numbered]
    found = [(row.number, row.values) for row in table.rows()]
    assert found == [(number, row) for number, row in expected if any(row.values())]
    assert table.sha256 == hashlib.sha256(content).hexdigest()
    assert list(table.rows()) == list(table.rows())


@given(st.binary(max_size=200), st.sampled_from(["a.csv", "a.jsonl", "a.xlsx"]))
def test_any_bytes_raise_table_errors_only(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str
) -> None:
    path = write(tmp_path_factory.getbasetemp(), content, name)
    for encoding in (None, "cp1252", "utf-16"):
        try:
            rows = read(path, encoding)
        except TableError as error:
            assert "\n" not in str(error)
        else:
            for row in rows:
                "".join(row.values.values()).encode("utf-8")


@pytest.mark.parametrize("delimiter", DELIMITERS.values(), ids=DELIMITERS)
@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".txt", ""])
def test_delimiters(tmp_path: Path, delimiter: str, suffix: str) -> None:
    lines = [["serial", "model"], ["001", "A"], ["002", "B"]]
    content = "".join(delimiter.join(line) + "\r\n" for line in lines)
    rows = read(write(tmp_path, content, f"arms{suffix}"))
    assert [row.values for row in rows] == [
        {"serial": "001", "model": "A"},
        {"serial": "002", "model": "B"},
    ]


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        # Other delimiters inside quotes, and unquoted in the header and the cells.
        ('"Serie;Nº, viejo";Modelo\n1;2\n', ("Serie;Nº, viejo", "Modelo")),
        ("Serie;País, ciudad\n1;CO\n", ("Serie", "País, ciudad")),
        ("alfa;beta, gamma\n1;2\n3;4\n", ("alfa", "beta, gamma")),
        ("Serie;Calibre;Notas\n1;5,56;a,b,c\n2;7,62;d,e\n", ("Serie", "Calibre", "Notas")),
        ("Serial\n1,2\n", ("Serial",)),
        ('"Serial\nnumber",Model\n1,2\n', ("Serial number", "Model")),
        ("\u00a0Serial \u00a0 number ;Model\n1;2\n", ("Serial number", "Model")),
        ("serial,model,\n1,2,\n", ("serial", "model", "column 3")),
        ("\n\n,,\nserial,model\n", ("serial", "model")),
        ("serial|model\n", ("serial", "model")),
    ],
)
def test_headers(tmp_path: Path, content: str, headers: tuple[str, ...]) -> None:
    assert open_table(write(tmp_path, content)).headers == headers


def test_quoted_fields(tmp_path: Path) -> None:
    content = 'serial;model\r\n"A;1";"two\r\nlines"\r\n003;"say ""hi"""\r\n 4 ;5" barrel\r\n'
    rows = read(write(tmp_path, content))
    assert [tuple(row.values.values()) for row in rows] == [
        ("A;1", "two\r\nlines"),
        ("003", 'say "hi"'),
        (" 4 ", '5" barrel'),
    ]
    assert [row.number for row in rows] == [2, 3, 4]


def test_blank_lines_are_no_rows_and_count(tmp_path: Path) -> None:
    rows = read(write(tmp_path, "\nserial,model\n\n1,2\n,\n3,4\n\n\n"))
    assert [(row.number, row.values["serial"]) for row in rows] == [(3, "1"), (5, "3")]


@pytest.mark.parametrize("hint", ["sep=;", "sep=", "SEP=;"])
def test_the_line_in_which_excel_names_its_delimiter_is_no_header(
    tmp_path: Path, hint: str
) -> None:
    table = open_table(write(tmp_path, f"{hint}\r\nserial;year\r\n001;2026\r\n"))
    assert table.headers == ("serial", "year")
    assert [(row.number, row.values["serial"]) for row in table.rows()] == [(2, "001")]


def test_only_the_first_line_names_a_delimiter(tmp_path: Path) -> None:
    rows = read(write(tmp_path, "serial\nsep=;\n"))
    assert [row.values["serial"] for row in rows] == ["sep=;"]


def test_too_many_and_too_few_fields(tmp_path: Path) -> None:
    rows = read(write(tmp_path, "serial,model\n1\n1,2\n1,2,3\n"))
    assert [faults(row) for row in rows] == [[(None, "row.fields")], [], [(None, "row.fields")]]
    assert dict(rows[2].faults[0].params) == {"found": 3, "expected": 2}
    assert [tuple(row.values.values()) for row in rows] == [("1", ""), ("1", "2"), ("1", "2")]


def test_header_only(tmp_path: Path) -> None:
    assert read(write(tmp_path, "serial,model\n")) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["is empty", "first line"]),
        (b"\n \n"[:1], ["is empty"]),
        (b"\xef\xbb\xbf", ["is empty"]),
        (b"serial,model,serial\n", ["'serial'", "columns 1 and 3"]),
        (b"serial,model\n1,A\xf1o\n", ["byte 16", "0xf1", "--encoding cp1252"]),
        (b"serial,model\n1,\xc3", ["byte 15", "not UTF-8"]),
        (b"\xff\xfes\x00e\x00", ["UTF-16", "--encoding utf-16"]),
        (b"s\x00e\x00\n\x00", ["line 1", "NUL"]),
        (b"serial,model\n1,a\x00b\n", ["line 2", "NUL"]),
        (b"PK\x03\x04....", ["zip archive", ".xlsx"]),
        (b"\xd0\xcf\x11\xe0....", ["old Excel", "password"]),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: bytes, words: list[str]) -> None:
    path = write(tmp_path, content)
    with pytest.raises(TableError) as caught:
        read(path)
    assert all(word in str(caught.value) for word in [*words, "arms.csv"])


def test_the_byte_offset_is_right_after_a_megabyte(tmp_path: Path) -> None:
    # The wrong byte begins a character that the next chunk would have ended.
    content = b"serial,model\n" + b"1,2\n" * 300_000
    for at in (1 << 20, (1 << 20) - 1, len(content) - 1):
        broken = content[:at] + b"\xe9" + content[at + 1 :]
        with pytest.raises(TableError, match=f"byte {at} "):
            open_table(write(tmp_path, broken))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('serial,model\n1,2\n3,"open\n5,6\n', ["row 3", "line 3", "never closes"]),
        ('serial,model\n1,2\n"open,3\n"4",5\n', ["row 3", "line 3", "left open"]),
        ('serial,model\n"1\n2",x\n3,"a"b\n', ["row 3", "line 4", "not doubled"]),
        ("serial,model\n1," + "x" * (LIMIT + 1), ["line 2", "1,048,576"]),
        ('serial,model\n1,"' + "x\n" * LIMIT, ["row 2", "left open"]),
        # No field is too long, and no line: the record is.
        ("serial,model\n" + ('"' + "x" * 100_000 + '\n",') * 11, ["1,048,576"]),
        ('"serial,model\n1,2\n', ["row 1", "never closes"]),
    ],
)
def test_quotes_that_never_close(tmp_path: Path, content: str, words: list[str]) -> None:
    with pytest.raises(TableError) as caught:
        read(write(tmp_path, content))
    assert all(word in str(caught.value) for word in words)


def test_rows_before_a_broken_one_are_read(tmp_path: Path) -> None:
    rows = open_table(write(tmp_path, 'serial,model\n1,2\n3,"open\n')).rows()
    assert next(rows).values == {"serial": "1", "model": "2"}
    with pytest.raises(TableError):
        next(rows)


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("cp1252", "Año €"), ("latin-1", "Año \x80"), ("utf-16", "Año €"), ("UTF8", "Año €")],
)
def test_other_encodings(tmp_path: Path, encoding: str, expected: str) -> None:
    text = f"serial;model\n1;{expected}\n"
    (row,) = read(write(tmp_path, text.encode(encoding)), encoding)
    assert row.values["model"] == expected
    assert row.faults == ()


def test_undecodable_bytes_with_an_encoding_are_a_fault_of_the_cell(tmp_path: Path) -> None:
    content = b"serial;model\n1;A\x81B\n2;C\n"
    rows = read(write(tmp_path, content), "cp1252")
    assert [faults(row) for row in rows] == [[("model", "cell.encoding")], []]
    assert rows[0].values["model"] == "A\ufffdB"
    assert faults(read(write(tmp_path, content), "utf-8")[0]) == [("model", "cell.encoding")]


@pytest.mark.parametrize("encoding", ["nonsense", "hex", "rot13", "a\0b"])
def test_unknown_encodings(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(TableError, match="no encoding of text"):
        open_table(write(tmp_path, "serial\n"), encoding=encoding)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no such file"):
        open_table(tmp_path / "missing.csv")
    with pytest.raises(TableError, match="is a folder"):
        open_table(tmp_path)
    with pytest.raises(TableError):
        open_table(write(tmp_path, "serial\n") / "below.csv")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(TableError, match="no regular file"):
        open_table(tmp_path / "pipe.csv")


def test_a_file_that_changes_between_passes(tmp_path: Path) -> None:
    path = write(tmp_path, "serial\n1\n")
    table = open_table(path)
    write(tmp_path, "serial\n1\n2\n")
    with pytest.raises(TableError, match="was changed"):
        list(table.rows())


# JSON lines -----------------------------------------------------------------------------------


def test_json_lines(tmp_path: Path) -> None:
    lines = [
        '{"serial": "001", "year": 2026, "model": null}',
        "",
        '{"serial": 1, "calibre": 5.560, "lot": true}',
        '{"serial": "a", "serial": "b"}',
        "[1]",
        '{"serial": ',
        '{"serial": {"a": [1]}}',
        '{"serial": "\\ud800"}',
        "[" * 100_000,
        '{"serial": 1e400, "year": NaN}',
    ]
    table = open_table(write(tmp_path, "\ufeff" + "\r\n".join(lines) + "\r\n", "arms.jsonl"))
    assert table.headers == ("serial", "year", "model", "calibre", "lot")
    rows = list(table.rows())
    assert [row.number for row in rows] == [1, 3, 4, 5, 6, 7, 8, 9, 10]
    assert rows[0].values["serial"] == "001"
    assert rows[0].values == {"serial": "001", "year": "2026"} | dict.fromkeys(
        table.headers[2:], ""
    )
    assert rows[1].values["calibre"] == "5.560"
    assert [faults(row) for row in rows] == [
        [("year", "cell.numeric")],
        [("serial", "cell.numeric"), ("calibre", "cell.numeric"), ("lot", "cell.type")],
        [(None, "row.syntax")],
        [(None, "row.syntax")],
        [(None, "row.syntax")],
        [("serial", "cell.type")],
        [("serial", "cell.encoding")],
        [(None, "row.syntax")],
        [("serial", "cell.numeric"), ("year", "cell.numeric")],
    ]
    assert rows[0].faults[0].params["reason"] == "json"
    reasons = [row.faults[0].params["reason"] for row in rows if row.faults[0].column is None]
    assert reasons[0] == "the key 'serial' occurs twice"
    assert reasons[1] == "not an object in braces { }"
    assert "column" in reasons[2]
    assert reasons[3] == "nested too deep"


@pytest.mark.parametrize("content", ["", "\n\n", "[]\n", "nonsense\n", "{}\n"])
def test_no_json_objects(tmp_path: Path, content: str) -> None:
    with pytest.raises(TableError, match="no JSON object"):
        open_table(write(tmp_path, content, "arms.ndjson"))


def test_too_many_json_keys(tmp_path: Path) -> None:
    lines = "".join(json.dumps({f"k{number}": ""}) + "\n" for number in range(1_002))
    with pytest.raises(TableError, match="different keys"):
        open_table(write(tmp_path, lines, "arms.jsonl"))


# Workbooks ------------------------------------------------------------------------------------


def workbook(path: Path, rows: Sequence[Sequence[Any]], at: tuple[int, int] = (0, 0)) -> Path:
    """Write ``rows``: text as text, numbers as numbers, dates as dates, `=` as a formula."""
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as book:
        sheet = book.add_worksheet("Arms")
        book.add_worksheet("Other").write(0, 0, "not read")
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                place = (at[0] + row, at[1] + column)
                if isinstance(cell, datetime.date):
                    sheet.write_datetime(*place, cell)
                elif isinstance(cell, bool):
                    sheet.write_boolean(*place, cell)
                elif isinstance(cell, (int, float)):
                    sheet.write_number(*place, cell)
                elif cell.startswith("="):
                    sheet.write_formula(*place, cell, None, "A1")
                else:
                    sheet.write_string(*place, cell)
    return path


def test_cells_that_a_spreadsheet_made_something_else_of(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Nº de serie", "Año", "Modelo"],
        ["00123", 2023, "P226"],
        [123, 2023.0, "05"],
        [12345678901234567890, "2023", 5.56],
        [datetime.date(2023, 3, 1), datetime.datetime(2023, 3, 1, 12, 30), "x"],
        ['="A"&"1"', 2023, "=1+1"],
        [True, 2023, "x"],
        ["A\r\nB", 2023, "ñ€"],
    ]
    table = open_table(workbook(tmp_path / "arms.xlsx", rows))
    assert table.headers == ("Nº de serie", "Año", "Modelo")
    found = list(table.rows())
    serial, year, model = table.headers
    numeric = (year, "cell.numeric")
    assert [row.number for row in found] == [2, 3, 4, 5, 6, 7, 8]
    assert [faults(row) for row in found] == [
        [numeric],
        [(serial, "cell.numeric"), numeric],
        [(serial, "cell.numeric"), (model, "cell.numeric")],
        [(serial, "cell.date"), (year, "cell.date")],
        [(serial, "cell.formula"), numeric, (model, "cell.formula")],
        [(serial, "cell.type"), numeric],
        [numeric],
    ]
    assert [tuple(row.values.values()) for row in found] == [
        ("00123", "2023", "P226"),
        ("123", "2023", "05"),
        ("12345678901234570000", "2023", "5.56"),
        ("2023-03-01", "2023-03-01 12:30:00", "x"),
        ("A1", "2023", "A1"),
        ("TRUE", "2023", "x"),
        ("A\r\nB", "2023", "ñ€"),
    ]
    assert found[1].faults[0].params["value"] == "123"


_texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=8)


@given(
    rows=st.lists(st.lists(_texts, min_size=3, max_size=3), max_size=6),
    at=st.tuples(st.integers(0, 3), st.integers(0, 30)),
    constant_memory=st.booleans(),
)
def test_texts_of_workbooks_are_those_that_calamine_reads(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    at: tuple[int, int],
    constant_memory: bool,
) -> None:
    path = tmp_path_factory.getbasetemp() / "texts.xlsx"
    headers = ["serial", "model", "type"]
    # In constant memory XlsxWriter writes texts into their cells, otherwise it shares them.
    with xlsxwriter.Workbook(path, {"constant_memory": constant_memory}) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate([headers, *rows]):
            for column, cell in enumerate(cells):
                sheet.write_string(at[0] + number, at[1] + column, cell)
    table = open_table(path)
    assert table.headers[-3:] == tuple(headers)
    ours = {row.number: tuple(row.values.values())[-3:] for row in table.rows()}
    sheet_read = fastexcel.read_excel(path).load_sheet(
        0, header_row=None, skip_rows=at[0] + 1, dtypes="string"
    )
    theirs = {
        number: tuple(cell or "" for cell in cells)
        for number, cells in enumerate(sheet_read.to_polars().rows(), start=2)
        if any(cells)
    }
    assert ours == theirs
    assert not any(row.faults for row in table.rows())


def test_blank_rows_and_cells_beside_the_table(tmp_path: Path) -> None:
    rows = [[""], ["serial", "", "model"], ["1"], [""], ["", "", "", "note"], ["2", "", "B"]]
    table = open_table(workbook(tmp_path / "arms.xlsx", rows, at=(2, 0)))
    assert table.headers == ("serial", "column 2", "model")
    found = list(table.rows())
    assert [row.number for row in found] == [2, 4, 5]
    assert [faults(row) for row in found] == [[], [(None, "row.fields")], []]
    assert found[2].values == {"serial": "2", "column 2": "", "model": "B"}


def test_the_first_visible_sheet_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "arms.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True}) as book:
        book.add_worksheet("hidden").hide()
        book.add_chartsheet("chart")
        sheet = book.add_worksheet("shown")
        sheet.activate()
        book.add_worksheet("last")
        sheet.write_row(0, 0, ["serial", "date"])
        shown = book.add_format({"num_format": 'yyyy"."mm'})
        sheet.write_datetime(1, 1, datetime.datetime(2023, 3, 1), shown)
        sheet.write_number(2, 1, 12, book.add_format({"num_format": '0.00 "days";[Red]-0.00'}))
        sheet.write_number(3, 1, 0.5, book.add_format({"num_format": "[h]:mm"}))
        sheet.set_row(4, None, None, {"hidden": True})
        sheet.write_rich_string(4, 0, "A", book.add_format({"bold": True}), "B", "C")
        sheet.autofilter(0, 0, 4, 1)
    assert [(row.number, row.values["serial"], faults(row)) for row in read(path)] == [
        (2, "", [("date", "cell.date")]),
        (3, "", [("date", "cell.numeric")]),
        (4, "", [("date", "cell.date")]),
        (5, "ABC", []),
    ]
    assert read(path)[0].values["date"] == "2023-03-01"


def made_by_hand(path: Path, sheet: str, **parts: str) -> Path:
    """Write a workbook whose XML is given: what XlsxWriter does not write."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    content: Mapping[str, str] = {
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="a" '
        f'Type="{kinds}/officeDocument" Target="/book/wb.xml"/></Relationships>',
        "book/_rels/wb.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="s1" '
        f'Type="{kinds}/worksheet" Target="../sheets/one.xml"/><Relationship Id="s2" '
        f'Type="{kinds}/sharedStrings" Target="strings.xml"/></Relationships>',
        "book/wb.xml": f'<workbook xmlns="{main}" xmlns:r="{kinds}"><sheets>'
        '<sheet name="A" sheetId="1" r:id="s1"/></sheets></workbook>',
        "book/strings.xml": f'<sst xmlns="{main}"><si><t>serial</t></si><si><t>東</t>'
        '<rPh sb="0" eb="1"><t>ひがし</t></rPh></si></sst>',
        "sheets/one.xml": sheet.replace("MAIN", main),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**content, **parts}.items():
            archive.writestr(name, text)
    return path


def test_workbooks_of_other_programs(tmp_path: Path) -> None:
    # A prefix for the namespace, no references, parts elsewhere, readings of Japanese text.
    sheet = (
        '<x:worksheet xmlns:x="MAIN"><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c>'
        '<x:c t="inlineStr"><x:is><x:r><x:t>mo</x:t></x:r><x:r><x:t>del</x:t></x:r></x:is></x:c>'
        '</x:row><x:row><x:c t="s"><x:v>1</x:v></x:c><x:c t="str"><x:v>07</x:v></x:c></x:row>'
        '<x:row r="9"><x:c r="B9" t="e"><x:v>#N/A</x:v></x:c><x:c r="A9" t="d">'
        "<x:v>2023-01-02</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    rows = read(made_by_hand(tmp_path / "a.xlsx", sheet))
    assert [(row.number, row.values) for row in rows] == [
        (2, {"serial": "東", "model": "07"}),
        (9, {"serial": "2023-01-02", "model": "#N/A"}),
    ]
    assert [faults(row) for row in rows] == [
        [],
        [("serial", "cell.date"), ("model", "cell.type")],
    ]


_ONE_ROW = '<worksheet xmlns="MAIN"><sheetData><row>{}</row></sheetData></worksheet>'


@pytest.mark.parametrize(
    ("sheet", "parts", "words"),
    [
        (_ONE_ROW.format(""), {}, ["first sheet is empty"]),
        (_ONE_ROW.format('<c t="s"><v>7</v></c>'), {}, ["no shared text '7'"]),
        (_ONE_ROW.format('<c r="ZZZ1" t="str"><v>a</v></c>'), {}, ["no column 18278"]),
        (_ONE_ROW.format('<c s="x"><v>1</v></c>'), {}, ["cannot be read"]),
        ("<worksheet><sheetData><row>", {}, ["broken", "sheets/one.xml"]),
        ('<!DOCTYPE a [<!ENTITY b "c">]>' + _ONE_ROW.format(""), {}, ["document type"]),
        (_ONE_ROW.format(f'<c t="str"><v>{"a" * (LIMIT + 1)}</v></c>'), {}, ["1,048,576"]),
        (_ONE_ROW.format(""), {"book/wb.xml": "<workbook/>"}, ["no visible sheet"]),
        (_ONE_ROW.format(""), {"_rels/.rels": "<Relationships/>"}, ["xl/workbook.xml is missing"]),
    ],
)
def test_broken_workbooks(
    tmp_path: Path, sheet: str, parts: dict[str, str], words: list[str]
) -> None:
    path = made_by_hand(tmp_path / "arms.xlsx", sheet, **parts)
    with pytest.raises(TableError) as caught:
        read(path)
    assert all(word in str(caught.value) for word in [*words, "arms.xlsx"])


def test_a_part_that_unpacks_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("markcode.tables.xmlparts._MOST_BYTES", 1 << 16)
    path = made_by_hand(tmp_path / "arms.xlsx", _ONE_ROW.format(" " * (1 << 17)))
    with pytest.raises(TableError, match="unpacks to more than"):
        read(path)


def test_what_is_no_workbook(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "arms.xlsx", [["serial"], ["1"]]).read_bytes()
    for content in (b"", b"serial\n1\n", whole[: len(whole) // 2], b"\xd0\xcf\x11\xe0" * 100):
        with pytest.raises(TableError, match=r"is no \.xlsx workbook"):
            open_table(write(tmp_path, content, "arms.xlsx"))
    with pytest.raises(TableError, match="no encoding to choose"):
        open_table(write(tmp_path, whole, "arms.xlsx"), encoding="cp1252")


def test_damage_inside_a_workbook(tmp_path: Path) -> None:
    whole = workbook(tmp_path / "arms.xlsx", [["serial"], ["1"]]).read_bytes()
    for at in range(0, len(whole), 97):
        damaged = whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]
        try:
            read(write(tmp_path, damaged, "arms.xlsx"))
        except TableError:
            continue


# Columns --------------------------------------------------------------------------------------

WANTED = {"serial": "firearm", "country": "firearm", "year": "firearm", "mark": None}


def test_columns_by_synonym() -> None:
    found = resolve_columns(["PAÍS", "Nº de serie", "Año", "Notas"], WANTED)
    assert found.of == {"serial": "Nº de serie", "country": "PAÍS", "year": "Año"}
    assert found.unused == ("Notas",)


def test_whose_country_it_is() -> None:
    both = ["País de fabricación", "País de importación", "Serie"]
    assert resolve_columns(both, {"country": "firearm"}).of == {"country": both[0]}
    assert resolve_columns(both, {"country": "event"}).of == {"country": both[1]}
    plain = ["País", "País de importación"]
    assert resolve_columns(plain, {"country": "event"}).of == {"country": plain[1]}
    assert resolve_columns(plain, {"country": "firearm"}).of == {"country": plain[0]}
    assert resolve_columns(both[:1], {"country": "event"}).of == {}


def test_the_name_of_an_element_comes_before_synonyms() -> None:
    assert resolve_columns(["Serie", "serial"], WANTED).of == {"serial": "serial"}
    assert resolve_columns(["Import lot"], {"import_lot": "event"}).of == {
        "import_lot": "Import lot"
    }


def test_mapped_columns() -> None:
    headers = ["Serie", "Código", "CODIGO"]
    assert resolve_columns(headers, WANTED, {"serial": "Código"}).of == {"serial": "Código"}
    assert resolve_columns(headers, WANTED, {"serial": "código"}).of == {"serial": "Código"}
    found = resolve_columns(["Serie", "Año"], WANTED, {"mark": "Serie"})
    assert found.of == {"year": "Año", "mark": "Serie"}


def test_constants_need_no_column() -> None:
    found = resolve_columns(["Serie", "Año"], WANTED, {}, {"year"}, ["serial", "year"])
    assert found.of == {"serial": "Serie"}
    assert found.unused == ("Año",)


@pytest.mark.parametrize(
    ("headers", "mapping", "constants", "required", "words"),
    [
        (["Serie"], {"serial": "Serien"}, [], [], ["--map serial=Serien: there is no such column"]),
        (["Serie"], {"colour": "Serie"}, [], [], ["no element 'colour'", '"serial"']),
        (["Serie"], {"serial": "Serie"}, ["serial"], [], ["--map and by --set"]),
        (["SERIE", "serie"], {"serial": "Serie"}, [], [], ['"SERIE", "serie"']),
        (
            ["A"],
            {"serial": "A", "mark": "A"},
            [],
            [],
            ["another element", "give each element its own"],
        ),
        (["Serie", "Matrícula"], {}, [], [], ['"Serie", "Matrícula"', "--map serial="]),
        (["Notas"], {}, [], ["serial", "year"], ['"serial", "year"', '"Notas"', "--set serial="]),
    ],
)
def test_columns_that_cannot_be_chosen(
    headers: list[str],
    mapping: dict[str, str],
    constants: list[str],
    required: list[str],
    words: list[str],
) -> None:
    with pytest.raises(TableError) as caught:
        resolve_columns(headers, WANTED, mapping, constants, required)
    assert all(word in str(caught.value) for word in words)


# Code lists -----------------------------------------------------------------------------------


def test_a_code_list(tmp_path: Path) -> None:
    content = '\ufeff# Makers, Ministry\n#  2026-03-01\ncode,name\nINDU,"Indústrias, S.A."\nC,C\n'
    path = write(tmp_path, content, "makers.csv")
    found = CodeList.read("manufacturer", path)
    assert dict(found.entries) == {"INDU": "Indústrias, S.A.", "C": "C"}
    assert found.source == "Makers, Ministry 2026-03-01"
    assert found.filename == "makers.csv"
    assert found.raw == path.read_bytes()
    assert found.sha256 == hashlib.sha256(found.raw).hexdigest()
    assert found.code_of("INDU") == found.code_of("INDÚSTRIAS, S.A.") == "INDU"
    assert found.code_of("Industrias, S.A.") is None
    assert found.code_of("indu") is None
    assert found.name_of("INDU") == "Indústrias, S.A."
    assert found.name_of("indu") is None
    assert hash(found) == hash(CodeList.read("manufacturer", path))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["line 1", "code,name", "nothing"]),
        ("# only a source\n", ["line 2", "nothing"]),
        ("name,code\nA,b\n", ["line 1", "name,code"]),
        ("A,b\n", ["line 1", "A,b"]),
        ("code,name\n", ["holds no codes"]),
        ("# s\ncode,name\nA,One\nA,Two\n", ["line 4", "'a'", "line 3"]),
        ("code,name\nA,One\nB,ONE\n", ["line 3", "'one'", "line 2"]),
        ("code,name\nA,One\nB,a\n", ["line 3", "'a'"]),
        ("code,name\nA,\n", ["line 2", "name is empty"]),
        ("code,name\n,One\n", ["line 2", "code is empty"]),
        ("code,name\n A,One\n", ["line 2", "white space"]),
        ('code,name\nA,"O\nne"\n', ["line 3", "control character"]),
        ("code,name\nA\x1d,One\n", ["line 2", "control character"]),
        ("code,name\nA,One,Two\n", ["line 2", "two fields and not 3"]),
        ("code,name\n\nA\n", ["line 3", "two fields and not 1"]),
        ('code,name\nA,"One\n', ["line 2", "broken CSV"]),
    ],
)
def test_broken_code_lists(tmp_path: Path, content: str, words: list[str]) -> None:
    with pytest.raises(TableError) as caught:
        CodeList.read("model", write(tmp_path, content, "models.csv"))
    assert all(word in str(caught.value) for word in [*words, "models.csv"])


def test_code_lists_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"missing\.csv"):
        CodeList.read("model", tmp_path / "missing.csv")
    with pytest.raises(TableError, match="byte 10 is not UTF-8"):
        CodeList.read("model", write(tmp_path, b"code,name\n\xff,a\n"))
