"""A table of arms and a column of marks get, row by row, what the scalar verbs say."""

from __future__ import annotations

import datetime
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_36

from markcode import (
    Event,
    Finding,
    Firearm,
    Format,
    InvalidMark,
    ProfileError,
    Report,
    get_format,
    list_formats,
)
from markcode.declaration import Declaration, Element, EventRule
from markcode.errors import ElementError, TableError
from markcode.fields import Text
from markcode.strategies import sample

PRESS = settings(max_examples=max(6, settings().max_examples // 8))
"""For tests that run once for each event of each format."""

ROWS = 6
STRANGE = "\n\r\t\x00\x1d\x1e\x7f -*/.:{Oo0l1é０ОА星\U0001f52b"
"""Control characters, separators, look-alikes and letters of other scripts."""

MOSAIC: dict[str, list[Any]] = {
    "country": ["CO", "CO"],
    "manufacturer": ["INDU", "INDU"],
    "year": [2026, 2026],
    "model": ["07", "07"],
    "serial": ["01238", "01239"],
    "calibre": ["09", "09"],
}
"""The mark of the README, and the next one."""


OWN_FORMATS = Path(__file__).parents[1] / "examples" / "formats"


def every_event() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield every event of every format, built-in or a file of one's own, and some profiles.

    The profiles have a check, or a year of two readings.
    """
    for name in (*list_formats(), *map(str, sorted(OWN_FORMATS.glob("*.toml")))):
        for kind in get_format(name).events:
            yield name, kind, {}
    yield "mosaic-0530", "manufacture", {"check": "iso7064-mod37-36"}
    yield "mosaic-0530", "import", {"options": {"year_window": "none"}}
    yield "us-478-92", "manufacture", {"check": "gs1-pair"}
    yield "iuid", "manufacture", {"check": "iso7064-mod37-36"}


EVENTS = list(every_event())
everywhere = pytest.mark.parametrize(
    ("name", "kind", "profile"), EVENTS, ids=["-".join((Path(n).name, k, *p)) for n, k, p in EVENTS]
)


class ArrowStream:
    """What any Arrow library offers, and nothing of polars."""

    def __init__(self, data: pl.DataFrame | pl.Series) -> None:
        self._data = data

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._data.__arrow_c_stream__(requested_schema)


def spoiled(text: str, rng: random.Random) -> str:
    """Return the text as it is, or with a character put in, taken out or exchanged."""
    at = rng.randrange(len(text) + 1)
    strange = rng.choice(STRANGE)
    kind = rng.randrange(5)
    if kind == 0:
        return text[:at] + strange + text[at:]
    if kind == 1:
        return text[:at] + strange + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at + 1 :]
    return text.lower() if kind == 3 else text


def told(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return findings as the column holds them, with their parameters read from the text."""
    return [
        {
            "code": finding.code,
            "severity": finding.severity,
            "element": finding.element,
            "start": None if finding.span is None else finding.span[0],
            "end": None if finding.span is None else finding.span[1],
            "params": finding.to_dict()["params"],
        }
        for finding in findings
    ]


def with_params(cell: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**finding, "params": json.loads(finding["params"])} for finding in cell]


def codes(cell: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(finding["code"], finding["element"]) for finding in cell]


def good_rows(fmt: Format, kind: str, count: int) -> list[dict[str, Any]]:
    """Return arms that the format can mark, by element."""
    rng = random.Random(7)
    rows: list[dict[str, Any]] = []
    for _ in range(20 * count):
        firearm, event = sample(fmt, rng.randrange, kind)
        try:
            fmt.encode(firearm, event, accept_provisional=True)
        except InvalidMark:
            continue
        rows.append({element.name: element.of(firearm, event) for element in fmt.elements(kind)})
        if len(rows) == count:
            return rows
    raise AssertionError(f"{fmt.name} cannot mark its own samples of {kind}")


def own_format(rule: EventRule) -> Format:
    return Format(
        Declaration(name="own", title={"en": "Own"}, source="", summary="", events=(rule,))
    )


# -- tables of arms ------------------------------------------------------------------------------


def drawn_row(fmt: Format, kind: str, rng: random.Random) -> dict[str, Any]:
    """Return the values of one arm by element, some of them spoiled or left out."""
    firearm, event = sample(fmt, rng.randrange, kind)
    row: dict[str, Any] = {}
    for element in fmt.elements(kind):
        value = element.of(firearm, event)
        if isinstance(value, int) and rng.randrange(6) == 0:
            value = rng.choice((-1, 0, 26, 1799, 2300, 12345))
        elif isinstance(value, str) and rng.randrange(6) == 0:
            value = spoiled(value, rng)
        row[element.name] = None if rng.randrange(12) == 0 else value
    return row


def scalar_row(fmt: Format, kind: str, row: Mapping[str, Any], accept: bool) -> dict[str, Any]:
    """Return what `Format.encode` says of one row."""
    present = {name: value for name, value in row.items() if value not in (None, "")}
    nothing = {"text": None, "payload": None, "check": None, "verdict": "invalid"}
    try:
        marking = fmt.encode(*fmt.rule(kind).arm(present), accept_provisional=accept)
    except InvalidMark as refused:
        return {**nothing, "findings": told(refused.findings)}
    report = fmt.verify(marking.payload, kind)
    assert report.verdict != "invalid"
    severities = {finding.severity for finding in marking.findings}
    verdict = "suspect" if "warning" in severities else "valid"
    return {
        "text": marking.text,
        "payload": marking.payload.data,
        "check": marking.check,
        "verdict": "undetermined" if report.verdict == "undetermined" else verdict,
        "findings": told(marking.findings),
    }


@everywhere
@PRESS
@given(seed=st.integers(0, 2**32), accept=st.booleans())
def test_a_table_gives_what_encode_gives(
    name: str, kind: str, profile: dict[str, Any], seed: int, accept: bool
) -> None:
    fmt = get_format(name, **profile)
    rng = random.Random(seed)
    rows = [drawn_row(fmt, kind, rng) for _ in range(ROWS)]
    types = {e.name: pl.Int64 if e.is_number else pl.String for e in fmt.elements(kind)}
    table = pl.DataFrame(rows, schema=types)
    marks = fmt.encode_column(table, kind, accept_provisional=accept)
    assert marks["row"].to_list() == list(range(2, ROWS + 2))
    for row, mark in zip(rows, marks.drop("row").to_dicts(), strict=True):
        mark["findings"] = with_params(mark["findings"])
        assert mark == scalar_row(fmt, kind, row, accept)


class TestArms:
    """What a table may be, and what its columns and cells may hold."""

    FMT = get_format("mosaic-0530", check="iso7064-mod37-36")

    def encode(self, table: Any, **more: Any) -> pl.DataFrame:
        return self.FMT.encode_column(table, **more)

    def test_a_known_answer(self) -> None:
        marks = self.encode(pl.DataFrame(MOSAIC))
        assert marks.columns == ["row", "text", "payload", "check", "verdict", "findings"]
        assert marks["row"].to_list() == [2, 3]
        # An independent program's check characters.
        characters = [mod_37_36.calc_check_digit(f"COINDU26070123{n}09") for n in "89"]
        assert marks["check"].to_list() == characters
        assert marks["text"].to_list() == [
            f"CO INDU 26 07 0123{n} 09 {character}"
            for n, character in zip("89", characters, strict=True)
        ]
        assert marks["payload"].to_list() == marks["text"].to_list()

    @pytest.mark.parametrize(
        "wrap",
        [
            pl.DataFrame.lazy,
            ArrowStream,
            lambda table: table.with_columns(pl.all().cast(pl.String)),
        ],
        ids=["lazy", "arrow", "all text"],
    )
    def test_every_kind_of_table(self, wrap: Callable[[pl.DataFrame], Any]) -> None:
        table = pl.DataFrame(MOSAIC)
        assert self.encode(wrap(table)).equals(self.encode(table))

    @pytest.mark.parametrize("dtype", [pl.Int16, pl.UInt64, pl.String, pl.Categorical])
    def test_a_year_is_a_number_or_its_digits(self, dtype: Any) -> None:
        years = pl.Series(["2026", "2026"]).cast(pl.Int64 if dtype.is_integer() else pl.String)
        table = pl.DataFrame(MOSAIC).with_columns(year=years.cast(dtype))
        assert self.encode(table).equals(self.encode(pl.DataFrame(MOSAIC)))

    def test_a_cell_that_is_no_year_is_not_missing_as_well(self) -> None:
        cells = ["2O26", "2026\n", "２０２６", "20260", "-26", "+2026", " 2026", "2026.0"]
        one = {name: [values[0]] * len(cells) for name, values in MOSAIC.items()}
        marks = self.encode(pl.DataFrame({**one, "year": cells}))
        assert marks["text"].null_count() == len(cells)
        for mark, cell in zip(marks.to_dicts(), cells, strict=True):
            assert mark["verdict"] == "invalid"
            assert codes(mark["findings"]) == [("element.value", "year")]
            params = with_params(mark["findings"])[0]["params"]
            assert params["reason"] == "year"
            assert params["value"] == cell.replace("\n", "{LF}")

    def test_a_cell_that_is_no_year_refuses_a_mark_that_needs_none(self) -> None:
        text = Text(alphabet="0123456789", least=1, most=4)
        year = get_format("mosaic-0530").rule("manufacture").element("year")
        rule = EventRule(
            kind="manufacture",
            elements=(
                Element(name="serial", type=text),
                Element(name="year", type=year.type, required=False),
            ),
            lines=("{serial}/{year?}",),
        )
        arms = {"serial": ["12", "12"], "year": ["2026", "x"]}
        marks = own_format(rule).encode_column(pl.DataFrame(arms))
        assert marks["text"].is_null().to_list() == [False, True]
        assert codes(marks["findings"].to_list()[1]) == [("element.value", "year")]

    def test_null_and_empty_are_absent(self) -> None:
        row: dict[str, Any] = {name: values[0] for name, values in MOSAIC.items()}
        without = self.FMT.encode_column(pl.DataFrame([{**row, "model": None}]))
        assert codes(without["findings"].to_list()[0]) == [("element.missing", "model")]
        assert self.encode(pl.DataFrame([{**row, "model": ""}])).equals(without)
        assert self.encode(pl.DataFrame([row]).drop("model")).equals(without)

    def test_an_empty_row_is_kept(self) -> None:
        table = pl.DataFrame({name: [None, values[0], None] for name, values in MOSAIC.items()})
        marks = self.encode(table)
        assert marks["row"].to_list() == [2, 3, 4]
        assert marks["verdict"].to_list() == ["invalid", "valid", "invalid"]

    @pytest.mark.parametrize("table", [pl.DataFrame(), pl.DataFrame(MOSAIC).clear()])
    def test_an_empty_table(self, table: pl.DataFrame) -> None:
        marks = self.encode(table)
        assert marks.height == 0
        assert marks.schema == self.encode(pl.DataFrame(MOSAIC)).schema

    def test_rows_keep_their_order(self) -> None:
        numbers = list(range(1000))
        random.Random(7).shuffle(numbers)
        serials = [f"{n:05}" if n % 10 else "no!" for n in numbers]
        table = pl.DataFrame({**{k: v[:1] * 1000 for k, v in MOSAIC.items()}, "serial": serials})
        marks = self.encode(table)
        assert marks["row"].to_list() == list(range(2, 1002))
        for text, serial in zip(marks["text"], serials, strict=True):
            assert text is None if serial == "no!" else text.split(" ")[4] == serial

    def test_the_event_gives_values_to_every_row(self) -> None:
        fmt = get_format("mosaic-0530")
        both = pl.DataFrame({"country": ["CO", "CO"], "year": [2026, 2026], "serial": ["1", "22"]})
        event = Event("import", country="CO", year=2026)
        marks = fmt.encode_column(both.select("serial"), event)
        assert marks["verdict"].to_list() == ["valid", "valid"]
        assert marks.equals(fmt.encode_column(both, "import"))
        scalar = fmt.encode(Firearm(serial="22"), event)
        assert marks["text"].to_list()[1] == scalar.text
        with pytest.raises(TableError, match="year is given by a column and by the event"):
            fmt.encode_column(both.select("serial", "year"), event)

    def test_a_warning_makes_a_mark_suspect(self) -> None:
        # A check character that looks like another one is struck all the same.
        serials = [f"{n:05}" for n in range(100)]
        table = pl.DataFrame({**{k: v[:1] * 100 for k, v in MOSAIC.items()}, "serial": serials})
        marks = self.encode(table).to_dicts()
        suspect = [mark for mark in marks if ("check.lookalike", None) in codes(mark["findings"])]
        assert suspect
        for mark in marks:
            assert mark["verdict"] == ("suspect" if mark in suspect else "valid")

    def test_an_unconfirmed_event_is_encoded_on_request(self) -> None:
        found = 0
        for name in list_formats():
            fmt = get_format(name)
            for kind in filter(fmt.is_provisional, fmt.events):
                found += 1
                table = pl.DataFrame(good_rows(fmt, kind, 1))
                refused = fmt.encode_column(table, kind)
                assert ("event.provisional", None) in codes(refused["findings"].to_list()[0])
                assert refused["verdict"].to_list() == ["invalid"]
                accepted = fmt.encode_column(table, kind, accept_provisional=True)
                assert accepted["text"].null_count() == 0
                assert accepted["verdict"].to_list() == ["undetermined"]
        assert found

    @pytest.mark.parametrize("name", ["Serial", "colour", "row", "verdict", "importer"])
    def test_a_column_that_is_no_element(self, name: str) -> None:
        table = pl.DataFrame({**MOSAIC, name: ["x", "y"]})
        with pytest.raises(TableError, match=rf"column '{name}' is no element .*: .*serial"):
            self.encode(table)

    @pytest.mark.parametrize(
        ("name", "values"),
        [
            ("serial", [1238, 1239]),
            ("serial", [b"01238", b"01239"]),
            ("serial", [["01238"], ["01239"]]),
            ("year", [2026.0, 2026.0]),
            ("year", [True, False]),
            ("year", [datetime.date(2026, 1, 1)] * 2),
        ],
    )
    def test_a_column_of_the_wrong_type(self, name: str, values: list[Any]) -> None:
        with pytest.raises(ElementError, match=rf"column '{name}': a column of "):
            self.encode(pl.DataFrame({**MOSAIC, name: values}))

    @pytest.mark.parametrize(
        "table",
        [
            None,
            "serial",
            MOSAIC,
            [{"serial": "1"}],
            ArrowStream(pl.Series("serial", ["1"])),
            object,
        ],
    )
    def test_what_is_no_table(self, table: Any) -> None:
        with pytest.raises(TableError, match=r"arms are a polars DataFrame"):
            self.encode(table)

    def test_an_unknown_event(self) -> None:
        with pytest.raises(ProfileError, match="has no event 'sale'"):
            self.encode(pl.DataFrame(MOSAIC), event="sale")


# -- columns of marks ----------------------------------------------------------------------------


def drawn_texts(fmt: Format, kind: str, rng: random.Random) -> Iterator[str | None]:
    """Yield texts, payloads and records of marks, whole and spoiled, and what is no mark."""
    firearm, event = sample(fmt, rng.randrange, kind)
    try:
        marking = fmt.encode(firearm, event, accept_provisional=True)
    except InvalidMark:
        yield from ("", None)
        return
    payload = marking.payload.data
    sources = [marking.text, payload if isinstance(payload, str) else "", marking.record]
    for source in sources:
        yield rng.choice((source, spoiled(source, rng), spoiled(spoiled(source, rng), rng), None))
    yield "".join(rng.choice(STRANGE) for _ in range(rng.randrange(9)))


def read_elements(fmt: Format, report: Report) -> dict[str, Any]:
    """Return the elements that a report says were read."""
    assert report.firearm is not None
    happened = report.data.get("event", {})
    return {
        element.name: report.firearm.get(element.attribute)
        if element.owner == "firearm"
        else happened.get(element.attribute)
        for element in fmt.elements(report.event)
    }


@everywhere
@PRESS
@given(
    seed=st.integers(0, 2**32),
    odd=st.text(max_size=40),
    as_of=st.sampled_from((None, datetime.date(2026, 11, 25))),
    pedantic=st.booleans(),
)
def test_a_column_gives_what_verify_gives(
    name: str,
    kind: str,
    profile: dict[str, Any],
    seed: int,
    odd: str,
    as_of: datetime.date | None,
    pedantic: bool,
) -> None:
    fmt = get_format(name, **profile)
    rng = random.Random(seed)
    texts = [*drawn_texts(fmt, kind, rng), odd, *drawn_texts(fmt, kind, rng)]
    answers = fmt.verify_column(texts, kind, as_of, pedantic).to_dicts()
    for text, answer in zip(texts, answers, strict=True):
        if text is None:
            assert set(answer.values()) == {None}
            continue
        report = fmt.verify(text, kind, as_of, pedantic)
        assert answer.pop("verdict") == report.verdict
        assert with_params(answer.pop("findings")) == told(report.findings)
        assert answer == read_elements(fmt, report)
        readings = fmt.readings(text, kind, as_of)
        if len(readings) == 1:
            arm, event = readings[0].firearm, readings[0].event
            assert answer == {e.name: e.of(arm, event) for e in fmt.elements(kind)}


@everywhere
def test_what_encode_made_reads_as_it_was_given(
    name: str, kind: str, profile: dict[str, Any]
) -> None:
    fmt = get_format(name, **profile)
    rows = good_rows(fmt, kind, ROWS)
    types = {e.name: pl.Int64 if e.is_number else pl.String for e in fmt.elements(kind)}
    marks = fmt.encode_column(pl.DataFrame(rows, schema=types), kind, accept_provisional=True)
    assert marks["text"].null_count() == 0
    read = fmt.verify_column(marks["payload"], kind)
    assert "invalid" not in read["verdict"].to_list()
    for row, elements in zip(rows, read.drop("verdict", "findings").to_dicts(), strict=True):
        present = {name: value for name, value in row.items() if value is not None}
        meant = fmt.canonical(*fmt.rule(kind).arm(present))
        assert elements == {e.name: e.of(meant.firearm, meant.event) for e in fmt.elements(kind)}


class TestMarks:
    """What a column of marks may be, and what it gives."""

    FMT = get_format("mosaic-0530", check="iso7064-mod37-36")
    GOOD = "CO INDU 26 07 01238 09 R"

    def test_a_known_answer(self) -> None:
        read = self.FMT.verify_column([self.GOOD, None, "CO INDU 26 07 01239 09 R"])
        assert read.columns == [
            "verdict",
            "findings",
            *(element.name for element in self.FMT.elements("manufacture")),
        ]
        assert read["verdict"].to_list() == ["valid", None, "invalid"]
        assert read["serial"].to_list() == ["01238", None, "01239"]
        assert read["year"].to_list() == [2026, None, 2026]
        assert read["year"].dtype == pl.Int64
        wrong = read["findings"].to_list()[2][0]
        assert (wrong["code"], wrong["start"], wrong["end"]) == ("check.mismatch", 23, 24)
        assert list(json.loads(wrong["params"])) == sorted(json.loads(wrong["params"]))

    def test_a_span_counts_code_points(self) -> None:
        found = self.FMT.verify_column([self.GOOD.replace("INDU", "IN\U0001f52bU")])
        at = [(f["element"], f["start"]) for f in found["findings"].to_list()[0]]
        assert ("manufacturer", 5) in at

    @pytest.mark.parametrize(
        "wrap",
        [
            pl.Series.to_list,
            ArrowStream,
            lambda marks: marks.cast(pl.Categorical),
            lambda marks: tuple(marks.to_list()),
        ],
        ids=["list", "arrow", "categories", "tuple"],
    )
    def test_every_kind_of_column(self, wrap: Callable[[pl.Series], Any]) -> None:
        marks = pl.Series("marks", [self.GOOD, None, "", "x\n"])
        assert self.FMT.verify_column(wrap(marks)).equals(self.FMT.verify_column(marks))

    @pytest.mark.parametrize("marks", [[], [None, None], pl.Series([], dtype=pl.String)])
    def test_a_column_without_a_mark(self, marks: Any) -> None:
        read = self.FMT.verify_column(marks)
        assert read.height == len(marks)
        assert read.schema == self.FMT.verify_column([self.GOOD]).schema
        assert all(read[name].null_count() == len(marks) for name in read.columns)

    @pytest.mark.parametrize(
        "marks", [GOOD, GOOD.encode(), [1, 2], [b"x"], [1.5], 5, ["a", 1], ["\ud800"]]
    )
    def test_what_is_no_column_of_text(self, marks: Any) -> None:
        with pytest.raises(ElementError, match=r"^mosaic-0530, marks: "):
            self.FMT.verify_column(marks)

    def test_an_unknown_event(self) -> None:
        with pytest.raises(ProfileError, match="has no event 'sale'"):
            self.FMT.verify_column([self.GOOD], "sale")

    def test_the_event_is_told_by_kind_or_event(self) -> None:
        marks = ["CA 27", "CO 26"]
        told_by_kind = self.FMT.verify_column(marks, "import")
        assert self.FMT.verify_column(marks, Event("import")).equals(told_by_kind)
        assert not self.FMT.verify_column(marks).equals(told_by_kind)

    def test_rows_keep_their_order(self) -> None:
        numbers = list(range(1000))
        random.Random(7).shuffle(numbers)
        read = get_format("mosaic-0530").verify_column(
            [f"CO INDU 26 07 {n:05} 09" for n in numbers]
        )
        assert read["serial"].to_list() == [f"{n:05}" for n in numbers]

    @pytest.mark.parametrize("name", ["verdict", "findings"])
    def test_an_element_called_like_a_column_of_the_answer(self, name: str) -> None:
        element = Element(name=name, type=Text(alphabet="0123456789", least=1, most=4))
        fmt = own_format(
            EventRule(kind="manufacture", elements=(element,), lines=("{" + name + "}",))
        )
        assert fmt.encode_column(pl.DataFrame({name: ["12"]}))["text"].to_list() == ["12"]
        with pytest.raises(ProfileError, match=f"call the element '{name}' something else"):
            fmt.verify_column(["12"])
