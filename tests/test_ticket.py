"""The ticket of a job: what it says to the letter, what is on paper, and what odd jobs do."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import shutil
import string
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp

import markcode
from batch_cases import CASES, table
from cli_runner import run
from markcode import batch, equipment, words
from markcode.errors import MissingExtra
from markcode.jobs.inspection import Job
from markcode.jobs.order import Options
from markcode.jobs.ticket import Ticket, ticket_of, to_text
from markcode.jobs.ticket.facts import MOST_FILES, TICKETS
from markcode.messages import LANGUAGES
from pdf_reading import Page, pages

HEADER = "serial,manufacturer,city,state,model,calibre\n"
ARMS = f"""{HEADER}W94CW4CW01,ACME ARMS,SPRINGFIELD,IL,M1911,.45
W94CW4CW0I,ACME ARMS,SPRINGFIELD,IL,M1911,.45
W94CW4CW01,ACME ARMS,SPRINGFIELD,IL,M1911,.45
W94CW4CW0S,ACME ARMS,SPRINGFIELD,IL,M1911,.45
"""
STRUCK = [f"W94CW4CW0{last}\nACME ARMS\nSPRINGFIELD IL\nM1911\n.45\r\n" for last in "IS"]
DOTS = ("text=dots-5x7", "cells=dots", "cone=120", "travel_speed=100", "strike_time=20")


def job_of(folder: Path, *more: str, arms: str = ARMS, name: str = "job") -> Path:
    """Make a job of the arms by `markcode batch`, with tickets."""
    source = folder / f"{name}.csv"
    source.write_text(arms, encoding="utf-8")
    out = folder / name
    ran = run("batch", source, "--format", "us-478-92", "--ticket", "--out", out, *more)
    assert ran.status in (0, 1), ran.err
    return out


def drawn(folder: Path, *more: str, **arms: str) -> Path:
    settings = [part for setting in DOTS for part in ("--setting", setting)]
    sizes = ("--symbol", "datamatrix", "--module", "0.3mm")
    return job_of(folder, "--equipment", "pdf", *settings, *sizes, *more, **arms)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A job that is made once, to be copied."""
    return drawn(tmp_path_factory.mktemp("whole"))


@pytest.fixture
def job(whole: Path, tmp_path: Path) -> Path:
    """A copy of the job, to be damaged."""
    return Path(shutil.copytree(whole, tmp_path / "job"))


def manifest(job: Path) -> dict[str, Any]:
    head: dict[str, Any] = json.loads((job / "manifest.json").read_text(encoding="utf-8"))
    return head


def paper(job: Path) -> list[Page]:
    return pages((job / "ticket.pdf").read_bytes())


# -- what it says ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_text(language: str, tmp_path: Path) -> None:
    job = drawn(tmp_path, "--lang", language)
    files = sorted(p for p in job.rglob("*.*") if p.name not in (*TICKETS, "manifest.json"))
    sizes = {f"bytes_{number}": path.stat().st_size for number, path in enumerate(files)}
    hashes = {
        f"sha256_{number}": hashlib.sha256(path.read_bytes()).hexdigest()
        for number, path in enumerate(files)
    }
    template = (Path(__file__).parent / "tickets" / f"{language}.txt").read_text(encoding="utf-8")
    expected = template.format(
        job=manifest(job)["job"],
        short=manifest(job)["job"][:12],
        version=markcode.__version__,
        table=hashlib.sha256(ARMS.encode()).hexdigest(),
        codes=hashlib.sha256("".join(STRUCK).encode()).hexdigest(),
        bytes=sum(sizes.values()),
        **sizes,
        **hashes,
    )
    assert (job / "ticket.txt").read_text(encoding="utf-8") == expected


def test_the_hash_of_the_codes_is_that_of_the_file_of_a_text_job(tmp_path: Path) -> None:
    """One line a mark: what a machine reads line by line is the list of codes."""
    table(tmp_path / "arms.csv", "mosaic-0530", "manufacture", {}, rows=40)
    chosen = Options(equipment="text", ticket=True)
    batch.run(tmp_path / "arms.csv", markcode.get_format("mosaic-0530"), chosen, tmp_path / "job")
    lines = (tmp_path / "job" / "line_1.txt").read_bytes()
    assert lines.count(b"\r\n") > 10
    text = (tmp_path / "job" / "ticket.txt").read_text(encoding="utf-8")
    assert f"list of codes\n    {hashlib.sha256(lines).hexdigest()}\n" in text
    assert lines.splitlines()[0].decode() in text and lines.splitlines()[-1].decode() in text
    assert "EZCAD" in text


def test_it_is_the_same_made_with_the_job_or_later(tmp_path: Path) -> None:
    job = drawn(tmp_path, "--lang", "pt")
    assert run("ticket", job).out == (job / "ticket.txt").read_text(encoding="utf-8")
    for name in TICKETS:
        assert run("ticket", job, "--out", tmp_path / name) == (0, "", "")
        assert (tmp_path / name).read_bytes() == (job / name).read_bytes()
    again = drawn(tmp_path, "--lang", "pt", name="again")
    for name in TICKETS:
        assert (again / name).read_bytes() == (job / name).read_bytes()


def test_a_ticket_changes_nothing_else_of_a_job(tmp_path: Path) -> None:
    """The order is the same one: a ledger must not take it for another."""
    ticketed = drawn(tmp_path)
    plain = tmp_path / "plain"
    source = tmp_path / "job.csv"
    options = [part for setting in DOTS for part in ("--setting", setting)]
    sizes = ("--symbol", "datamatrix", "--module", "0.3mm")
    run(
        *("batch", source, "--format", "us-478-92", "--equipment", "pdf", "--out", plain),
        *(*options, *sizes),
    )
    one, other = manifest(ticketed), manifest(plain)
    assert one.pop("ticket") is True
    listed = [file for file in one["files"] if file["name"] in TICKETS]
    assert len(listed) == 2
    for file in listed:
        data = (ticketed / file["name"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        one["files"].remove(file)
    assert one == other
    assert run("ticket", plain).out == (ticketed / "ticket.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "made",
    [
        *(("csv",), ("svg", "--symbol", "datamatrix"), ("text",)),
        *((name, "--symbol", "datamatrix") for name in ("pdf", "pdf-proof", "pdf-scan")),
    ],
)
def test_a_job_with_tickets_is_verified(made: tuple[str, ...], tmp_path: Path) -> None:
    job = job_of(tmp_path, "--equipment", *made)
    ran = run("verify", "--input", job)
    assert (ran.status, ran.out.splitlines()[-1]) == (0, "2 marks: 2 valid")
    (job / "ticket.txt").write_text("another", encoding="utf-8")
    ran = run("verify", "--input", job)
    assert ran.status == 1
    assert "ticket.txt" in ran.out


def test_a_long_list_of_files_is_cut_and_counted(tmp_path: Path) -> None:
    arms = HEADER + "".join(f"A{number:04},ACME,SPRINGFIELD,IL,M,.45\n" for number in range(60))
    job = job_of(tmp_path, "--equipment", "svg", arms=arms)
    text = (job / "ticket.txt").read_text(encoding="utf-8")
    section = text.partition("\nFILES\n")[2].partition("\n\n")[0]
    listed = re.findall(r"^  (\S+) +[0-9]+ bytes$", section, re.MULTILINE)
    assert listed == ["marks.csv", *(f"drawings/0000000{row}.svg" for row in (2, 3, 4))]
    assert len(listed) < MOST_FILES
    size = sum(file["bytes"] for file in manifest(job)["files"] if file["name"] not in TICKETS)
    assert f"files 61, bytes {size};" in section


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[1]}")
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_job_has_a_ticket_of_80_columns(
    case: tuple[str, str, dict[str, Any], dict[str, Any]], language: str, tmp_path: Path
) -> None:
    name, kind, profile, options = case
    table(tmp_path / "arms.csv", name, kind, profile, rows=40)
    fmt = markcode.get_format(name, **profile)
    chosen = {**options, "language": language, "event": kind, "ticket": True}
    batch.run(tmp_path / "arms.csv", fmt, Options(**chosen), tmp_path / "job")
    text = (tmp_path / "job" / "ticket.txt").read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 80
    assert all(char.isprintable() for char in text.replace("\n", ""))
    job = Job(tmp_path / "job")
    assert to_text(ticket_of(job, job.files())) == text
    assert len(paper(tmp_path / "job")) <= 2


def test_experimental_equipment_foreign_packages_and_machine_time_are_told(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job(whole)
    found = dataclasses.replace(
        equipment.get("pdf"),
        experimental=True,
        provider="another-package",
        seconds=lambda setup, made: Decimal(setup.module_nm) / len(made.parts[-1].dots),
    )
    dots = sum(len(part.dots) for part in _made(job).parts[-1:])
    monkeypatch.setattr(equipment, "find", lambda name: found)
    text = to_text(ticket_of(Job(job.folder), job.files()))
    assert "EXPERIMENTAL: never tried on a machine" in text
    assert "of another-package" in text
    one = Decimal(300_000) / dots
    said = " ".join(text.split())
    assert f"at least {one} s a mark" in said
    assert "min" in said.partition("a mark, ")[2].partition(" in all")[0]


def test_equipment_that_is_not_installed_here(job: Path) -> None:
    _edit(job, lambda head: head.update(equipment="of-another"))
    text = run("ticket", job).out
    assert "of-another: its package is not installed here" in text
    assert "W94CW4CW0I" in text


def _made(job: Job) -> Any:
    made = ticket_of(job, job.files()).picture
    assert made is not None
    return made


def test_sizes_in_whole_dots_are_told(tmp_path: Path) -> None:
    dots = ("--equipment", "png", "--dpi", "300", "--symbol", "datamatrix", "--height", "2mm")
    text = (job_of(tmp_path, *dots) / "ticket.txt").read_text(encoding="utf-8")
    assert re.search(r"in whole dots +text 2\.[0-9]+ mm, module 0\.[0-9]+ mm\n", text)
    settings = ("--setting", "dpmm=12", "--setting", "label=100x50mm", "--module", "0.35mm")
    job = job_of(tmp_path, "--equipment", "zpl", "--symbol", "datamatrix", *settings, name="zpl")
    text = (job / "ticket.txt").read_text(encoding="utf-8")
    assert re.search(r"in whole dots +module 0\.[0-9]+ mm\n", text)


# -- on paper ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_paper_says_what_the_text_says(language: str, tmp_path: Path) -> None:
    job = drawn(tmp_path, "--lang", language)
    shown = paper(job)
    assert [page.size_mm for page in shown] == [pytest.approx((210, 297), abs=0.001)] * 2
    said = "".join("".join(page.text.split()) for page in shown)
    read = Job(job)
    ticket = ticket_of(read, read.files())
    for section in ticket.sections:
        assert "".join(section.title.split()) in said
        for row in section.rows:
            for line in (row.label, *row.lines):
                assert "".join(line.split()) in said
    assert manifest(job)["job"] in said
    for number in range(1, 7):
        assert "".join(ticket.words(f"rule.{number}").split()) in said
    for name in ("date", "machine", "operator", "void", "signature"):
        assert ticket.words(f"result.{name}").replace(" ", "") in said


@pytest.mark.parametrize("cells", ["outline", "cells"])
def test_the_picture_at_1_to_1_is_as_large_as_the_mark_and_is_read(
    cells: str, tmp_path: Path
) -> None:
    settings = ("--equipment", "pdf", "--setting", f"cells={cells}", "--symbol", "datamatrix")
    job = job_of(tmp_path, *settings, "--module", "0.5mm")
    read = Job(job)
    part = _made(read).parts[-1]
    box = part.box(0)
    assert box is not None
    wide = (box[2] - box[0]) / 1e6
    payload = STRUCK[0]
    dpi = 600
    sizes = []
    for page in paper(job):
        for found in zxingcpp.read_barcodes(page.grey(dpi)):
            assert found.format.name == "DataMatrix"
            assert all(line in found.text for line in payload.split()[:1])
            corners = found.position
            sizes.append((corners.top_right.x - corners.top_left.x) * 25.4 / dpi)
    one, five = sorted(sizes)
    assert one == pytest.approx(wide, abs=0.15)
    assert five == pytest.approx(5 * wide, abs=0.3)


def test_the_picture_at_1_to_1_is_as_wide_as_its_bounds(tmp_path: Path) -> None:
    job = job_of(tmp_path, "--equipment", "pdf", "--setting", "text=stroke")
    left, _, right, _ = _made(Job(job)).box()
    (page,) = [page for page in paper(job) if "1:1" in page.text]
    dpi = 1200
    dark = page.grey(dpi) < 128
    column = dark[:, round(11.9 / 25.4 * dpi) : round((14 + (right - left) / 1e6) / 25.4 * dpi)]
    rows = np.flatnonzero(column.any(axis=1))
    bands = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    widths = [(np.ptp(np.flatnonzero(column[band].any(axis=0))) + 1) * 25.4 / dpi for band in bands]
    # The widest line of the mark is one of the bands; no line of text is as wide by chance.
    assert min(abs(wide - (right - left) / 1e6) for wide in widths) < 0.03


HARD = [
    ("pdf", "datamatrix", "3mm", "1.2mm", "1" + "W" * 19, "M" * 20),
    ("pdf", None, "1.6mm", "0.4mm", "1" + "W" * 19, "M" * 40),
    ("pdf", "datamatrix", "12mm", "4mm", "1" + "W" * 19, "M" * 20),
    ("pdf", "code128", "2mm", "0.25mm", "1" + "W" * 17, "M" * 18),
    ("csv", "qr", None, None, "1" + "W" * 19, "M" * 20),
]


@pytest.mark.parametrize("hard", HARD)
def test_nothing_is_outside_the_edges_of_the_paper(
    hard: tuple[str, str | None, str | None, str | None, str, str], tmp_path: Path
) -> None:
    name, symbol, height, module, serial, model = hard
    sizes = {"--symbol": symbol, "--height": height, "--module": module}
    options = [part for option, value in sizes.items() if value for part in (option, value)]
    arms = f"{HEADER}{serial},ACME,SPRINGFIELD,IL,{model},.45\n"
    job = job_of(tmp_path, "--equipment", name, *options, arms=arms)
    assert manifest(job)["counts"]["marks"] == 1
    shown = paper(job)
    assert len(shown) <= 2
    assert re.search(r"^(1:1|1:[0-9]+)$", shown[0].text, re.MULTILINE)
    for page in shown:
        left, top, right, bottom = page.box_mm(150)
        assert left > 11.5 and top > 11.5 and right < 198.5 and bottom < 285.5


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_job_that_is_gone_on_with_says_what_was_left_out(tmp_path: Path, language: str) -> None:
    place = tmp_path / "markcode.db"
    assert run("ledger", "init", place, "--station", "MVD-1").status == 0
    order = ("--ledger", str(place), "--lang", language)
    job = job_of(tmp_path, *order)
    words_of = words.Words(language, "markcode.jobs.ticket")
    assert f"  {words_of('left')} " not in (job / "ticket.txt").read_text(encoding="utf-8")
    marked = ("ledger", "event", "marked", "MVD-1/3", "--ledger", place, "--date", "2026-11-25")
    assert run(*marked).status == 0
    text = (job_of(tmp_path, *order, "--resume") / "ticket.txt").read_text(encoding="utf-8")
    assert re.search(f"^  {words_of('left')} +{words_of('left.struck', count=1)}$", text, re.M)
    assert run("ticket", job).out == text


def test_a_job_without_any_mark_has_a_ticket(tmp_path: Path) -> None:
    arms = f"{HEADER},ACME,SPRINGFIELD,IL,M,.45\n"
    job = job_of(tmp_path, "--equipment", "pdf", arms=arms)
    text = (job / "ticket.txt").read_text(encoding="utf-8")
    assert "rows 1, marks 0, rejected 1" in text
    assert hashlib.sha256(b"").hexdigest() in text
    assert "CHARACTERS" not in text
    assert len(paper(job)) == 1


def test_a_mark_that_has_no_picture_says_why(tmp_path: Path) -> None:
    arms = f"{HEADER}abc1,ACME,SPRINGFIELD,IL,M,.45\n"
    job = job_of(tmp_path, "--equipment", "csv", arms=arms)
    assert "cannot be drawn" in (job / "ticket.txt").read_text(encoding="utf-8")
    assert "5:1" not in "".join(page.text for page in paper(job))


# -- odd input ---------------------------------------------------------------------------------


def _edit(job: Path, change: Callable[[dict[str, Any]], object]) -> None:
    head = manifest(job)
    change(head)
    (job / "manifest.json").write_text(json.dumps(head), encoding="utf-8")


def _drop(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda head: head.pop(name)


def _set(name: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda head: head.update({name: value})


DAMAGE = [
    *map(_drop, ("job", "profile", "event", "equipment", "counts", "inputs", "language")),
    *(_drop(name) for name in ("manifest_version", "files", "version")),
    _set("counts", {}),
    _set("counts", {"rows": "x", "marks": None, "rejected": 0, "warned": 0}),
    _set("inputs", []),
    _set("inputs", [{}]),
    _set("language", "xx"),
    _set("settings", []),
    _set("settings", {"text": 7}),
    _set("settings", {"no-such": "x"}),
    _set("settings", {"text": "no-such-font"}),
    _set("face", 7),
    _set("face", {"size_nm": [1], "turn": 0, "cylinder_nm": None}),
    _set("grid", [1]),
    _set("achieved", {"module_nm": "x"}),
    _set("ledger", "x"),
    _set("ledger", {"job": "MVD-1/2", "left_out": {"sold": 1}}),
    _set("ledger", {"job": "MVD-1/2", "left_out": [1]}),
    _set("height_nm", "1.6mm"),
    _set("symbol", 7),
    _set("shape", "round"),
    _set("shape", ["square"]),
    _set("job", "\ud800"),
    _set("inputs", [{"sha256": "\ud800"}]),
    lambda head: head["profile"].update(options="x"),
    lambda head: head["files"][0].update(sha256="\ud800"),
]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_manifest_is_one_line_and_status_2(
    damage: Callable[[dict[str, Any]], object], job: Path, tmp_path: Path
) -> None:
    _edit(job, damage)
    for more in ((), ("--out", tmp_path / "x.pdf")):
        ran = run("ticket", job, *more)
        assert (ran.status, ran.out) == (2, "")
        assert re.fullmatch("markcode: [^\n]+\n", ran.err)
        assert "internal error" not in ran.err
    assert not (tmp_path / "x.pdf").exists()


@pytest.mark.parametrize("damage", [_set("job", "\ud800"), _set("equipment", "\udfff")])
def test_half_a_character_in_a_manifest_is_no_internal_error(
    damage: Callable[[dict[str, Any]], object], job: Path
) -> None:
    _edit(job, damage)
    ran = run("verify", "--input", job)
    assert ran.status == 2 and "this is no manifest of markcode" in ran.err


def test_a_manifest_of_a_thousand_brackets_is_one_line(job: Path) -> None:
    (job / "manifest.json").write_text("[" * 100_000, encoding="utf-8")
    ran = run("ticket", job)
    assert ran.status == 2 and ran.err.count("\n") == 1 and "internal error" not in ran.err


def test_what_a_terminal_would_obey_in_a_manifest_is_shown_by_name(job: Path) -> None:
    def bell(head: dict[str, Any]) -> None:
        head["version"] = head["job"] = head["inputs"][0]["sha256"] = "\x1b[2J\u202e"
        head["files"][0]["sha256"] = "\x9b1m"

    _edit(job, bell)
    ran = run("ticket", job)
    assert ran.status == 0
    assert not set(ran.out) & set("\x1b\x9b\u202e")


@pytest.mark.parametrize("language", LANGUAGES)
def test_marks_that_were_changed_since_are_told_of(job: Path, language: str) -> None:
    told = words.Words(language, "markcode.jobs.ticket")("marks.changed")
    assert told not in " ".join(run("ticket", job, "--lang", language).out.split())
    text = (job / "marks.csv").read_bytes()
    (job / "marks.csv").write_bytes(text.replace(b"W94CW4CW0S", b"W94CW4CW0X"))
    ran = run("ticket", job, "--lang", language)
    assert ran.status == 0 and told in " ".join(ran.out.split())


def test_a_file_is_replaced_as_a_whole(job: Path, tmp_path: Path) -> None:
    out, old = tmp_path / "ticket.txt", tmp_path / "old.txt"
    out.write_text("old", encoding="utf-8")
    old.hardlink_to(out)
    assert run("ticket", job, "--out", out).status == 0
    assert out.read_text(encoding="utf-8").startswith("JOB TICKET")
    assert old.read_text(encoding="utf-8") == "old"


def test_a_printer_with_a_font_of_its_own_is_not_said_to_draw_ours(tmp_path: Path) -> None:
    label = ("--setting", "dpmm=8", "--setting", "label=150x60mm", "--symbol", "datamatrix")
    text = (job_of(tmp_path, "--equipment", "zpl", *label) / "ticket.txt").read_text("utf-8")
    assert "as the machine's own font counts it" in " ".join(text.split())
    assert "1.5875 mm drawn" not in text and "of a drawing" not in text
    assert "0 has a slash" not in text and "The machine writes them in a font" in text
    assert re.search("^  module +0.4 mm$", text, re.MULTILINE)


def _no_folder(job: Path) -> Path:
    return job / "nowhere"


def _no_marks(job: Path) -> Path:
    (job / "marks.csv").unlink()
    return job


def _no_manifest(job: Path) -> Path:
    (job / "manifest.json").unlink()
    return job


def _no_json(job: Path) -> Path:
    (job / "manifest.json").write_text("{", encoding="utf-8")
    return job


def _other_columns(job: Path) -> Path:
    (job / "marks.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    return job


def _no_text(job: Path) -> Path:
    (job / "marks.csv").write_bytes((job / "marks.csv").read_bytes() + b"\xff\n")
    return job


def _bad_notation(job: Path) -> Path:
    text = (job / "marks.csv").read_text(encoding="utf-8")
    (job / "marks.csv").write_text(text.replace("ACME ARMS", "{XX}"), encoding="utf-8")
    return job


def _a_file(job: Path) -> Path:
    return job / "marks.csv"


@pytest.mark.parametrize(
    "spoilt",
    [
        *(_no_folder, _no_marks, _no_manifest, _no_json, _other_columns, _no_text),
        *(_bad_notation, _a_file),
    ],
)
def test_what_is_no_job_is_one_line_and_status_2(spoilt: Callable[[Path], Path], job: Path) -> None:
    ran = run("ticket", spoilt(job))
    assert (ran.status, ran.out) == (2, "")
    assert re.fullmatch("markcode: [^\n]+\n", ran.err)


@pytest.mark.parametrize("out", ["ticket", "ticket.doc", "nowhere/ticket.pdf"])
def test_an_odd_name_to_write_is_one_line_and_status_2(out: str, job: Path, tmp_path: Path) -> None:
    ran = run("ticket", job, "--out", tmp_path / out)
    assert (ran.status, ran.out) == (2, "")
    assert re.fullmatch("markcode: [^\n]+\n", ran.err)


def test_a_table_with_another_count_says_so(job: Path) -> None:
    lines = (job / "marks.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (job / "marks.csv").write_text("".join(lines[:-1]), encoding="utf-8")
    assert "marks in marks.csv 1: check the job" in run("ticket", job).out


def test_what_a_terminal_would_obey_is_shown_by_name(job: Path) -> None:
    text = (job / "marks.csv").read_text(encoding="utf-8")
    (job / "marks.csv").write_text(text.replace("ACME", "\x1b[2J\u202e"), encoding="utf-8")
    shown = run("ticket", job).out
    assert "\x1b" not in shown and "\u202e" not in shown


def test_a_missing_extra_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "reportlab.pdfgen", None)
    (tmp_path / "arms.csv").write_text(ARMS, encoding="utf-8")
    fmt = markcode.get_format("us-478-92")
    with pytest.raises(MissingExtra, match=r"markcode\[equipment\]"):
        batch.run(tmp_path / "arms.csv", fmt, Options(ticket=True), tmp_path / "job")
    assert not (tmp_path / "job").exists()


# -- words -------------------------------------------------------------------------------------


@pytest.mark.parametrize("package", ["markcode.jobs.ticket", "markcode.equipment"])
def test_the_languages_say_the_same(package: str) -> None:
    for key, entry in words.catalogue(package).items():
        assert tuple(entry) == LANGUAGES, key
        names = {
            language: {name for _, name, _, _ in string.Formatter().parse(text) if name}
            for language, text in entry.items()
        }
        assert all(found == names["en"] for found in names.values()), key


def test_a_ticket_can_be_had_in_another_language(job: Path) -> None:
    assert run("ticket", job, "--lang", "fr").out.startswith("FICHE DE TRAVAIL")
    read = Job(job)
    ticket: Ticket = ticket_of(read, read.files(), "es")
    assert ticket.words.language == "es"
