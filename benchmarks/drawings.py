"""Drawings a second: files and sheets of SVG, PNG and DXF, beside the files of zint-bindings.

What is compared: one Data Matrix a mark, the same text, at the same size (a module of 0.4 mm, which
is 9 dots at 600 dpi; quiet zone of one module), without letters, which zint does not put beside a
Data Matrix. zint starts from the text, so that the time of its encoding alone is measured as well
and taken off: both sides draw modules that are there. "memory" is the bytes of each file, "disk"
the files written. A sheet holds as many symbols as zint writes files, at the pitch of their size,
so that there are as many dots in both; zint knows no sheets and no DXF, of which EPS is nearest.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

__all__ = ["COMPARED", "jobs", "measure"]

MODULE_NM = 400_000
DPI = 600
DOTS = 9
"""Dots a module: 0.4 mm at 600 dpi."""

COMPARED = (
    ("SVG files, memory", "SVG files, memory", "zint SVG, memory"),
    ("SVG files, disk", "SVG files, disk", "zint SVG, disk"),
    ("PNG files, memory", "PNG files, memory", "zint PNG, memory"),
    ("PNG files, disk", "PNG files, disk", "zint PNG, disk"),
    ("SVG sheet, memory", "SVG sheet, memory", "zint SVG, memory"),
    ("SVG sheet, disk", "SVG sheet, disk", "zint SVG, disk"),
    ("PNG sheet, memory", "PNG sheet, memory", "zint PNG, memory"),
    ("PNG sheet, disk", "PNG sheet, disk", "zint PNG, disk"),
    ("DXF sheet, memory", "DXF sheet, memory", "zint EPS, memory"),
    ("DXF sheet, disk", "DXF sheet, disk", "zint EPS, disk"),
)
"""What is compared: a name, our job, zint's job."""

Jobs = Mapping[str, Callable[[], object]]


def jobs(folder: Path, count: int = 200) -> Jobs:
    """Return every job by its name; those of "disk" write into ``folder``."""
    from markcode.symbols import make
    from markcode.symbols.dxf import to_dxf_sheet
    from markcode.symbols.png import to_png, to_png_sheet
    from markcode.symbols.sheets import Grid
    from markcode.symbols.svg import to_svg_sheet, to_svgs

    texts = [f"CO INDU 26 07 {number:05d} 09 R" for number in range(count)]
    marks = [((), make("datamatrix", text)) for text in texts]
    side = marks[0][1].size_nm(MODULE_NM)[0]
    grid = Grid(10, -(-count // 10), (side, side))
    height_nm = 4 * MODULE_NM

    def svg_files() -> list[bytes]:
        made = to_svgs(marks, height_nm=height_nm, module_nm=MODULE_NM)
        return [text.encode("utf-8") for text in made]

    def png_files() -> list[bytes]:
        return [
            to_png(lines, symbol, height_nm=height_nm, module_nm=MODULE_NM, dpi=DPI).bytes
            for lines, symbol in marks
        ]

    def svg_sheet() -> list[bytes]:
        made = to_svg_sheet(marks, grid, height_nm=height_nm, module_nm=MODULE_NM)
        return [made.encode("utf-8")]

    def png_sheet() -> list[bytes]:
        made = to_png_sheet(marks, grid, height_nm=height_nm, module_nm=MODULE_NM, dpi=DPI)
        return [made.bytes]

    def dxf_sheet() -> list[bytes]:
        return [to_dxf_sheet(marks, grid, height_nm=height_nm, module_nm=MODULE_NM)]

    ours: Mapping[str, Callable[[], list[bytes]]] = {
        "SVG files": svg_files,
        "PNG files": png_files,
        "SVG sheet": svg_sheet,
        "PNG sheet": png_sheet,
        "DXF sheet": dxf_sheet,
    }
    return {
        **{f"{name}, memory": job for name, job in ours.items()},
        **{f"{name}, disk": _to_disk(job, folder, name) for name, job in ours.items()},
        **_zint_jobs(folder, texts),
    }


def _to_disk(job: Callable[[], list[bytes]], folder: Path, name: str) -> Callable[[], None]:
    suffix = name[:3].lower()

    def write() -> None:
        for number, data in enumerate(job()):
            with (folder / f"{number}.{suffix}").open("wb") as stream:
                stream.write(data)

    return write


def _zint_jobs(folder: Path, texts: list[str]) -> Jobs:
    import zint

    def symbol(options: zint.OutputOptions) -> zint.Symbol:
        made = zint.Symbol()
        made.symbology = zint.Symbology.DATAMATRIX
        made.option_3 = zint.DataMatrixOptions.SQUARE
        made.output_options = zint.OutputOptions.BARCODE_QUIET_ZONES | options
        made.scale = DOTS / 2  # zint's own unit is two dots a module
        return made

    in_memory = symbol(zint.OutputOptions.BARCODE_MEMORY_FILE)
    on_disk = symbol(zint.OutputOptions(0))

    def encode() -> None:
        for text in texts:
            in_memory.clear()
            in_memory.encode(text)

    def memory(kind: str) -> list[bytes]:
        in_memory.outfile = f"out.{kind}"
        made = []
        for text in texts:
            in_memory.clear()
            in_memory.encode(text)
            in_memory.print()
            made.append(bytes(in_memory.memfile))
        return made

    def disk(kind: str) -> None:
        for number, text in enumerate(texts):
            on_disk.clear()
            on_disk.outfile = str(folder / f"zint{number}.{kind}")
            on_disk.encode(text)
            on_disk.print()

    result: dict[str, Callable[[], object]] = {"zint encode": encode}
    for kind in ("svg", "png", "eps"):
        result[f"zint {kind.upper()}, memory"] = lambda kind=kind: memory(kind)
        result[f"zint {kind.upper()}, disk"] = lambda kind=kind: disk(kind)
    return result


def measure(count: int = 200, rounds: int = 15) -> dict[str, float]:
    """Return the best seconds a symbol of each job, with the jobs in turn."""
    best: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        work = jobs(Path(folder), count)
        for _ in range(rounds):
            for name, job in work.items():
                start = time.perf_counter()
                job()
                taken = (time.perf_counter() - start) / count
                best[name] = min(best.get(name, taken), taken)
    return best


def main() -> None:
    """Print symbols a second and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=200, help="symbols a round")
    parser.add_argument("--rounds", type=int, default=15)
    args = parser.parse_args()
    best = measure(args.count, args.rounds)
    encode = best["zint encode"]
    print(f"{'':20}{'ours a second':>14}{'zint a second':>15}{'ratio':>8}")
    for name, ours, theirs in COMPARED:
        drawing = best[theirs] - encode
        print(f"{name:20}{1 / best[ours]:14,.0f}{1 / drawing:15,.0f}{drawing / best[ours]:8.1f}")


if __name__ == "__main__":
    main()
