"""Every known answer in test_vectors/ is run, and every file keeps to the rules of its README."""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path
from typing import Any, ClassVar

import jsonschema
import pytest

import markcode
import vectors
from markcode import Event, Finding, Firearm, InvalidMark, checks, notation
from markcode.formats.iuid import is_us_cage
from markcode.reference import countries, ncage
from markcode.vectors import answer, published
from vectors import Case

FILES = pytest.mark.parametrize("name", sorted(vectors.files()))


class TestFiles:
    def test_the_schema_is_one(self) -> None:
        jsonschema.Draft202012Validator.check_schema(vectors.schema())

    @FILES
    def test_a_file_follows_the_schema(self, name: str) -> None:
        validator = jsonschema.Draft202012Validator(vectors.schema())
        faults = [
            f"{error.json_path}: {error.message}"
            for error in validator.iter_errors(vectors.files()[name])
        ]
        assert faults == []

    @FILES
    def test_flags_are_explained_and_explanations_used(self, name: str) -> None:
        file = vectors.files()[name]
        assert {flag for case in file["cases"] for flag in case["flags"]} == set(file["flags"])

    @FILES
    def test_a_file_is_laid_out_as_its_script_would(self, name: str) -> None:
        raw = (vectors.FOLDER / name).read_bytes()
        assert raw.endswith(b"}\n") and b"\r" not in raw

    @FILES
    def test_a_case_says_what_it_is_about(self, name: str) -> None:
        file = vectors.files()[name]
        for case in file["cases"]:
            key = "subject" if case["operation"] in SUBJECT_OPERATIONS else "profile"
            assert key in case or key in file, case["id"]

    def test_ids_are_unique_over_all_files(self) -> None:
        ids = [case["id"] for file in vectors.files().values() for case in file["cases"]]
        assert len(ids) == len(set(ids))

    def test_the_schema_knows_every_check_system(self) -> None:
        known = vectors.schema()["$defs"]["check_system"]["enum"]
        assert tuple(known) == checks.names()

    def test_every_check_system_has_a_file(self) -> None:
        subjects = {file.get("subject") for file in vectors.files().values()}
        assert subjects >= set(checks.names())

    def test_every_case_is_run(self) -> None:
        run = vectors.cases("generate", "validate", subjects=checks.names())
        run += vectors.cases("derive", subjects=["iuid-uii", "ncage"])
        run += vectors.cases("validate", subjects=["us-cage", "iso3166-alpha2", "iso3166-numeric"])
        run += vectors.cases("generate", "validate", "derive", subjects=GS1_SUBJECTS)
        run += vectors.cases("generate", "derive", subjects=MATRIX_SUBJECTS)
        run += vectors.cases("encode", "parse", "verify")
        assert len(run) == sum(len(file["cases"]) for file in vectors.files().values())

    def test_there_are_at_least_a_thousand(self) -> None:
        assert sum(len(file["cases"]) for file in vectors.files().values()) >= 1000

    def test_half_of_the_cases_of_formats_are_invalid(self) -> None:
        counts = {
            name: (sum(not case["valid"] for case in file["cases"]), len(file["cases"]))
            for name, file in vectors.files().items()
            if FORMAT_OPERATIONS & {case["operation"] for case in file["cases"]}
        }
        assert [name for name, (invalid, of) in counts.items() if invalid < 0.4 * of] == []
        assert 2 * sum(invalid for invalid, _ in counts.values()) >= sum(
            o for _, o in counts.values()
        )


SUBJECT_OPERATIONS = {"generate", "validate", "derive"}
FORMAT_OPERATIONS = {"encode", "parse", "verify"}
GS1_SUBJECTS = (
    *("gs1-cset39", "gs1-cset82", "gs1-date", "gs1-cpid-serial"),
    *("gs1-element-string", "gs1-association", "gs1-digital-link", "gs1-scan-data"),
)
MATRIX_SUBJECTS = ("datamatrix-codewords", "datamatrix-modules", "datamatrix-correction")


class TestCarriedOver:
    """The collection has 772 cases (codes.md section 7): each is here, or counted as left out."""

    COLLECTION = 772
    # Cases of the collection by subject, all its operations together.
    COUNTS: ClassVar = {
        "iso7064-mod11-2": 15,
        "iso7064-mod37-2": 19,
        "iso7064-mod97-10": 15,
        "iso7064-mod661-26": 6,
        "iso7064-mod1271-36": 8,
        "iso7064-mod11-10": 18,
        "iso7064-mod27-26": 5,
        "iso7064-mod37-36": 20,
        "luhn": 19,
        "damm": 17,
        "verhoeff": 22,
        "code39-mod43": 8,
        "gs1-mod10": 26,
        "gs1-pair": 27,
        "gs1-cset39": 11,
        "gs1-cset82": 10,
        "gs1-date": 15,
        "gs1-cpid-serial": 9,
        "gs1-element-string": 70,
        "gs1-association": 48,
        "gs1-digital-link": 79,
        "gs1-scan-data": 10,
        "iuid-uii": 18,
        "us-cage": 12,
        "ncage": 23,
        "iso3166-alpha2": 19,
        "iso3166-numeric": 40,
        "datamatrix-codewords": 58,
        "datamatrix-modules": 15,
        "datamatrix-correction": 1,
    }

    def test_every_case_of_the_collection_is_here_or_left_out_with_a_reason(self) -> None:
        left_out = self.left_out()
        assert all(reason for _, reason in left_out.values())
        here = sum(self.COUNTS.values())
        assert here + sum(count for count, _ in left_out.values()) == self.COLLECTION

    @pytest.mark.parametrize("subject", COUNTS)
    def test_a_subject_has_all_its_cases(self, subject: str) -> None:
        found = vectors.cases(*SUBJECT_OPERATIONS, subjects=[subject])
        carried = [case for case in found if case.id.startswith(f"{subject}-")]
        assert len(carried) == self.COUNTS[subject]

    def test_what_is_left_out_is_not_here(self) -> None:
        assert not any(published.subject_of(standard) for standard in self.left_out())

    def left_out(self) -> dict[str, tuple[int, str]]:
        """Return count and reason of each standard in the table of left-out.md."""
        page = (vectors.FOLDER / "left-out.md").read_text(encoding="utf-8")
        rows = [row.strip("| ").split(" | ") for row in page.splitlines() if row.startswith("| `")]
        return {standard.strip("`"): (int(count), reason) for standard, count, reason in rows}


class TestChecks:
    @vectors.each("generate", subjects=checks.names())
    def test_generate(self, case: Case) -> None:
        system = checks.get(str(case.subject))
        assert system.append(case.text) == case.expected_text
        assert system.is_valid(case.expected_text)

    @vectors.each("validate", subjects=checks.names())
    def test_validate(self, case: Case) -> None:
        system = checks.get(str(case.subject))
        alias = "NonCanonicalPair" in case.flags
        assert system.is_valid(case.text) is (case.valid and not alias)
        assert system.is_noncanonical(case.text) is alias


class TestIuid:
    AGENCIES: ClassVar = {"D": "cage", "LD": "dodaac"}

    @vectors.each("derive", subjects=["iuid-uii"])
    def test_derive(self, case: Case) -> None:
        report = markcode.get_format("iuid").verify(self.message(case))
        assert report.data.get("uii") == case.expected
        assert case.valid or report.verdict != "valid"

    def message(self, case: Case) -> str:
        """Return the message of a case; where it gives fields, the one that holds them."""
        if isinstance(case.input, str):
            return case.text
        fields = dict(case.input)
        options = {
            "construct": str(fields["construct"]),
            "agency": self.AGENCIES[fields["iac"]],
        }
        arm = Firearm(manufacturer=fields["eid"], model=fields.get("part"), serial=fields["serial"])
        marking = markcode.get_format("iuid", options=options).encode(arm)
        assert isinstance(marking.payload.data, str)
        return marking.payload.data

    @vectors.each("validate", subjects=["us-cage"])
    def test_us_cage(self, case: Case) -> None:
        assert is_us_cage(case.text) is case.valid
        # Every code of the United States is an NCAGE of theirs too (codes.md 1.7).
        assert ncage.fits(case.text, "USA") is case.valid


class TestCodes:
    @vectors.each("derive", subjects=["ncage"])
    def test_ncage(self, case: Case) -> None:
        assert ncage.forms(case.text) == tuple(case.expected)
        # The published form, every sign replaced by one that it stands for.
        for form in case.expected:
            assert ncage.fits(form.replace("*", "Z").replace("#", "7"), case.text)

    @vectors.each("validate", subjects=["iso3166-alpha2"])
    def test_alpha2(self, case: Case) -> None:
        assert countries.is_assigned(case.text) is case.valid

    @vectors.each("validate", subjects=["iso3166-numeric"])
    def test_numeric(self, case: Case) -> None:
        holders = [c for c in countries.holders(case.text) if c.numeric == case.text]
        assert any(c.withdrawn is None for c in holders) is case.valid


class TestGs1:
    @vectors.each("generate", "validate", "derive", subjects=GS1_SUBJECTS)
    def test_answer(self, case: Case) -> None:
        answered = answer(
            {"operation": case.operation, "subject": case.subject, "input": case.input}
        )
        assert answered is not None
        assert (answered.valid, answered.output) == (case.valid, case.expected)


class TestDataMatrix:
    @vectors.each("generate", "derive", subjects=MATRIX_SUBJECTS)
    def test_answer(self, case: Case) -> None:
        answered = answer(
            {"operation": case.operation, "subject": case.subject, "input": case.input}
        )
        assert answered is not None
        assert (answered.valid, answered.output) == (case.valid, case.expected)


class TestFormats:
    @vectors.each("encode")
    def test_encode(self, case: Case, tmp_path: Path) -> None:
        fmt = get_format(case, tmp_path)
        arm, event = Firearm(**case.input["firearm"]), read_event(case.input["event"])
        if not case.valid:
            with pytest.raises(InvalidMark) as caught:
                fmt.encode(arm, event, accept_provisional=case.accept_provisional)
            assert_codes(caught.value.findings, case)
            return
        marking = fmt.encode(arm, event, accept_provisional=case.accept_provisional)
        assert {
            "text": notation.escape(marking.text),
            "payload": str(marking.payload),
            "check": marking.check,
        } == case.expected
        assert_codes(marking.findings, case)

    @vectors.each("parse")
    def test_parse(self, case: Case, tmp_path: Path) -> None:
        fmt = get_format(case, tmp_path)
        if not case.valid:
            with pytest.raises(InvalidMark) as caught:
                fmt.parse(given(case), case.event)
            assert_spans(caught.value.findings, case)
            return
        parsed = fmt.parse(given(case), case.event)
        assert {
            "firearm": plain(parsed.firearm),
            "event": {"kind": parsed.event.kind, **plain(parsed.event)},
            "check": parsed.check,
        } == case.expected

    @vectors.each("verify")
    def test_verify(self, case: Case, tmp_path: Path) -> None:
        fmt = get_format(case, tmp_path)
        as_of = datetime.date.fromisoformat(case.as_of) if case.as_of else None
        report = fmt.verify(given(case), case.event, as_of=as_of)
        assert_spans(report.findings, case)
        assert report.verdict == case.expected["verdict"]
        assert report.ok is case.valid
        data = report.to_dict()["data"]
        for key, value in case.expected.get("data", {}).items():
            assert data.get(key) == value


def get_format(case: Case, folder: Path) -> Any:
    """Return the format of the case's profile; its code lists become files in ``folder``."""
    profile = dict(case.profile or {})
    codes = {}
    for element, names in (profile.pop("codes", None) or {}).items():
        lines = io.StringIO()
        csv.writer(lines, lineterminator="\n").writerows([("code", "name"), *names.items()])
        codes[element] = folder / f"{element}.csv"
        codes[element].write_text(lines.getvalue(), encoding="utf-8", newline="\n")
    return markcode.get_format(profile.pop("format"), codes=codes or None, **profile)


def given(case: Case) -> str | bytes:
    """Return the text or bytes of a case of a format."""
    if case.input.startswith("hex:"):
        return bytes.fromhex(case.input.removeprefix("hex:"))
    return case.text


def read_event(raw: dict[str, Any] | None) -> Event | None:
    """Return the event that an encode case gives."""
    return None if raw is None else Event(**raw)


def plain(data: Firearm | Event) -> dict[str, Any]:
    """Return the elements that have a value, in the form of the known answers."""
    common = {key: value for key, value in data.elements().items() if key not in data.extra}
    return {**common, "extra": dict(data.extra)} if data.extra else common


def assert_codes(findings: tuple[Finding, ...], case: Case) -> None:
    """Compare the set of codes, and the element where the case names it."""
    counted = [finding for finding in findings if is_compared(finding, case)]
    assert {finding.code for finding in counted} == {wanted["code"] for wanted in case.findings}
    for wanted in case.findings:
        if "element" in wanted:
            assert (wanted["code"], wanted["element"]) in {(f.code, f.element) for f in counted}


def assert_spans(findings: tuple[Finding, ...], case: Case) -> None:
    """Compare code and span exactly, in order of span, and the element where the case names it."""
    # A report about a text owes every finding a place, so none (-1) equals no span of a case.
    found = sorted(
        (list(f.span or (-1, -1)), f.code, f.element or "")
        for f in findings
        if is_compared(f, case)
    )
    wanted = sorted((w["span"], w["code"], w.get("element") or "") for w in case.findings)
    assert [key[:2] for key in found] == [key[:2] for key in wanted]
    for finding in case.findings:
        if "element" in finding:
            assert (finding["span"], finding["code"], finding["element"] or "") in found


def is_compared(finding: Finding, case: Case) -> bool:
    """Return whether a finding is an error or a warning, or an info that the case lists."""
    return finding.severity != "info" or finding.code in {f["code"] for f in case.findings}
