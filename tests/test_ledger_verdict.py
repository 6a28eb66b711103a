"""What the records know of a mark: each finding, and what it does to the verdict."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import markcode
from issued import MOSAIC, happen, issue, mosaic
from ledgers import Ticking, make
from markcode import Event, Firearm, Payload, Report, get_format
from markcode.format import Format
from markcode.ledger import Ledger
from markcode.ledger.lookups import mark_row, put
from markcode.ledger.refs import Ref
from markcode.ledger.schema import MARK
from markcode.ledger.verdict import with_records

TEXT = "CO INDU 26 07 A123 09"
OTHER = "CO INDU 26 07 A124 09"


@pytest.fixture
def ledger(ledger_place: str) -> Iterator[Ledger]:
    with make(ledger_place) as opened:
        yield opened


def told(
    ledger: Ledger,
    text: str | Payload = TEXT,
    fmt: Format | None = MOSAIC,
    event: str | None = None,
) -> Report:
    return with_records(markcode.verify(text, format=fmt, event=event), fmt, ledger)


def codes(report: Report) -> list[str]:
    """Return the codes of what the records say, with the reason where there is one."""
    return [
        f"{f.code}:{f.params['reason']}" if "reason" in f.params else f.code
        for f in report.findings
        if f.code.startswith("ledger.")
    ]


def status(report: Report) -> tuple[str, str]:
    return report.verdict, report.data["ledger"]["status"]


# -- the four of the contract ----------------------------------------------------------------


def test_a_mark_that_nobody_issued(ledger: Ledger) -> None:
    report = told(ledger)
    assert (status(report), codes(report)) == (("suspect", "unknown"), ["ledger.not_issued"])
    known = report.data["ledger"]
    assert (known["station"], known["time"], known["events"]) == (None, None, [])


def test_a_mark_that_is_issued_and_not_struck(ledger: Ledger) -> None:
    (mark,) = issue(ledger, mosaic("A123"), name="Spring")
    report = told(ledger)
    assert (status(report), codes(report)) == (("suspect", "issued"), ["ledger.not_struck"])
    known = report.data["ledger"]
    assert (known["mark"], known["job"], known["order"]) == (str(mark), "MVD-1/2", "Spring")
    assert known["station"] == "MVD-1"
    assert known["time"] == "2026-01-02T03:04:07Z"
    assert [event["kind"] for event in known["events"]] == ["issued"]
    params = report.findings[-1].params
    assert params == {"station": "MVD-1", "time": known["time"], "job": "MVD-1/2"}


@pytest.mark.parametrize("kind", ["marked", "verified", "remarked"])
def test_a_mark_that_is_struck_is_valid(ledger: Ledger, kind: str) -> None:
    (mark,) = issue(ledger, mosaic("A123"))
    done = happen(ledger, mark, kind, date="2026-02-03", operator="AB")
    report = told(ledger)
    assert (status(report), codes(report)) == (("valid", "struck"), [])
    known = report.data["ledger"]
    assert known["time"] == "2026-01-02T03:04:08Z"
    assert known["events"][1] == {
        "kind": kind,
        "date": "2026-02-03",
        "time": "2026-01-02T03:04:08Z",
        "station": "MVD-1",
        "entry": str(done),
        "mark": str(mark),
        "operator": "AB",
    }


def test_a_mark_that_is_void(ledger: Ledger) -> None:
    (mark,) = issue(ledger, mosaic("A123"))
    happen(ledger, mark, "void")
    happen(ledger, mark, "marked")
    report = told(ledger)
    assert (status(report), codes(report)) == (("invalid", "void"), ["ledger.void"])
    assert report.findings[-1].params["entry"] == f"MVD-1/{mark.seq + 2}"


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("CO INDU 25 07 A123 09", ["year"]),  # the key of MOSAIC does not hold the year
        ("CO INDU 26 07A1 23 09", ["serial", "model"]),  # equal without separators
    ],
)
def test_a_number_of_another_arm(ledger: Ledger, text: str, elements: list[str]) -> None:
    (mark,) = issue(ledger, mosaic("A123"))
    happen(ledger, mark, "marked")
    report = told(ledger, text)
    assert (status(report), codes(report)) == (("invalid", "other_arm"), ["ledger.other_arm"])
    assert report.data["ledger"]["mark"] == str(mark)
    params = report.findings[-1].params
    assert params["text"] == TEXT
    assert sorted(params["elements"]) == sorted(elements)


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        (["started"], ["ledger.not_struck:unknown"]),
        (["started", "unknown"], ["ledger.not_struck:unknown"]),
        (["marked", "rejected"], ["ledger.not_struck:rejected"]),
        (["marked", "rejected", "remarked"], []),
        (["started", "marked"], []),
        (["transferred"], ["ledger.not_struck"]),
    ],
)
def test_what_is_told_of_each_state(ledger: Ledger, kinds: list[str], found: list[str]) -> None:
    (mark,) = issue(ledger, mosaic("A123"))
    for kind in kinds:
        happen(ledger, mark, kind)
    assert codes(told(ledger)) == found


def test_a_mark_that_was_found_struck(ledger: Ledger) -> None:
    issue(ledger, mosaic("A123"), struck=True)
    assert status(told(ledger)) == ("valid", "struck")


def test_an_event_that_is_taken_back_does_not_count(ledger: Ledger) -> None:
    (mark,) = issue(ledger, mosaic("A123"))
    done = happen(ledger, mark, "marked")
    happen(ledger, mark, "corrected", corrects=str(done))
    report = told(ledger)
    assert codes(report) == ["ledger.not_struck"]
    assert report.data["ledger"]["events"][1]["taken_back"] is True


# -- verdicts of the format ------------------------------------------------------------------


def test_a_wrong_mark_stays_wrong_and_is_looked_up(ledger: Ledger) -> None:
    checked = get_format("mosaic-0530", check="iso7064-mod37-36")
    (mark,) = issue(ledger, mosaic("A123"), fmt=checked)
    happen(ledger, mark, "marked")
    right = checked.encode(mosaic("A123")).text
    assert status(told(ledger, right, checked)) == ("valid", "struck")
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    report = told(ledger, wrong, checked)
    assert report.findings[0].code == "check.mismatch"
    assert (status(report), codes(report)) == (("invalid", "struck"), ["ledger.text_differs"])


def test_a_wrong_mark_that_is_not_on_record(ledger: Ledger) -> None:
    assert status(told(ledger, "CO INDU 26 07 ?? 09")) == ("invalid", "unknown")


def test_an_undetermined_mark_stays_so_and_is_found_by_its_text(ledger: Ledger) -> None:
    canada = get_format("ca-2004-275")
    (mark,) = issue(ledger, Firearm(manufacturer="EXAMPLE ARMS", serial="A1"), fmt=canada)
    report = told(ledger, "CA EXAMPLE ARMS A1", None)
    assert report.data["ledger"]["mark"] == str(mark)
    assert (status(report), codes(report)) == (("undetermined", "issued"), ["ledger.not_struck"])


def test_a_look_alike_is_told_and_not_taken_for_the_mark(ledger: Ledger) -> None:
    issue(ledger, mosaic("A0123"))
    report = told(ledger, "CO INDU 26 07 AO123 09")
    assert codes(report) == ["ledger.not_issued"]
    assert report.findings[-1].message().endswith("Possibly meant: CO INDU 26 07 A0123 09.")


def test_only_the_mark_itself_is_found_among_many(ledger: Ledger) -> None:
    marks = issue(ledger, *(mosaic(f"A{number}") for number in range(100, 200)))
    for number, mark in zip(range(100, 200), marks, strict=True):
        known = told(ledger, f"CO INDU 26 07 A{number} 09").data["ledger"]
        assert known["mark"] == str(mark)


# -- other ways in ---------------------------------------------------------------------------


def test_a_record_is_found_by_its_key(ledger: Ledger) -> None:
    issue(ledger, mosaic("A123"))
    record = MOSAIC.encode(mosaic("A123")).record
    assert codes(told(ledger, record)) == ["ledger.not_struck"]


def test_a_uii_is_found_as_text_and_in_its_symbol(ledger: Ledger) -> None:
    iuid = get_format("iuid")
    arm = Firearm(manufacturer="0CVA5", model="1234", serial="674A36458")
    issue(ledger, arm, fmt=iuid)
    marking = iuid.encode(arm)
    for source in (marking.text, marking.payload):
        report = told(ledger, source, iuid)
        assert codes(report) == ["ledger.not_struck"]
        assert report.data["ledger"]["text"] == marking.text


def test_struck_lines_that_cannot_be_read_are_found_as_they_stand(ledger: Ledger) -> None:
    us = get_format("us-478-92")
    arm = Firearm(
        serial="A1",
        manufacturer="EXAMPLE ARMS",
        calibre="9MM",
        extra={"city": "AUSTIN", "state": "TX"},
    )
    issue(ledger, arm, fmt=us)
    marking = us.encode(arm)
    for text in (marking.text, " ".join(marking.lines), marking.payload):
        report = told(ledger, text, us)
        assert report.data["ledger"]["text"] == marking.text
        assert "ledger.not_struck" in codes(report)


def test_another_spelling_of_a_country_is_the_same_arm(ledger: Ledger) -> None:
    fmt = get_format("un-protocol")
    arm = Firearm(manufacturer="INDU", country="CO", serial="A1")
    issue(ledger, arm, fmt=fmt)
    other = Firearm(manufacturer="INDU", country="COL", serial="A1")
    report = told(ledger, fmt.encode(other).record, fmt)
    assert report.data["ledger"]["status"] == "issued"


def test_a_mark_of_another_profile_is_told_with_its_text(ledger: Ledger) -> None:
    checked = get_format("mosaic-0530", check="iso7064-mod37-36")
    issue(ledger, mosaic("A123"), fmt=checked)
    report = told(ledger)
    assert codes(report) == ["ledger.not_struck", "ledger.text_differs"]
    assert report.findings[-1].params["text"] == checked.encode(mosaic("A123")).text


def test_a_mark_that_many_arms_bear_says_nothing_of_one(ledger: Ledger) -> None:
    canada = get_format("ca-2004-275")
    event = Event("import", year=2027)
    assert codes(told(ledger, "CA 27", canada, "import")) == ["ledger.not_issued"]
    for _ in range(2):
        issue(ledger, (Firearm(), event), fmt=canada)
        report = told(ledger, "CA 27", canada, "import")
        assert codes(report) == ["ledger.no_key"]
        assert status(report) == ("valid", "issued")
        assert report.data["ledger"]["mark"] is None


# -- the arm ---------------------------------------------------------------------------------


def test_the_events_of_all_marks_of_an_arm(ledger: Ledger) -> None:
    (first,) = issue(ledger, mosaic("A123"))
    happen(ledger, first, "marked")
    imported = (Firearm(serial="X9"), Event("import", country="PE", year=2026))
    (second,) = issue(ledger, imported, about=[first])
    happen(ledger, second, "stolen", date="2026-03-01", authority="Policía", place="Lima")
    report = told(ledger)
    kinds = [event["kind"] for event in report.data["ledger"]["events"]]
    assert kinds == ["issued", "marked", "issued", "stolen"]
    assert (status(report), codes(report)) == (("suspect", "struck"), ["ledger.reported"])
    finding = report.findings[-1]
    assert (finding.params["kind"], finding.params["date"]) == ("stolen", "2026-03-01")
    assert finding.message("es").endswith("robado (2026-03-01, Policía, MVD-1/9).")


@pytest.mark.parametrize(
    ("kinds", "reported"),
    [
        (["lost"], True),
        (["lost", "recovered"], False),
        (["stolen", "seized", "stolen"], True),
        (["lost", "transferred"], True),
    ],
)
def test_an_arm_is_missing_until_it_is_found(
    ledger: Ledger, kinds: list[str], reported: bool
) -> None:
    (mark,) = issue(ledger, mosaic("A123"))
    for kind in ("marked", *kinds):
        happen(ledger, mark, kind)
    assert codes(told(ledger)) == ["ledger.reported"] * reported


def test_marks_that_turned_out_to_be_of_one_arm(ledger: Ledger) -> None:
    (first,) = issue(ledger, mosaic("A123"), struck=True)
    (second,) = issue(ledger, mosaic("B9"), struck=True)
    happen(ledger, first, "stolen")
    happen(ledger, second, "same-arm", arm=str(first))
    assert codes(told(ledger, "CO INDU 26 07 B9 09")) == ["ledger.reported"]
    happen(ledger, second, "found")
    assert codes(told(ledger)) == []


def test_a_same_arm_that_is_taken_back_does_not_count(ledger: Ledger) -> None:
    first, second = issue(ledger, mosaic("A123"), mosaic("B9"), struck=True)
    wrong = happen(ledger, second, "same-arm", arm=str(first))
    happen(ledger, second, "stolen")
    assert codes(told(ledger)) == ["ledger.reported"]
    happen(ledger, second, "corrected", corrects=str(wrong))
    assert codes(told(ledger)) == []
    assert codes(told(ledger, "CO INDU 26 07 B9 09")) == ["ledger.reported"]


# -- conflicts -------------------------------------------------------------------------------


def conflict(ledger: Ledger) -> tuple[Ref, Ref, Ref]:
    """Return a mark, one of another station with the same text, and the entry about both."""
    (holder,) = issue(ledger, mosaic("A123"))
    with Ledger.create(ledger.place, Ticking(), "PTY-9") as other:
        content = {
            "job": "MVD-1/2",
            "row": 2,
            "lines": [TEXT],
            "check": None,
            "elements": {n: str(v) for n, v in mosaic("A123").elements().items()},
            "claims": [[0, "CO", "INDU", "A123", "07", "09"]],
            "serials": [],
        }
        with other.writing() as chain:
            later = chain.append("issued", content)
            put(chain.connection, MARK, [mark_row(later, [TEXT])])
    said = {"slot": "mosaic-0530 text", "value": "x", "holder": str(holder)}
    return holder, later, happen(ledger, later, "conflict", **said)


def test_two_records_that_claim_a_mark(ledger: Ledger) -> None:
    holder, later, _ = conflict(ledger)
    report = told(ledger)
    assert codes(report) == ["ledger.not_struck", "ledger.conflict"]
    assert report.data["ledger"]["mark"] == str(holder)
    assert report.findings[-1].params["entries"] == [str(holder), str(later)]


@pytest.mark.parametrize(
    ("decision", "found"),
    [("void", []), ("same-arm", []), ("both", ["ledger.conflict:both"])],
)
def test_a_conflict_about_which_something_was_decided(
    ledger: Ledger, decision: str, found: list[str]
) -> None:
    _, _, entry = conflict(ledger)
    happen(ledger, entry, "resolved", decision=decision)
    assert codes(told(ledger)) == ["ledger.not_struck", *found]


# -- when the ledger cannot tell -------------------------------------------------------------


def test_a_ledger_that_is_lost(tmp_path: Path) -> None:
    place = tmp_path / "ledger.db"
    with make(place) as ledger:
        issue(ledger, mosaic("A123"))
        ledger.close()
        for file in tmp_path.iterdir():
            file.unlink()
        report = told(ledger)
        wrong = told(ledger, "CO INDU")
    assert report.verdict == "undetermined"
    assert codes(report) == ["ledger.unreachable"]
    assert report.findings[-1].severity == "info"
    assert "ledger" not in report.data
    assert wrong.verdict == "invalid"


# -- the schema ------------------------------------------------------------------------------


def test_what_is_told_fits_the_schema(ledger: Ledger) -> None:
    (mark,) = issue(ledger, mosaic("A123"))
    happen(ledger, mark, "stolen", date="2026-03-01", extra={"case": "{12}"})
    path = Path(__file__).parents[1] / "docs" / "schemas" / "report.json"
    schema = jsonschema.Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))
    for text in (TEXT, OTHER, "CO INDU 25 07 A123 09"):
        content: Any = json.loads(json.dumps(told(ledger, text).to_dict()))
        schema.validate(content)
        known = content["data"]["ledger"]
        assert list(known)[:4] == ["status", "station", "time", "events"]
        del known["time"]
        with pytest.raises(jsonschema.ValidationError):
            schema.validate(content)


_SERIAL = st.text("0123456789AB", min_size=1, max_size=3).filter(
    lambda text: any(c.isdigit() for c in text)
)


@settings(max_examples=30)
@given(issued=st.sets(_SERIAL, min_size=1, max_size=6), asked=_SERIAL)
def test_a_mark_is_found_if_and_only_if_it_was_issued(
    tmp_path_factory: pytest.TempPathFactory, issued: set[str], asked: str
) -> None:
    with make(tmp_path_factory.mktemp("l") / "ledger.db") as ledger:
        marks = dict(zip(sorted(issued), issue(ledger, *map(mosaic, sorted(issued))), strict=True))
        known = told(ledger, f"CO INDU 26 07 {asked} 09").data["ledger"]
    expected = str(marks[asked]) if asked in marks else None
    assert known["mark"] == expected


def test_an_arm_of_many_events_is_told_of_soon(ledger: Ledger) -> None:
    (mark,) = issue(ledger, mosaic("A123"))
    with ledger.writing() as chain:
        chain.append_many("inspected", ["{}"] * 4_000, [mark] * 4_000)
    begun = time.process_time()
    report = told(ledger)
    assert len(report.data["ledger"]["events"]) == 4_001
    assert time.process_time() - begun < 1
