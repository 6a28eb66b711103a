"""One Data Matrix at a time: ours beside ppf.datamatrix, zxing-cpp and zint, in one run.

    python benchmarks/datamatrix_one.py

Each writer makes the module matrix of the same payloads, its Python object included. The writers
take turns, and the best of the turns counts, in time of the processor: what else the machine does
is left out.
"""

from __future__ import annotations

import random
import string
import time
from collections.abc import Callable, Sequence

__all__ = ["PAYLOADS", "WRITERS", "microseconds"]

Writer = Callable[[str], object]

_MARK = string.digits + string.ascii_uppercase


def _marks(rng: random.Random, count: int) -> list[str]:
    return ["".join(rng.choices(_MARK, k=20)) for _ in range(count)]


def _spaced(rng: random.Random, count: int) -> list[str]:
    return [
        f"CO INDU {rng.randrange(100):02d} 07 {rng.randrange(100_000):05d} 09 {rng.choice(_MARK)}"
        for _ in range(count)
    ]


def _hyphened(rng: random.Random, count: int) -> list[str]:
    return [
        f"{''.join(rng.choices(string.ascii_uppercase, k=4))}-{rng.randrange(10**6):06d}/"
        f"{rng.randrange(100):02d}.{rng.choice(_MARK)}"
        for _ in range(count)
    ]


def _messages(rng: random.Random, count: int) -> list[str]:
    return [
        f"[)>\x1e06\x1d17V0CVA5\x1d1P{rng.randrange(10**4):04d}\x1dS"
        f"{''.join(rng.choices(_MARK, k=9))}\x1e\x04"
        for _ in range(count)
    ]


def _mixed(rng: random.Random, count: int) -> list[str]:
    letters = string.ascii_letters + string.digits + " -"
    return ["".join(rng.choices(letters, k=rng.randrange(8, 32))) for _ in range(count)]


PAYLOADS: dict[str, Callable[[random.Random, int], list[str]]] = {
    "20 characters A-Z 0-9": _marks,
    "mark with spaces": _spaced,
    "mark with hyphens": _hyphened,
    "IUID message": _messages,
    "mixed case": _mixed,
}
"""Kinds of payload, by name: each makes so many."""


def ours(payload: str) -> object:
    """Return the symbol of `markcode.symbols.datamatrix.encode`."""
    from markcode.symbols import datamatrix

    return datamatrix.encode(payload)


def ppf(payload: str) -> object:
    """Return the matrix of ppf.datamatrix, a writer in pure Python."""
    from ppf.datamatrix import DataMatrix

    return DataMatrix(payload).matrix


def zxing(payload: str) -> object:
    """Return the picture of zxing-cpp's writer, in C++: one dot a module."""
    import zxingcpp

    made = zxingcpp.create_barcode(payload, zxingcpp.BarcodeFormat.DataMatrix, force_square=True)
    return zxingcpp.write_barcode_to_image(made, scale=1, add_quiet_zones=False)


def zint(payload: str) -> object:
    """Return the modules of zint, in C, through zint-bindings."""
    import zint as library

    symbol = library.Symbol()
    symbol.symbology = library.Symbology.DATAMATRIX
    symbol.option_3 = int(library.DataMatrixOptions.SQUARE)
    symbol.encode(payload.encode("ascii"))
    return symbol.encoded_data


WRITERS: dict[str, Writer] = {
    "markcode": ours,
    "ppf.datamatrix": ppf,
    "zxing-cpp": zxing,
    "zint-bindings": zint,
}


def microseconds(payloads: Sequence[str], turns: int = 9) -> dict[str, float]:
    """Return the time that each writer takes for one payload, at its best turn."""
    best = dict.fromkeys(WRITERS, float("inf"))
    for turn in range(turns + 1):
        for name, write in WRITERS.items():
            start = time.process_time_ns()
            for payload in payloads:
                write(payload)
            taken = (time.process_time_ns() - start) / len(payloads) / 1000
            if turn:  # the first only warms up
                best[name] = min(best[name], taken)
    return best


def main() -> None:
    """Print a table: microseconds a symbol, and how many times as long as ours."""
    print(f"{'payload':<24}" + "".join(f"{name:>24}" for name in WRITERS))
    for kind, make in PAYLOADS.items():
        taken = microseconds(make(random.Random(kind), 200))
        own = taken["markcode"]
        cells = (f"{value:.1f} us ({value / own:.2f})" for value in taken.values())
        print(f"{kind:<24}" + "".join(f"{cell:>24}" for cell in cells))


if __name__ == "__main__":
    main()
