"""Draw DXF files of markcode as ezdxf shows them: docs/pictures/dxf.png.

One mark as single strokes and outlines, one as dots, with the layers for reference. Run
``python scripts/make_dxf_picture.py`` after a change; ``--check`` only tells whether the picture is
up to date. It needs what the tests need (ezdxf, resvg-py, Pillow).
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

import resvg_py
from ezdxf.addons.drawing import Frontend, RenderContext
from ezdxf.addons.drawing.config import BackgroundPolicy, Configuration
from ezdxf.addons.drawing.layout import Page, Units
from ezdxf.addons.drawing.svg import SVGBackend
from ezdxf.filemanagement import read
from PIL import Image

from markcode.engraving.face import Face
from markcode.equipment import Mark, Setup, get
from markcode.equipment.settings import resolve
from markcode.symbols import make

TARGET = Path(__file__).parents[1] / "docs" / "pictures" / "dxf.png"
WAYS = ({"text": "stroke", "tool": "0.2mm"}, {"text": "dots-5x7", "cells": "dots"})
TEXT = "CO INDU 26 07 01238 09 R"
WIDTH = 1200
"""Pixels, about."""
PAGE_MM = (54, 14)


def drawing(settings: dict[str, str]) -> bytes:
    """Return the DXF of a mark on a face."""
    dxf = get("dxf")
    job = Setup(
        equipment=dxf,
        lines=1,
        symbol="datamatrix",
        height_nm=1_600_000,
        module_nm=400_000,
        face=Face((50_000_000, 10_000_000)),
        settings=resolve("dxf", dxf.settings, settings),
    )
    file = job.equipment.open(job).render(Mark(2, (TEXT,), make("datamatrix", TEXT))).file
    assert file is not None
    return file[1]


def shown(data: bytes) -> Image.Image:
    """Return what ezdxf shows of a DXF file, layers that are off too."""
    document = read(io.StringIO(data.decode("ascii")))
    for layer in document.layers:
        layer.on()
    backend = SVGBackend()
    look = Configuration(background_policy=BackgroundPolicy.WHITE, lineweight_scaling=0.25)
    Frontend(RenderContext(document), backend, config=look).draw_layout(document.modelspace())
    text = backend.get_string(Page(*PAGE_MM, Units.mm))
    png = resvg_py.svg_to_bytes(svg_string=text, dpi=round(WIDTH / PAGE_MM[0] * 25.4))
    return Image.open(io.BytesIO(bytes(png))).convert("RGB")


def picture() -> Image.Image:
    """Return the drawings below one another."""
    parts = [shown(drawing(dict(way))) for way in WAYS]
    whole = Image.new("RGB", (parts[0].width, sum(part.height for part in parts)), "white")
    top = 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height
    return whole


def main() -> int:
    """Write the picture, or compare it."""
    parser = argparse.ArgumentParser(description="Draw DXF files as ezdxf shows them.")
    parser.add_argument("--check", action="store_true", help="compare only")
    made = picture()
    if parser.parse_args().check:
        with Image.open(TARGET) as there:
            return 0 if there.convert("RGB").tobytes() == made.tobytes() else 1
    made.save(TARGET, optimize=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
