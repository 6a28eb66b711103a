"""Every equipment beside zint and segno writing symbols of the same texts.

Ours makes the symbol, lays the struck text out beside it and writes the files of the machine; the
peers write the symbol alone: zint a Data Matrix (as the kind of file that is nearest), segno a QR.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from benchmarks.work import Call, Contest, Work, peer
from markcode.equipment import Equipment, Mark, Rendered, Setup, all_equipment
from markcode.equipment.mark import render_all
from markcode.equipment.settings import resolve
from markcode.symbols.datamatrix import encode_many
from markcode.symbols.sheets import Grid

_ROWS = 200
_HEIGHT_NM, _MODULE_NM, _DPI = 1_600_000, 400_000, 600
_WAYS: Mapping[str, Sequence[tuple[str, Mapping[str, str]]]] = {
    "gcode": [
        ("laser", {"machine": "laser", "power": "600"}),
        (
            "needle",
            {"machine": "needle-pulse", "dwell_unit": "seconds"}
            | {"text": "dots-5x7", "cells": "dots"},
        ),
    ],
    "dxf": [("", {}), ("dots", {"text": "dots-5x7", "cells": "dots"})],
    "svg": [("", {}), ("dots", {"text": "dots-5x7", "cells": "dots"})],
    "hpgl": [("", {}), ("strokes", {"text": "stroke"})],
    "csv": [("semicolon", {"dialect": "semicolon"})],
    "zpl": [("", {"dpmm": "12", "label": "110x30mm"})],
}
"""Names and settings of the ways that an equipment is timed with; others as they are."""
_PEER_KINDS = {"png": ("png", "png"), "pdf": ("eps", "pdf"), "dxf": ("eps", "eps")}
"""Files of zint and of segno that are nearest; SVG for all others."""


def works(quick: bool) -> Iterator[Work]:
    """Give each equipment that makes files of its own, in each of its ways."""
    for each in all_equipment():
        if each.name == "parquet" or each.provider != "markcode":
            continue
        for way, settings in _WAYS.get(each.name, [("", {})]):
            name = f"equipment {each.name}{f', {way}' if way else ''}"
            yield Work(
                name=name,
                what=f"{name}: {_ROWS} marks with text and Data Matrix, in memory; the peers write "
                "the symbols alone",
                rows=_ROWS,
                make=partial(_contest, each, settings),
            )


def _contest(each: Equipment, settings: Mapping[str, str]) -> Contest:
    texts = [f"CO INDU 26 07 {number:05d} 09 R" for number in range(_ROWS)]
    zint_kind, segno_kind = _PEER_KINDS.get(each.name.partition("-")[0], ("svg", "svg"))
    peers = {
        "zint": peer("zint-bindings", partial(_zint, zint_kind, texts)),
        "segno QR": peer("segno", partial(_segno, segno_kind, texts)),
    }
    job = Setup(
        equipment=each,
        lines=1,
        symbol="datamatrix",
        height_nm=_HEIGHT_NM,
        module_nm=_MODULE_NM,
        dpi=_DPI,
        grid=Grid() if each.kind == "sheet" and "grid" in each.heeds else None,
        settings=resolve(each.name, each.settings, settings),
    )
    return Contest(partial(_write, job, texts), peers)


def _write(job: Setup, texts: Sequence[str]) -> int:
    """Return the bytes of all files, made together as a job makes them."""
    writer, size = job.equipment.open(job), 0
    symbols = encode_many(texts)
    marks = [
        Mark(row, (text,), symbol)
        for row, (text, symbol) in enumerate(zip(texts, symbols, strict=True), start=2)
    ]
    for mark, rendered in zip(marks, render_all(writer, marks), strict=True):
        if not isinstance(rendered, Rendered):
            raise rendered
        made = writer.collect(mark, rendered)
        size += sum(map(len, made.lines.values())) + (len(made.file[1]) if made.file else 0)
    rest = writer.finish()
    return size + (len(rest.file[1]) if rest.file else 0)


def _zint(kind: str, texts: Sequence[str]) -> Call:
    import zint

    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.DATAMATRIX
    symbol.option_3 = zint.DataMatrixOptions.SQUARE
    symbol.output_options = (
        zint.OutputOptions.BARCODE_QUIET_ZONES | zint.OutputOptions.BARCODE_MEMORY_FILE
    )
    symbol.outfile = f"out.{kind}"

    def write() -> None:
        for text in texts:
            symbol.clear()
            symbol.encode(text)
            symbol.print()

    return write


def _segno(kind: str, texts: Sequence[str]) -> Call:
    import segno

    make: Callable[..., segno.QRCode] = segno.make_qr

    def write() -> None:
        for text in texts:
            out: Any = io.StringIO() if kind == "eps" else io.BytesIO()
            make(text).save(out, kind=kind)

    return write
