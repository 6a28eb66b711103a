"""Drawings of Data Matrix symbols: a file each, and sheets, beside the files of zint.

The same text at the same size, with a quiet zone of one module and without letters, which zint does
not put beside a Data Matrix. Ours begins with symbols that are made; so zint's time is that of
encoding and drawing less that of encoding alone. zint knows no sheets and no DXF: a sheet is
compared with as many files, DXF with EPS, which is nearest.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from benchmarks import scratch
from benchmarks.work import Call, Contest, Peer, Ran, Target, Work, peer
from markcode.symbols import make
from markcode.symbols.dxf import to_dxf_sheet
from markcode.symbols.png import to_png, to_png_sheet
from markcode.symbols.sheets import Grid
from markcode.symbols.svg import to_svg_sheet, to_svgs

if TYPE_CHECKING:
    from markcode.symbols.symbol import Symbol

_PEER, _BATCH = "zint-bindings", "zint --batch"
_FILES_TIMES, _SHEET_TIMES = 1, 5
_ROWS, _ACROSS = 200, 10
_MODULE_NM = 400_000
_HEIGHT_NM = 4 * _MODULE_NM
_DPI, _DOTS = 600, 9
"""9 dots are the 0.4 mm of a module at 600 dpi."""
_SCALE = _DOTS / 2
"""zint's own unit is two dots a module."""

Marks = Sequence[tuple[tuple[str, ...], "Symbol"]]
Place = Literal["memory", "disk"]


@dataclass(frozen=True, slots=True)
class _Subject:
    draw: Callable[[Marks], list[bytes]]
    zint_kind: str
    times: float


def works(quick: bool) -> Iterator[Work]:
    """Give each subject twice: in memory, and written to disk."""
    places: tuple[Place, ...] = ("memory", "disk")
    for name, subject in _SUBJECTS.items():
        for place in places:
            is_batch = place == "disk" and subject.times == _FILES_TIMES
            batch = f" `{_BATCH}` is zint's own command, start and encoding included."
            yield Work(
                name=f"{name}, {place}",
                what=f"{name} of {_ROWS} Data Matrix symbols that are made already, "
                f"{'to bytes' if place == 'memory' else 'written to disk'}; zint's "
                f"{subject.zint_kind.upper()} files of the same texts, its encoding taken off."
                f"{batch if is_batch else ''}",
                rows=_ROWS,
                make=partial(_contest, subject, place, is_batch),
                targets=(Target("times", subject.times, _PEER),),
            )


def _svg_files(marks: Marks) -> list[bytes]:
    made = to_svgs(marks, height_nm=_HEIGHT_NM, module_nm=_MODULE_NM)
    return [text.encode("utf-8") for text in made]


def _png_files(marks: Marks) -> list[bytes]:
    return [
        to_png(lines, symbol, height_nm=_HEIGHT_NM, module_nm=_MODULE_NM, dpi=_DPI).bytes
        for lines, symbol in marks
    ]


def _svg_sheet(marks: Marks) -> list[bytes]:
    made = to_svg_sheet(marks, _grid(marks), height_nm=_HEIGHT_NM, module_nm=_MODULE_NM)
    return [made.encode("utf-8")]


def _png_sheet(marks: Marks) -> list[bytes]:
    made = to_png_sheet(marks, _grid(marks), height_nm=_HEIGHT_NM, module_nm=_MODULE_NM, dpi=_DPI)
    return [made.bytes]


def _dxf_sheet(marks: Marks) -> list[bytes]:
    return [to_dxf_sheet(marks, _grid(marks), height_nm=_HEIGHT_NM, module_nm=_MODULE_NM)]


_SUBJECTS: Mapping[str, _Subject] = {
    "SVG files": _Subject(_svg_files, "svg", _FILES_TIMES),
    "PNG files": _Subject(_png_files, "png", _FILES_TIMES),
    "SVG sheet": _Subject(_svg_sheet, "svg", _SHEET_TIMES),
    "PNG sheet": _Subject(_png_sheet, "png", _SHEET_TIMES),
    "DXF sheet": _Subject(_dxf_sheet, "eps", _SHEET_TIMES),
}


def _grid(marks: Marks) -> Grid:
    """Return a sheet whose pitch is the symbols' size, so that it has as many dots as the files."""
    return Grid(_ACROSS, -(-len(marks) // _ACROSS), marks[0][1].size_nm(_MODULE_NM))


def _contest(subject: _Subject, place: Place, is_batch: bool) -> Contest:
    texts = [f"CO INDU 26 07 {number:05d} 09 R" for number in range(_ROWS)]
    marks = [((), make("datamatrix", text)) for text in texts]
    peers = {_PEER: peer(_PEER, partial(_zint, subject.zint_kind, place, texts))}
    if is_batch:
        peers[_BATCH] = Peer(_zint_batch(subject.zint_kind, texts), "zint")
    if place == "memory":
        return Contest(partial(subject.draw, marks), peers)

    def write(folder: Path) -> None:
        for number, data in enumerate(subject.draw(marks)):
            with (folder / f"{number}").open("wb") as stream:
                stream.write(data)

    return Contest(partial(_to_disk, write), peers)


def _to_disk(write: Callable[[Path], None]) -> Ran:
    """Time what writes into a new folder: to write over a file takes some systems far longer."""
    with tempfile.TemporaryDirectory(dir=scratch.folder()) as folder:
        return Ran(_seconds(partial(write, Path(folder))))


def _zint(kind: str, place: Place, texts: Sequence[str]) -> Call:
    import zint

    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.DATAMATRIX
    symbol.option_3 = zint.DataMatrixOptions.SQUARE
    symbol.scale = _SCALE
    symbol.output_options = zint.OutputOptions.BARCODE_QUIET_ZONES

    def encode() -> None:
        for text in texts:
            symbol.clear()
            symbol.encode(text)

    def draw() -> None:
        symbol.outfile = f"out.{kind}"
        made = []
        for text in texts:
            symbol.clear()
            symbol.encode(text)
            symbol.print()
            made.append(bytes(symbol.memfile or b""))

    def write(folder: Path) -> None:
        for number, text in enumerate(texts):
            symbol.clear()
            symbol.outfile = f"{folder / str(number)}.{kind}"
            symbol.encode(text)
            symbol.print()

    if place == "disk":
        return lambda: Ran(_to_disk(write).seconds - _seconds(encode))
    symbol.output_options |= zint.OutputOptions.BARCODE_MEMORY_FILE
    return lambda: Ran(_seconds(draw) - _seconds(encode))


def _seconds(call: Call) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _zint_batch(kind: str, texts: Sequence[str]) -> Call | None:
    """Return zint's own way to many files; None where its program is not installed."""
    program = shutil.which("zint")
    if program is None:
        return None
    lines = scratch.folder() / "texts.txt"
    lines.write_text("\n".join(texts) + "\n", encoding="ascii", newline="\n")
    command = (
        *(program, "--batch", "--barcode=DATAMATRIX", "--square", "--quietzones"),
        *(f"--scale={_SCALE}", f"--input={lines}"),
    )

    def write(folder: Path) -> None:
        subprocess.run([*command, f"--output={folder / '~~~~~'}.{kind}"], check=True)

    return partial(_to_disk, write)
