"""Elements beyond the common ones, and code lists that translate names."""

from __future__ import annotations

import csv
import json
import random
from pathlib import Path

import pytest

import markcode
from cli_runner import run
from markcode import Event, Firearm, Format, InvalidMark, Payload, batch, get_format, list_formats
from markcode.batch import Options
from markcode.reference import labels
from markcode.strategies import sample

MAKERS = "# invented\ncode,name\nINDU,Industrias Ejemplo S.A.\nEXA,Example Arms\n"
RECORD = "serial: A1\nmanufacturer: {}\ncity: Springfield\nstate: Ohio\ncalibre: 9 mm"

# Format, event, whose the element is, element, value, and the rest of a good mark.
EXTRAS = [
    ("un-protocol", "manufacture", "firearm", "place", "Example Town"),
    ("eu-2021-555", "transfer", "event", "authority", "Example Ministry"),
    ("oas-cifta", "import", "event", "address", "1 Example Road, Town"),
    ("co-indumil", "import", "event", "contract", "C-2026/17"),
    ("cr-37985", "state-owned", "event", "class", "B"),
    ("sv-import", "import", "event", "company", "EXA"),
    ("eu-deact", "deactivation", "event", "entity", "AT-07"),
    ("pe-sucamec", "import", "event", "check_digit", "7"),
    ("de-waffg-24", "import", "event", "country_third", "US"),
    ("es-28", "manufacture", "firearm", "factory", "0123"),
    ("us-478-92", "import", "event", "city", "Springfield"),
    ("sadc", "state-owned", "event", "unit", "7/B"),
    ("gs1", "manufacture", "firearm", "lot", "L-17"),
]


@pytest.fixture
def makers(tmp_path: Path) -> Path:
    path = tmp_path / "makers.csv"
    path.write_text(MAKERS, encoding="utf-8")
    return path


def data(fmt: Format, kind: str, **more: str) -> dict[str, str | int]:
    """Return sampled data of an event by element, with some of them given."""
    choose = random.Random(f"{fmt.name} {kind}").randrange
    while True:
        arm, event = sample(fmt, choose, kind)
        values = {e.name: e.of(arm, event) for e in fmt.elements(kind)}
        # A lot goes with a GTIN only; an import of Guatemala may have no element at all.
        if any(values.values()) and (fmt.name != "gs1" or values["gtin"] is not None):
            return {**{k: v for k, v in values.items() if v is not None}, **more}


def options(values: dict[str, str | int]) -> list[str]:
    return [part for name, value in values.items() for part in ("--set", f"{name}={value}")]


# Elements beyond the common ones ---------------------------------------------------------------


@pytest.mark.parametrize(("name", "kind", "owner", "element", "value"), EXTRAS)
def test_an_element_of_a_format_goes_through_extra(
    name: str, kind: str, owner: str, element: str, value: str
) -> None:
    fmt = get_format(name)
    arm, event = fmt.rule(kind).arm(data(fmt, kind, **{element: value}))
    holder = arm if owner == "firearm" else event
    assert holder.extra[element] == value
    marking = fmt.encode(arm, event, accept_provisional=True)
    read = fmt.readings(marking.payload, kind)
    assert [(p.firearm if owner == "firearm" else p.event).extra[element] for p in read] == [value]
    report = fmt.verify(marking.payload, kind)
    assert report.firearm is not None
    said = report.data["event"] if owner == "event" else report.firearm.extra
    assert said[element] == value


@pytest.mark.parametrize(("name", "kind", "owner", "element", "value"), EXTRAS)
def test_set_on_the_command_line(
    name: str, kind: str, owner: str, element: str, value: str
) -> None:
    fmt = get_format(name)
    values = data(fmt, kind, **{element: value})
    marking = fmt.encode(*fmt.rule(kind).arm(values), accept_provisional=True)
    args = ("encode", "--format", name, "--event", kind, "--accept-provisional", "--json")
    status, out, _ = run(*args, *options(values))
    assert status == 0
    assert json.loads(out)["text"] == str(Payload(marking.text))
    status, out, err = run(*args, *options(values), "--set", "colour=red")
    assert (status, out) == (2, "")
    assert f"{name} has no element 'colour' for the event {kind}; it has: " in err
    assert element in err.split("it has: ")[1]


def test_what_a_format_does_not_declare_is_not_marked() -> None:
    fmt = get_format("un-protocol")
    arm = Firearm(manufacturer="X", country="CO", serial="1", extra={"colour": "red"})
    marking = fmt.encode(arm)
    assert "red" not in marking.record
    assert marking.parsed.firearm.extra == {}


def test_extra_is_judged_like_any_element() -> None:
    with pytest.raises(InvalidMark) as caught:
        get_format("sv-import").encode(
            Firearm(), Event("import", country="SV", year=2026, extra={"company": "ABCD"})
        )
    assert [(f.code, f.element) for f in caught.value.findings] == [("element.length", "company")]


@pytest.mark.parametrize("language", ["en", "es", "pt", "fr"])
def test_columns_of_a_table_in_four_languages(language: str, tmp_path: Path) -> None:
    """Each element under the label that is shown for it; the first event of every format."""
    for name in list_formats():
        fmt = get_format(name)
        kind = fmt.events[0]
        values = data(fmt, kind)
        heads = [labels.label(element, language) for element in values]
        table = tmp_path / f"{name}.csv"
        with table.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([heads, values.values()])
        job = tmp_path / name
        summary = batch.run(table, fmt, Options(event=kind, accept_provisional=True), job)
        assert (summary.marks, summary.rejected, list(summary.unused)) == (1, 0, []), (name, heads)
        marking = fmt.encode(*fmt.rule(kind).arm(values), accept_provisional=True)
        with (job / "marks.csv").open(encoding="utf-8", newline="") as stream:
            (row,) = csv.DictReader(stream)
        assert tuple(row[f"line_{n}"] for n, _ in enumerate(marking.lines, 1)) == marking.lines


@pytest.mark.parametrize(
    "header",
    [
        "Manufacturer,Year of manufacture,Model,Calibre,Year of import,Contract number",
        "Fabricante,Año de fabricación,Modelo,Calibre,Año de importación,Número de contrato",
        "Fabricante,Ano de fabricação,Modelo,Calibre,Ano de importação,Número do contrato",
        "Fabricant,Année de fabrication,Modèle,Calibre,Année d'importation,Numéro de contrat",
    ],
)
def test_a_table_of_imports_with_their_contract(header: str, tmp_path: Path) -> None:
    table = tmp_path / "arms.csv"
    table.write_text(f"{header}\nExample Arms,2019,M1,9 mm,2026,C-17\n", encoding="utf-8")
    batch.run(table, get_format("co-indumil"), Options(event="import"), tmp_path / "job")
    with (tmp_path / "job/marks.csv").open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    lines = [row[f"line_{number}"] for number in range(1, 6)]
    assert lines == ["Example Arms", "2019", "M1", "9 mm", "2026 C-17"]


# Code lists -----------------------------------------------------------------------------------


def test_names_become_codes_and_codes_names(makers: Path) -> None:
    fmt = get_format("us-478-92", codes={"manufacturer": makers})
    extra = {"city": "Springfield", "state": "Ohio"}
    for given in ("Example Arms", "EXA", "example arms"):
        arm = Firearm(manufacturer=given, serial="A1", calibre="9 mm", extra=extra)
        assert fmt.encode(arm).lines == ("A1", "EXA", "Springfield Ohio", "9 mm")
    report = fmt.verify(RECORD.format("INDU"))
    assert (report.verdict, report.data["names"]) == (
        "valid",
        {"manufacturer": "Industrias Ejemplo S.A."},
    )


def test_a_name_that_is_not_in_the_list(makers: Path) -> None:
    fmt = get_format("us-478-92", codes={"manufacturer": makers})
    extra = {"city": "Springfield", "state": "Ohio"}
    arm = Firearm(manufacturer="Nobody Ltd", serial="A1", calibre="9 mm", extra=extra)
    with pytest.raises(InvalidMark) as caught:
        fmt.encode(arm)
    (finding,) = caught.value.findings
    assert (finding.code, finding.severity, finding.element) == (
        *("code.unlisted", "error"),
        "manufacturer",
    )
    assert dict(finding.params) == {"value": "Nobody Ltd", "list": "makers.csv"}
    text = RECORD.format("NOPE")
    report = fmt.verify(text)
    at = text.index("NOPE")
    assert report.verdict == "suspect"
    assert [(f.code, f.severity, f.element, f.span) for f in report.findings] == [
        ("code.unlisted", "warning", "manufacturer", (at, at + 4))
    ]


def test_code_lists_on_the_command_line(makers: Path, tmp_path: Path) -> None:
    profile = ("--format", "mosaic-0530", "--codes", f"manufacturer={makers}")
    values: dict[str, str | int] = {"country": "CO", "manufacturer": "Example Arms", "year": 2026}
    values |= {"model": "07", "serial": "1", "calibre": "09"}
    status, out, err = run("encode", *profile, *options(values))
    assert (status, out, err) == (0, "CO EXA 26 07 1 09\n", "")
    status, out, _ = run("verify", *profile, "CO EXA 26 07 1 09")
    assert status == 0
    assert "manufacturer EXA (Example Arms)" in " ".join(out.split())
    status, out, _ = run("verify", *profile, "CO ZZZ 26 07 1 09")
    assert status == 1
    assert "warning code.unlisted: " in out
    status, out, err = run("encode", *profile, *options({**values, "manufacturer": "Nobody"}))
    assert (status, out) == (1, "")
    assert err.startswith("error code.unlisted: ")
    table = tmp_path / "arms.csv"
    rows = ["CO,Example Arms,2026,07,1,09", "CO,Nobody,2026,07,2,09"]
    header = "Country,Manufacturer,Year,Model,Serial number,Calibre"
    table.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    status, _, _ = run("batch", table, *profile, "--out", tmp_path / "job")
    assert status == 1
    assert (tmp_path / "job/codes-manufacturer.csv").read_text(encoding="utf-8") == MAKERS
    with (tmp_path / "job/rejected.csv").open(encoding="utf-8", newline="") as stream:
        assert [(r["row"], r["code"]) for r in csv.DictReader(stream)] == [("3", "code.unlisted")]
    assert run("verify", "--input", tmp_path / "job").out == "1 mark: 1 valid\n"


def test_a_list_for_an_element_beyond_the_common_ones(tmp_path: Path) -> None:
    companies = tmp_path / "companies.csv"
    companies.write_text("code,name\nEXA,Example Security\n", encoding="utf-8")
    fmt = get_format("sv-import", codes={"company": companies})
    event = Event("import", country="SV", year=2026, extra={"company": "Example Security"})
    marking = fmt.encode(Firearm(), event)
    assert marking.text == "SV EXA 26"
    assert marking.parsed.event.extra["company"] == "EXA"
    assert fmt.verify(marking.text).data["names"] == {"company": "Example Security"}
    code = get_format(
        "oas-cifta", codes={"importer": companies}, options={"variant": "importer-code"}
    )
    assert code.encode(Firearm(), Event("import", importer="Example Security")).text == "EXA"


# Struck text beside a payload, with a code that no list has ---------------------------------------


def test_an_unlisted_code_beside_struck_lines_is_a_mismatch(makers: Path) -> None:
    fmt = get_format("us-478-92", codes={"manufacturer": makers})
    record, text = RECORD.format("NOPE"), "A1\nNOPE\nSpringfield Ohio\n9 mm"
    report = markcode.verify(text, fmt, payload=record)
    assert report.verdict == "invalid"
    (finding,) = [f for f in report.findings if f.code == "payload.mismatch"]
    assert finding.params["payload_codes"] == ["code.unlisted"]
    good = markcode.verify(text.replace("NOPE", "EXA"), fmt, payload=RECORD.format("EXA"))
    assert (good.verdict, good.data["names"]) == ("valid", {"manufacturer": "Example Arms"})


def test_an_unlisted_code_beside_a_uii(makers: Path) -> None:
    arm = Firearm(manufacturer="0CVA5", model="1234", serial="674A36458")
    marking = get_format("iuid").encode(arm)
    fmt = get_format("iuid", codes={"manufacturer": makers})
    alone = fmt.verify(marking.payload)
    assert (alone.verdict, [f.code for f in alone.findings]) == ("suspect", ["code.unlisted"])
    same = markcode.verify(marking.text, fmt, payload=marking.payload)
    assert same.verdict != "valid"
    assert "payload.mismatch" not in [f.code for f in same.findings]
    other = markcode.verify(marking.text + "0", fmt, payload=marking.payload)
    assert other.verdict == "invalid"
    assert "payload.mismatch" in [f.code for f in other.findings]


@pytest.mark.parametrize("name", list_formats())
def test_a_list_that_has_no_code_never_makes_verify_raise(name: str, makers: Path) -> None:
    plain = get_format(name)
    for kind in plain.events:
        arm, event = sample(plain, random.Random(f"{name} {kind}").randrange, kind)
        marking = plain.encode(arm, event, accept_provisional=True)
        listed = {e.name: makers for e in plain.elements(kind) if not e.is_number}
        fmt = get_format(name, codes=listed)
        has_code = bool(set(listed) & {e.name for e in plain.elements(kind) if e.of(arm, event)})
        for text in (marking.text, marking.text + "1"):
            for payload in (marking.payload, Payload(marking.record), Payload("")):
                report = markcode.verify(text, fmt, payload=payload, event=kind)
                assert not has_code or report.verdict != "valid"
