"""Equipment ``pdf``, ``pdf-proof`` and ``pdf-scan``, looked at with pdfium and zxing-cpp."""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Sequence

import numpy as np
import pytest

from markcode import symbols
from markcode.engraving.engraver import plate_of
from markcode.engraving.face import Face
from markcode.engraving.plate import Engraved, Part, Plate, rectangle
from markcode.equipment import Mark, Writer
from markcode.equipment.paper import PAGES, Paper
from markcode.equipment.pdf import document
from markcode.equipment.pdf_pages import profile_text, words_in
from markcode.equipment.plates import PlateWriter, engraver_of
from markcode.errors import InvalidMark, MissingExtra, ProfileError
from markcode.lengths import NM_PER_MM as MM
from markcode.messages import LANGUAGES
from markcode.model import Payload
from markcode.symbols.sheets import Grid
from pdf_reading import Page, pages
from writers import setup, writer

TEXT = "CO INDU 26 07 01238 09 R"
SYMBOL = symbols.make("datamatrix", TEXT)
STYLES = [
    {},
    {"text": "stroke", "tool": "0.3mm", "cells": "cells"},
    {"text": "dots-5x7", "cells": "dots", "dot": "105%"},
    {"text": "dots-9x13", "cells": "dots", "dot": "60%"},
]


def made(job: Writer, marks: Sequence[Mark]) -> tuple[dict[str, bytes], list[str | None]]:
    """Return the files of a job, and for each mark the file that shows it."""
    files: dict[str, bytes] = {}
    names = []
    for mark in marks:
        rendered = job.collect(mark, job.render(mark))
        names.append(rendered.name)
        files |= [rendered.file] if rendered.file is not None else []
    last = job.finish().file
    return files | ({last[0]: last[1]} if last is not None else {}), names


def plate(settings: dict[str, str], grid: Grid | None = None, marks: int = 1) -> Plate:
    job = setup("pdf", settings, symbol="datamatrix")
    engraver = engraver_of(job)
    return plate_of(
        [engraver.engrave(row, (TEXT, "0O1IB8"), SYMBOL) for row in range(2, 2 + marks)], grid
    )


# -- the drawing -------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", STYLES)
def test_a_drawing_has_its_true_size(settings: dict[str, str]) -> None:
    drawn = plate(settings)
    (page,) = pages(document(drawn))
    assert page.size_mm == pytest.approx((drawn.width_nm / 1e6, drawn.height_nm / 1e6), abs=0.001)
    box = drawn.box()
    assert box is not None
    assert page.box_mm() == pytest.approx([edge / 1e6 for edge in box], abs=0.02)


@pytest.mark.parametrize("settings", STYLES[:3])
def test_the_symbol_of_a_drawing_is_read(settings: dict[str, str]) -> None:
    (page,) = pages(document(plate(settings)))
    assert page.symbols(600) == [("DataMatrix", TEXT.encode())]


def test_areas_are_filled_by_the_even_odd_rule() -> None:
    """A square in a square that goes around the same way is a hole all the same."""
    rings = tuple(rectangle(at, at, 10 * MM - at, 10 * MM - at) for at in (1 * MM, 3 * MM))
    mark = Engraved(2, 10 * MM, 10 * MM, (Part("TEXT", "O", (rings,)),), 0)
    (page,) = pages(document(Plate(10 * MM, 10 * MM, (mark,))))
    dark = page.grey(254) < 128
    assert dark.sum() / 100 == pytest.approx(8 * 8 - 4 * 4, abs=1)
    assert not dark[50, 50] and dark[20, 50]


def test_the_hole_of_a_letter_is_light() -> None:
    job = setup("pdf", height_nm=10 * MM)
    drawn = plate_of([engraver_of(job).engrave(2, ("O",), None)], None)
    (page,) = pages(document(drawn))
    dark = page.grey(600) < 128
    assert len(np.flatnonzero(np.diff(dark[len(dark) // 2].astype(int)))) == 4


def test_a_plate_has_every_mark_at_its_place() -> None:
    grid = Grid(columns=3, rows=2, pitch_nm=(80_000_000, 15_000_000))
    drawn = plate({}, grid, marks=5)
    (page,) = pages(document(drawn))
    assert page.size_mm == pytest.approx((240, 30), abs=0.001)
    assert len(page.symbols(600)) == 5
    dark = page.grey(254) < 128
    cells = [
        bool(dark[down * 150 : (down + 1) * 150, across * 800 : (across + 1) * 800].any())
        for down in range(2)
        for across in range(3)
    ]
    assert cells == [True] * 5 + [False]


def test_a_job_of_drawings_names_a_file_a_mark_or_a_plate() -> None:
    marks = [Mark(row, (TEXT,), SYMBOL) for row in range(2, 5)]
    files, names = made(writer("pdf", symbol="datamatrix"), marks)
    assert list(files) == names == [f"drawings/0000000{row}.pdf" for row in range(2, 5)]
    files, names = made(writer("pdf", symbol="datamatrix", grid=Grid(2, 1)), marks)
    assert names == ["sheets/00000001.pdf"] * 2 + ["sheets/00000002.pdf"]
    assert list(files) == ["sheets/00000001.pdf", "sheets/00000002.pdf"]


def test_a_turned_mark_stands_on_its_face() -> None:
    face = Face.parse("20x70mm", "90", None)
    files, _ = made(writer("pdf", symbol="datamatrix", face=face), [Mark(2, (TEXT,), SYMBOL)])
    (page,) = pages(files["drawings/00000002.pdf"])
    assert page.size_mm == pytest.approx((20, 70), abs=0.001)
    assert page.symbols(600) == [("DataMatrix", TEXT.encode())]


def test_a_page_larger_than_a_pdf_can_be_is_refused() -> None:
    grid = Grid(columns=100, rows=1, pitch_nm=(60_000_000, 20_000_000))
    job = writer("pdf", symbol="datamatrix", grid=grid)
    assert isinstance(job, PlateWriter)
    job.collect(Mark(2, ("A",)), job.render(Mark(2, ("A",))))
    with pytest.raises(Exception, match="larger than a PDF can be"):
        job.finish()


@pytest.mark.parametrize("name", ["pdf", "pdf-proof", "pdf-scan"])
def test_the_same_marks_give_the_same_bytes_without_a_date(name: str) -> None:
    marks = [Mark(row, (TEXT,), SYMBOL) for row in range(2, 30)]
    one, other = (made(writer(name, symbol="datamatrix"), marks)[0] for _ in range(2))
    assert one == other
    for data in one.values():
        assert data.startswith(b"%PDF-1.")
        assert data.count(b"(D:") == data.count(b"(D:20000101000000+00'00')") == 2
        assert b"/Producer (markcode)" in data


@pytest.mark.parametrize("name", ["pdf", "pdf-proof", "pdf-scan"])
def test_without_reportlab_the_extra_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "reportlab.pdfgen", None)
    with pytest.raises(MissingExtra, match=r"pip install 'markcode\[equipment\]'"):
        writer(name).render(Mark(2, ("A1",)))


# -- proof sheets ------------------------------------------------------------------------------

PROFILE = {"format": "mosaic-0530", "check": "gs1-pair", "check_over": "mark", "options": {}}


def proof(marks: Sequence[Mark], settings: dict[str, str] | None = None, **more: object) -> Page:
    job = writer("pdf-proof", settings, symbol="datamatrix", profile=PROFILE, **more)
    files, _ = made(job, marks)
    return pages(files["sheets/00000001.pdf"])[0]


def test_a_proof_sheet_says_what_it_shows() -> None:
    page = proof([Mark(row, (f"A{row}", "B 7"), SYMBOL) for row in range(2, 9)], event="import")
    assert page.size_mm == pytest.approx((210, 297), abs=0.001)
    assert "Proof sheet" in page.text and "page 1" in page.text
    assert "mosaic-0530, import, check gs1-pair over the mark" in page.text
    assert "rows 2-8, marks 1-7 of the job" in page.text
    for row in range(2, 9):
        assert f"row {row}\nA{row}\nB 7\n" in page.text
    assert page.symbols() == [("DataMatrix", TEXT.encode())] * 7


@pytest.mark.parametrize("settings", STYLES)
def test_a_mark_on_a_proof_sheet_has_its_true_size(settings: dict[str, str]) -> None:
    page = proof([Mark(2, (TEXT,), SYMBOL)], settings)
    box = engraver_of(setup("pdf-proof", settings)).engrave(2, (TEXT,), SYMBOL).box()
    assert box is not None
    dpi = 1200
    top, bottom = round(32 / 25.4 * dpi), round(42 / 25.4 * dpi)
    dark = page.grey(dpi)[top:bottom] < 128
    columns = np.flatnonzero(dark.any(axis=0))
    wide = (columns[-1] + 1 - columns[0]) * 25.4 / dpi
    assert wide == pytest.approx((box[2] - box[0]) / 1e6, abs=0.03)


def test_the_bar_of_a_sheet_is_50_mm_long() -> None:
    dpi = 1200
    dark = proof([Mark(2, (TEXT,), SYMBOL)]).grey(dpi) < 128
    foot = dark[round(284.9 / 25.4 * dpi) : round(285.1 / 25.4 * dpi)]
    longest = max(_longest_run(row) for row in foot)
    assert longest * 25.4 / dpi == pytest.approx(50, abs=0.03)


def _longest_run(row: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(int), [0]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def test_sheets_follow_one_another_and_every_mark_is_on_one() -> None:
    marks = [Mark(row, (f"X{row}",), SYMBOL) for row in range(2, 402)]
    files, names = made(writer("pdf-proof", {"pages": "2"}, symbol="datamatrix"), marks)
    assert list(files) == [f"sheets/{n:08}.pdf" for n in range(1, len(files) + 1)]
    assert set(names) == set(files)
    number = 0
    for name, data in files.items():
        shown = pages(data)
        assert len(shown) == 2 or name == list(files)[-1]
        for page in shown:
            number += 1
            assert f"page {number}\n" in page.text
        texts = "\n".join(page.text for page in shown)
        for mark, file in zip(marks, names, strict=True):
            assert (f"\n{mark.lines[0]}\n" in texts) == (file == name)
    assert number > 4


def test_letter_paper_and_another_language() -> None:
    page = proof([Mark(2, (TEXT,), SYMBOL)], {"page": "letter"}, language="es")
    assert page.size_mm == pytest.approx((215.9, 279.4), abs=0.001)
    assert "Hoja de prueba" in page.text and "fila 2" in page.text


def test_a_mark_wider_than_the_page_is_refused_with_the_room() -> None:
    job = writer("pdf-proof", height_nm=20_000_000)
    with pytest.raises(InvalidMark, match=r"the page has room for 186 x 243 mm"):
        job.render(Mark(2, (TEXT,)))


def test_a_mark_of_60_characters_and_four_lines_has_its_whole_text_below() -> None:
    lines = tuple(
        f"{number}" + "ABCDE 789-".replace("A", "W") * 5 + "12345678" for number in "1234"
    )
    page = proof([Mark(2, lines, SYMBOL), Mark(3, lines, SYMBOL)])
    for line in lines:
        assert page.text.replace("\n", "").replace(" ", "").count(line.replace(" ", "")) == 2


# -- scan sheets -------------------------------------------------------------------------------


def scanned(
    marks: Sequence[Mark], settings: dict[str, str] | None = None, **more: object
) -> list[tuple[str, bytes]]:
    """Return every symbol of a job's pages, in the order in which a person scans them."""
    files, _ = made(writer("pdf-scan", settings, **more), marks)
    found = []
    for data in files.values():
        for page in pages(data):
            bars, cells = page.symbols(until_mm=172), page.symbols(from_mm=172)
            found += [one for pair in zip(bars, cells, strict=True) for one in pair]
    return found


def both(texts: Sequence[str]) -> list[tuple[str, bytes]]:
    return [(kind, text.encode()) for text in texts for kind in ("Code128", "DataMatrix")]


def test_every_symbol_of_every_page_is_read_in_order() -> None:
    marks = [Mark(row, (f"CO INDU 26 {row:05}",)) for row in range(2, 80)]
    assert scanned(marks) == both([mark.lines[0] for mark in marks])


def test_each_line_has_its_symbols_and_its_text() -> None:
    marks = [Mark(2, ("ABC 123", "", "lower/case"), None), Mark(3, ("X", "Y"), None)]
    assert scanned(marks, lines=3) == both(["ABC 123", "lower/case", "X", "Y"])
    files, _ = made(writer("pdf-scan", lines=3), marks)
    (page,) = pages(files["sheets/00000001.pdf"])
    for text in ("2\nline 1 of 2\nABC 123", "line 2 of 2\nlower/case"):
        assert text.replace("\n", "") in page.text.replace("\n", "")
    assert "rows 2-3, marks 1-2 of the job" in page.text
    assert "Scan from top to bottom" in page.text


@pytest.mark.parametrize(
    ("separator", "content"),
    [("none", "AB1"), ("space", "A B1"), ("tab", "A\tB1"), ("cr", "A\rB1"), ("crlf", "A\r\nB1")],
)
def test_the_whole_mark_in_one_symbol(separator: str, content: str) -> None:
    settings = {"symbols": "mark", "separator": separator}
    assert scanned([Mark(2, ("A", "B1"))], settings, lines=2) == both([content])


def test_how_lines_are_joined_is_never_assumed() -> None:
    with pytest.raises(ProfileError, match="needs --setting separator"):
        writer("pdf-scan", {"symbols": "mark"})


def test_what_the_symbol_holds_can_be_scanned_instead() -> None:
    symbol = symbols.make("datamatrix", "OTHER 1")
    settings = {"content": "payload"}
    assert scanned([Mark(2, ("A",), symbol)], settings, symbol="datamatrix") == both(["OTHER 1"])
    with pytest.raises(ProfileError, match="--setting content=payload"):
        writer("pdf-scan", settings)


def test_gs1_data_begins_with_fnc1() -> None:
    payload = Payload("0109521234543213" + "21ABC", gs1=True)
    mark = Mark(2, ("A",), symbols.make("datamatrix", payload))
    found = scanned([mark], {"content": "payload"}, symbol="datamatrix")
    assert [content.removeprefix(b"\x1d") for _, content in found] == [b"010952123454321321ABC"] * 2


def test_text_that_code_128_cannot_carry_is_refused_with_its_place() -> None:
    with pytest.raises(InvalidMark) as fault:
        writer("pdf-scan", lines=2).render(Mark(2, ("OK", "AÉ")))
    params = fault.value.findings[0].params
    assert (params["reason"], params["line"], params["column"]) == ("not_ascii", 2, 2)


def test_a_symbol_wider_than_the_page_is_refused_with_the_setting() -> None:
    with pytest.raises(InvalidMark, match="choose a smaller --setting x"):
        writer("pdf-scan").render(Mark(2, ("W1" * 30,)))


def test_the_modules_of_a_scan_sheet_are_those_of_the_settings() -> None:
    dpi = 1200
    for settings, x_mm in (({}, 0.339), ({"x": "0.5mm"}, 0.5)):
        files, _ = made(writer("pdf-scan", settings), [Mark(2, ("A",))])
        (page,) = pages(files["sheets/00000001.pdf"])
        row = page.grey(dpi)[round(44 / 25.4 * dpi)] < 128
        # The rest is the number of the row and the Data Matrix.
        bars = row[round(30 / 25.4 * dpi) : round(120 / 25.4 * dpi)]
        edges = np.flatnonzero(np.diff(bars.astype(int)))
        # Start, one character, check, stop: 11 + 11 + 11 + 13 modules.
        assert (edges[-1] - edges[0]) * 25.4 / dpi == pytest.approx(46 * x_mm, abs=0.05)
        assert np.diff(edges).min() * 25.4 / dpi == pytest.approx(x_mm, abs=0.03)


def test_memory_does_not_grow_with_the_marks() -> None:
    job = writer("pdf-scan", {"pages": "1"})
    held = []
    for row in range(2, 302):
        mark = Mark(row, (f"A{row % 50:02}",))
        job.collect(mark, job.render(mark))
        if row == 100:
            tracemalloc.start()
        if row in (200, 300):
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert held[1] < held[0] + 100_000


@pytest.mark.parametrize("over", ["mark", "serial"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_head_of_a_page_is_in_one_language(language: str, over: str) -> None:
    words = words_in(language)
    said = profile_text({**PROFILE, "check_over": over}, "import", words)
    assert words(f"check.{over}", name="gs1-pair") in said
    assert language == "en" or over not in said.split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_row_of_the_table_and_a_line_of_the_mark_have_two_names(language: str) -> None:
    words = words_in(language)
    part = words("part", number=1, count=2).split()[0]
    assert part != words("row", row=1).split()[0]
    assert part not in words("counts", rows="2-3", marks="1-2")


def test_a_letter_that_the_fonts_lack_is_no_question_mark() -> None:
    paper = Paper(PAGES["a4"], "x")
    paper.text((0, 50 * MM), "ŁUCZNIK Éß?", 10)
    paper.next_page()
    assert r"\u0141UCZNIK Éß?" in pages(paper.content())[0].text
