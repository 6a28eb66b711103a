"""`markcode verify`: typed marks, standard input and pictures; exit status and exact output."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import markcode
from cli_runner import run
from markcode import Finding, Payload
from markcode.symbols import make, png
from markcode_cli.output import marked
from markcode_cli.verify import Verifier

PLAIN = ["verify", "--format", "mosaic-0530"]
CHECKED = [*PLAIN, "--check", "iso7064-mod37-36"]
FIXED = ["--option", "length.model=2", "--option", "length.serial=5"]
TEXT = "CO INDU 26 07 01238 09 R"
"""The worked example of issue 9; R by ISO/IEC 7064 MOD 37,36 over the elements."""
MESSAGE = "[)>{RS}06{GS}17V0CVA5{GS}1P1234{GS}S674A36458{RS}{EOT}"
"""MIL-STD-130N, construct 2 in format 06; its UII is D0CVA51234674A36458."""


def reports(*args: str | Path, stdin: str | bytes | None = None) -> tuple[int, list[Any]]:
    """Return the exit status and the JSON objects of a run that says nothing on stderr."""
    status, out, err = run(*args, "--json", stdin=stdin)
    assert err == ""
    return status, [json.loads(line) for line in out.splitlines()]


def codes(report: Any) -> list[str]:
    """Return the codes of what is no mere note."""
    return [found["code"] for found in report["findings"] if found["severity"] != "info"]


# -- verdicts and exit status ----------------------------------------------------------------


def test_a_valid_mark_is_status_0() -> None:
    status, (report,) = reports(*CHECKED, TEXT)
    assert status == 0
    assert (report["input"], report["verdict"], report["ok"]) == (TEXT, "valid", True)
    assert (report["format"], report["event"], report["check"]) == (
        "mosaic-0530",
        "manufacture",
        "R",
    )
    assert list(report) == [
        "input",
        "format",
        "event",
        "verdict",
        "ok",
        "findings",
        "firearm",
        "check",
        "data",
    ]


def test_one_wrong_character_is_status_1_and_is_named() -> None:
    status, (report,) = reports(*CHECKED, "CO INDU 26 07 01239 09 R")
    assert status == 1
    assert codes(report) == ["check.mismatch"]
    finding = next(f for f in report["findings"] if f["code"] == "check.mismatch")
    assert finding["span"] == [23, 24]


def test_a_check_that_the_profile_does_not_name_is_an_extra_token() -> None:
    status, (report,) = reports(*PLAIN, TEXT)
    assert status == 1
    assert codes(report) == ["token.unexpected"]


def test_a_mark_without_the_check_of_its_profile_is_refused() -> None:
    status, (report,) = reports(*CHECKED, "CO INDU 26 07 01238 09")
    assert status == 1
    assert codes(report) == ["check.missing"]


def test_a_shifted_space_is_found_only_where_lengths_are_fixed() -> None:
    """Separators are not covered: `070 1238` has the check of `07 01238` (contracts.md 2)."""
    shifted = "CO INDU 26 070 1238 09 R"
    status, (report,) = reports(*CHECKED, shifted)
    assert status == 0
    assert "check.boundaries_unprotected" in [f["code"] for f in report["findings"]]
    status, (report,) = reports(*CHECKED, "--option", "length.model=2", shifted)
    assert status == 1
    assert codes(report) == ["element.length"]


def test_all_marks_are_reported_and_one_bad_one_is_status_1() -> None:
    status, found = reports(*CHECKED, TEXT, "XX", TEXT)
    assert status == 1
    assert [report["ok"] for report in found] == [True, False, True]


def test_the_uii_is_in_the_data() -> None:
    status, (report,) = reports("verify", "--format", "iuid", MESSAGE)
    assert status == 0
    assert report["input"] == MESSAGE
    assert report["data"]["uii"] == "D0CVA51234674A36458"


def test_without_a_format_an_unknown_text_is_undetermined_and_never_accepted() -> None:
    status, (report,) = reports("verify", "--accept", "suspect", "hello")
    assert status == 1
    assert report["verdict"] == "undetermined"


def test_accept_suspect_loosens() -> None:
    """A tab in place of a blank is the wrong spelling of a separator: a warning."""
    status, (report,) = reports(*PLAIN, "CO{TAB}INDU 26 07 01238 09")
    assert (status, report["verdict"]) == (1, "suspect")
    assert reports(*PLAIN, "--accept", "suspect", "CO{TAB}INDU 26 07 01238 09")[0] == 0
    assert reports(*PLAIN, "--accept", "suspect", "XX")[0] == 1


def test_the_day_to_judge_by_is_an_argument_and_is_recorded() -> None:
    mark = "CO INDU 30 07 01238 09"
    assert reports(*PLAIN, mark)[0] == 0
    status, (report,) = reports(*PLAIN, "--as-of", "2026-05-01", mark)
    assert status == 1
    assert codes(report) == ["year.window"]
    assert report["data"]["as_of"] == "2026-05-01"


def test_another_event() -> None:
    status, (report,) = reports(*PLAIN, "--event", "import", "CO 27")
    assert (status, report["event"]) == (0, "import")
    assert report["data"]["event"] == {"country": "CO", "year": 2027}


# -- what a scanner adds ---------------------------------------------------------------------


def test_a_symbology_identifier_and_a_line_end_are_taken_off_and_reported() -> None:
    status, (report,) = reports(*CHECKED, *FIXED, f"]d1{TEXT}{{CR}}{{LF}}")
    assert status == 0
    assert report["input"] == f"]d1{TEXT}{{CR}}{{LF}}"
    found = [(f["code"], f["severity"], f["span"]) for f in report["findings"]]
    assert found[0] == ("input.symbology_identifier", "info", [0, 3])
    assert found[-1] == ("input.line_end", "info", [27, 29])


def test_spans_count_in_the_text_as_received() -> None:
    _, (report,) = reports(*CHECKED, "]d1CO INDU 26 07 01239 09 R\n")
    finding = next(f for f in report["findings"] if f["code"] == "check.mismatch")
    assert finding["span"] == [26, 27]


@given(
    identifier=st.sampled_from(["", "]d1", "]C0"]),
    end=st.sampled_from(["", "\r", "\n", "\r\n"]),
    mark=st.text(alphabet="CO INDU2607.\r\n]d1\u0410", max_size=20),
)
def test_what_is_taken_off_only_shifts_the_findings(identifier: str, end: str, mark: str) -> None:
    if mark.startswith("]") or mark.endswith(("\r", "\n")):
        return
    fmt = markcode.get_format("mosaic-0530")
    bare = fmt.verify(mark)
    report = Verifier(fmt).received(identifier + mark + end)
    by = len(identifier)
    assert report.input == identifier + mark + end
    assert report.verdict == bare.verdict
    assert [(f.code, f.span) for f in report.findings if not f.code.startswith("input.")] == [
        (f.code, f.span and (f.span[0] + by, f.span[1] + by)) for f in bare.findings
    ]


def test_only_one_line_end_is_taken_off() -> None:
    fmt = markcode.get_format("mosaic-0530")
    twice = Verifier(fmt).received(TEXT[:-2] + "\n\n")
    assert twice.findings != fmt.verify(TEXT[:-2]).findings
    assert [f.span for f in twice.findings if f.code == "input.line_end"] == [(23, 24)]


@pytest.mark.parametrize("typed", ["]d20112345678901231", "{FNC1}0112345678901231"])
def test_a_mark_that_begins_with_fnc1_is_a_gs1_payload(typed: str) -> None:
    _, (report,) = reports("verify", "--format", "iuid", typed)
    expected = markcode.get_format("iuid").verify(Payload("0112345678901231", gs1=True))
    assert report["verdict"] == expected.verdict
    assert codes(report) == [f.code for f in expected.findings if f.severity != "info"]


def test_bytes_are_typed_in_hexadecimal() -> None:
    status, (report,) = reports(*PLAIN, "hex:434fff")
    assert status == 1
    assert report["input"] == "hex:434fff"


@pytest.mark.skipif(os.name == "nt", reason="Windows gives its arguments as text")
def test_an_argument_that_is_no_text_is_bytes() -> None:
    status, (report,) = reports(*PLAIN, "A\udcffB")
    assert (status, report["input"]) == (1, "hex:41ff42")


# -- standard input --------------------------------------------------------------------------


def test_a_line_of_standard_input_is_a_mark() -> None:
    """The line end between marks is none of the mark; bytes that are no UTF-8 are reported."""
    lines = f"{TEXT}\r\n]d1{TEXT}\n\nA\n".encode() + b"CO \xff\n" + TEXT.encode()
    status, found = reports(*CHECKED, *FIXED, "-", stdin=lines)
    assert status == 1
    assert [report["input"] for report in found] == [
        TEXT,
        f"]d1{TEXT}",
        "",
        "A",
        "hex:434f20ff",
        TEXT,
    ]
    assert [report["ok"] for report in found] == [True, True, False, False, False, True]
    assert found[0]["findings"] == []


def test_a_line_that_cannot_be_typed_is_said_and_the_others_go_on() -> None:
    status, out, err = run(*CHECKED, "--json", "-", stdin=f"CO {{XX}}\n{TEXT}\n")
    assert status == 2
    assert err.startswith("markcode: standard input, line 1: column 4: '{XX}' is no control")
    assert json.loads(out)["ok"] is True


def test_a_dash_among_other_marks_is_standard_input_too() -> None:
    status, found = reports(*CHECKED, "A", "-", "B", stdin="C\nD\n")
    assert status == 1
    assert [report["input"] for report in found] == ["A", "C", "D", "B"]


def test_nothing_on_standard_input_is_not_all_valid() -> None:
    assert run(*CHECKED, "-", stdin="") == (2, "", "markcode: standard input held no mark\n")


# -- pictures --------------------------------------------------------------------------------


def picture(path: Path, payload: str) -> Path:
    """Write a Data Matrix as a picture."""
    made = png.to_png([], make("datamatrix", payload), height_nm=1, module_nm=400_000, dpi=600)
    path.write_bytes(made.bytes)
    return path


def test_the_symbol_of_a_picture_is_verified(tmp_path: Path) -> None:
    image = picture(tmp_path / "photo.png", TEXT)
    status, (report,) = reports(*CHECKED, "--image", image)
    assert (status, report["input"], report["verdict"]) == (0, TEXT, "valid")
    found = report["data"]["image"]
    assert len(found.pop("corners")) == 4
    assert found == {"file": str(image), "symbology": "datamatrix", "symbology_identifier": "]d1"}


def test_pictures_without_a_symbol_or_unreadable_are_said_in_one_line(tmp_path: Path) -> None:
    image = picture(tmp_path / "photo.png", TEXT)
    blank = tmp_path / "blank.png"
    Image.new("L", (60, 60), 255).save(blank)
    status, out, err = run(*CHECKED, "--json", "--image", blank, "--image", image)
    assert status == 1
    assert err == (
        f"markcode: {blank}: no symbol was found in this picture; crop it to the symbol, or take "
        "a sharper picture\n"
    )
    assert json.loads(out)["ok"] is True
    absent = tmp_path / "absent.png"
    status, out, err = run(*CHECKED, "--json", "--image", absent, "--image", image)
    assert status == 2
    assert (err.count("\n"), str(absent) in err) == (1, True)
    assert json.loads(out)["ok"] is True


# -- tables and jobs -------------------------------------------------------------------------


def test_a_table_of_marks(tmp_path: Path) -> None:
    """The whole of ``--input`` is tested with the batch; here, that every option arrives."""
    table = tmp_path / "marks.csv"
    table.write_text(f"Struck;No\n{TEXT};01239\n", encoding="utf-16")
    args = [*CHECKED, *FIXED, "--encoding", "utf-16", "--mark-column", "Struck"]
    status, found = reports(*args, "--input", table)
    assert (status, [report["verdict"] for report in found]) == (0, ["valid"])
    status, found = reports(*args, "--map", "serial=No", "--input", table)
    assert (status, [report["verdict"] for report in found]) == (1, ["invalid"])


# -- wrong use -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "give marks as TEXT..., or -, or --image, or --input: one of these (see"),
        ([TEXT, "--input", "marks.csv"], "give marks as TEXT..., or -, or --image, or --input"),
        ([TEXT, "--mark-column", "x"], "--mark-column, --map and --encoding go with --input"),
        ([TEXT, "--event", "lost"], "mosaic-0530 has no event 'lost'"),
        ([TEXT, "--as-of", "May"], "Invalid value for '--as-of': 'May' does not match the format"),
        ([TEXT, "--accept", "undetermined"], "Invalid value for '--accept': 'undetermined' is not"),
        (["a{GS"], "column 2: '{GS' is no control character"),
        (["hex:4"], "'hex:4' is no bytes"),
        ([TEXT, "--option", "colour=red"], "mosaic-0530 has no option 'colour'"),
        ([TEXT, "--codes", "model=absent.csv"], "absent.csv: the code list of model cannot be"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(args: list[str], message: str) -> None:
    status, out, err = run(*PLAIN, *args)
    assert (status, out) == (2, "")
    assert err.startswith(f"markcode: {message}")
    assert err.count("\n") == 1


# -- for people ------------------------------------------------------------------------------


def test_each_mark_has_its_verdict_its_carets_its_findings_and_what_it_says() -> None:
    wrong = TEXT.replace("01238", "01239")
    assert run(*CHECKED, *FIXED, TEXT, wrong) == (
        1,
        "VALID  CO INDU 26 07 01238 09 R\n"
        "  mosaic-0530 manufacture: manufacturer INDU, country CO, serial number 01238,\n"
        "    year 2026, model 07, calibre 09\n"
        "INVALID  CO INDU 26 07 01239 09 R\n"
        "                                ^\n"
        "  error check.mismatch: The check character is R, but the data give J: a\n"
        "      character was misread or mistyped.\n"
        "  mosaic-0530 manufacture: manufacturer INDU, country CO, serial number 01239,\n"
        "    year 2026, model 07, calibre 09\n",
        "",
    )


def test_the_uii_and_the_data_of_the_event_are_shown() -> None:
    assert run("verify", "--format", "iuid", MESSAGE).out == (
        "VALID  [)>{RS}06{GS}17V0CVA5{GS}1P1234{GS}S674A36458{RS}{EOT}\n"
        "  iuid manufacture: manufacturer 0CVA5, serial number 674A36458, model 1234; UII\n"
        "    D0CVA51234674A36458\n"
    )
    assert run(*PLAIN, "--event", "import", "CO 27").out == (
        "VALID  CO 27\n  mosaic-0530 import: country CO, year 2027\n"
    )


def test_names_of_a_code_list_are_shown(tmp_path: Path) -> None:
    makers = tmp_path / "makers.csv"
    makers.write_text("code,name\nINDU,Industrias Ejemplo\n", encoding="utf-8")
    status, out, _ = run(*CHECKED, *FIXED, "--codes", f"manufacturer={makers}", TEXT)
    assert status == 0
    assert "manufacturer INDU (Industrias Ejemplo), country CO" in " ".join(out.split())


def test_a_picture_is_named_above_its_verdict(tmp_path: Path) -> None:
    image = picture(tmp_path / "photo.png", "CO 27")
    status, out, _ = run(*PLAIN, "--event", "import", "--image", image)
    assert status == 0
    assert out.splitlines()[:2] == [f"{image}: datamatrix", "VALID  CO 27"]


def test_messages_in_another_language() -> None:
    for option in (["--lang", "es"], []):
        environment = {} if option else {"MARKCODE_LANG": "es"}
        out = run(*PLAIN, *option, TEXT, **environment).out
        assert "R no pertenece a ning\u00fan elemento" in out


def at(*span: int, severity: Any = "error") -> Finding:
    return Finding("element.value", severity, None, (span[0], span[1]))


def test_carets_stand_under_what_is_at_fault() -> None:
    assert marked("CO INDU", [at(3, 7), at(0, 2, severity="info")], "INVALID  ") == [
        "INVALID  CO INDU",
        "            ^^^^",
    ]


def test_an_empty_span_is_one_caret() -> None:
    assert marked("CO INDU", [at(2, 2), at(7, 7)], "X  ") == ["X  CO INDU", "     ^    ^"]


def test_carets_follow_names_of_control_characters_and_wide_letters() -> None:
    assert marked("A\x1dB", [at(2, 3)], "") == ["A{GS}B", "     ^"]
    assert marked("\uff21B", [at(1, 2)], "") == ["\uff21B", "  ^"]
    assert marked("A\u202eB\u0301", [at(1, 2)], "") == ["A\\u202eB\\u0301", " ^^^^^^"]


def test_a_long_mark_takes_several_lines_each_with_its_carets() -> None:
    assert marked("A" * 100, [at(90, 91)], "INVALID  ") == [
        "INVALID  " + "A" * 71,
        "         " + "A" * 29,
        "         " + " " * 19 + "^",
    ]


def test_a_text_without_end_is_cut() -> None:
    lines = marked("A" * 100_000, [], "INVALID  ")
    assert len(lines) == 13
    assert lines[-1] == f"         ... and {100_000 - 12 * 71} characters more"


def test_a_mark_that_just_fits_takes_one_line() -> None:
    assert marked("A" * 80, [], "") == ["A" * 80]
    assert marked("A" * 80, [at(80, 80)], "") == ["A" * 80, "", "^"]


def test_bytes_are_shown_as_text_where_they_are_text() -> None:
    assert marked(b"A\x1dB{", [at(2, 3)], "X  ") == ["X  A{GS}B{{", "        ^"]
    assert marked(b"A\xff", [at(0, 1)], "X  ") == ["X  hex:41ff"]


def test_an_empty_mark_is_visible() -> None:
    assert marked("", [at(0, 0)], "INVALID  ") == ["INVALID  (empty)"]
