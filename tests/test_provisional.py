"""What is not confirmed stays open: provisional events and formats, marks without a format."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

import markcode
from cli_runner import run
from markcode import (
    Event,
    Firearm,
    Format,
    InvalidMark,
    Payload,
    ProfileError,
    batch,
    get_format,
    list_formats,
)
from markcode.batch import Options
from markcode.strategies import sample


def variants(name: str) -> tuple[Format, ...]:
    """Return the format in each of its variants."""
    values = [o.values for o in get_format(name).declaration.options if o.key == "variant"]
    return tuple(
        get_format(name, options={"variant": v}) for v in (values[0] if values else ())
    ) or (get_format(name),)


EVERY = [(fmt, kind) for name in list_formats() for fmt in variants(name) for kind in fmt.events]
IDS = [f"{fmt.name} {fmt.options.get('variant', '')} {kind}" for fmt, kind in EVERY]
PROVISIONAL = [
    pytest.param(fmt, kind, id=name)
    for (fmt, kind), name in zip(EVERY, IDS, strict=True)
    if fmt.is_provisional(kind)
]
NEVER_VALID = ("kinshasa", "za-23", "pe-sucamec")


def arms(fmt: Format, kind: str, count: int = 3) -> Iterator[tuple[Firearm, Event]]:
    choose = random.Random(f"{fmt.name} {kind}").randrange
    for _ in range(count):
        yield sample(fmt, choose, kind)


def sources(fmt: Format, kind: str, count: int = 3) -> Iterator[str | Payload]:
    """Yield marks as text, payload and record."""
    for arm, event in arms(fmt, kind, count):
        marking = fmt.encode(arm, event, accept_provisional=True)
        yield from filter(None, (marking.text, marking.payload, marking.record))


# Provisional events ---------------------------------------------------------------------------


def test_the_provisional_events_are_those_of_the_notes() -> None:
    plain = {(fmt.name, kind) for fmt, kind in EVERY if fmt.is_provisional(kind)}
    assert plain >= {("mosaic-0530", k) for k in ("transfer", "confiscation", "deactivation")}
    assert plain >= {("iti", k) for k in ("transfer", "state-owned", "confiscation")}
    assert plain >= {("kinshasa", k) for k in get_format("kinshasa").events}
    assert plain >= {("recsa", "import"), ("ecowas", "import"), ("za-23", "import")}
    assert not {("recsa", "state-owned"), ("iti", "import"), ("mosaic-0530", "import")} & plain


@pytest.mark.parametrize(("fmt", "kind"), PROVISIONAL)
def test_a_provisional_event_is_never_valid_and_made_on_request_only(
    fmt: Format, kind: str
) -> None:
    for source in sources(fmt, kind):
        report = fmt.verify(source, kind)
        assert report.verdict == "undetermined"
        assert "event.provisional" in [f.code for f in report.findings]
    for arm, event in arms(fmt, kind):
        with pytest.raises(InvalidMark) as caught:
            fmt.encode(arm, event)
        assert [f.code for f in caught.value.findings] == ["event.provisional"]


def test_the_command_line_asks_for_consent(tmp_path: Path) -> None:
    args = ("--format", "recsa", "--event", "import")
    data = ("--set", "country=KE", "--set", "year=2026")
    status, out, err = run("encode", *args, *data)
    assert (status, out) == (1, "")
    assert err.startswith("error event.provisional: ")
    status, out, _ = run("encode", *args, *data, "--accept-provisional")
    assert (status, out) == (0, "KE 2026\n")
    status, out, _ = run("verify", *args, "KE 2026", "--accept", "suspect")
    assert status == 1
    assert out.startswith("UNDETERMINED  KE 2026\n")
    table = tmp_path / "arms.csv"
    table.write_text("country,year\nKE,2026\n", encoding="utf-8")
    status, out, err = run("batch", table, *args, "--out", tmp_path / "job")
    assert (status, out) == (2, "")
    assert "--accept-provisional" in err
    assert not (tmp_path / "job").exists()
    job = tmp_path / "job"
    status, _, _ = run("batch", table, *args, "--out", job, "--accept-provisional")
    assert status == 0
    with (job / "marks.csv").open(encoding="utf-8", newline="") as stream:
        assert [row["line_1"] for row in csv.DictReader(stream)] == ["KE 2026"]


def test_a_job_of_a_provisional_event_is_wrong_use(tmp_path: Path) -> None:
    table = tmp_path / "arms.csv"
    table.write_text("country,serial\nKE,1\n", encoding="utf-8")
    with pytest.raises(ProfileError, match="accept-provisional"):
        batch.run(table, get_format("iti"), Options(event="transfer"), tmp_path / "job")


# Formats of which nothing, or not all, is confirmed -------------------------------------------


@pytest.mark.parametrize(("fmt", "kind"), EVERY, ids=IDS)
def test_what_every_report_of_a_format_says(fmt: Format, kind: str) -> None:
    is_provisional = fmt.name in ("br-7dlog-2006", "kinshasa", "pe-sucamec")
    good = [fmt.verify(source, kind) for source in sources(fmt, kind)]
    bad = [fmt.verify(text, kind) for text in ("", "#", "nothing of it", b"\xff\x00")]
    for report in (*good, *bad):
        codes = [finding.code for finding in report.findings]
        assert codes.count("format.provisional") == is_provisional
    allowed = {"undetermined"} if fmt.name in NEVER_VALID else {"valid", "undetermined"}
    assert {report.verdict for report in good} <= allowed
    if fmt.name in NEVER_VALID:
        assert {report.verdict for report in bad} <= {"undetermined", "invalid"}


def test_why_a_format_is_provisional_is_said_in_four_languages() -> None:
    for name in ("br-7dlog-2006", "kinshasa", "pe-sucamec"):
        fmt = get_format(name)
        (finding,) = [f for f in fmt.verify("x").findings if f.code == "format.provisional"]
        assert finding.severity == "info"
        assert finding.params["note"] == fmt.declaration.provisional
        assert len({finding.message(language) for language in ("en", "es", "pt", "fr")}) == 4


# Recognition ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("fmt", "kind"), EVERY, ids=IDS)
def test_a_format_that_cannot_be_told_is_never_chosen(fmt: Format, kind: str) -> None:
    """Text that has the form of a format is recognised as that one only where it says so."""
    plain = get_format(fmt.name)
    can_be_told = kind in plain.events and plain.rule(kind).recognisable
    for arm, event in arms(fmt, kind, 2):
        marking = fmt.encode(arm, event, accept_provisional=True)
        for source in (marking.text, marking.payload):
            report = markcode.verify(source)
            if report.format is None:
                assert report.verdict == "undetermined"
                assert report.findings[0].code in ("format.unknown", "format.ambiguous")
            elif report.format != fmt.name:
                # By chance, text that also is a mark of a format that can be told.
                assert report.event is not None
                assert get_format(report.format).rule(report.event).recognisable
                assert not can_be_told
            else:
                assert can_be_told
