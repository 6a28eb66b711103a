"""A table of arms of the real makers of 2023, each with its share; the same rows every time.

    python -m benchmarks.arms 9457184 arms.csv

As many rows as arms were made in 2023 give each maker what it reported, type by type. Serial,
model and calibre are invented; a maker's serials run from 1, so that no arm is there twice. The
rows are shuffled.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from examples.make_arms import CALIBRES, TYPES, YEAR, maker_codes, read

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["YEAR", "made_in_2023", "write"]

_CHUNK = 1_000_000


def made_in_2023() -> int:
    """Return how many arms all makers made."""
    return sum(_production())


def write(path: Path, rows: int, years: Sequence[int] = (YEAR,)) -> Path:
    """Write a table of so many arms, of any of ``years``, and return its path."""
    makers = list(maker_codes(read("producers-2023.csv")))
    until = _until(rows)
    # A maker's types follow each other, and so do its serials.
    before = np.repeat(np.concatenate([[0], until[len(TYPES) - 1 :: len(TYPES)][:-1]]), len(TYPES))
    calibres = [calibre for kind in TYPES.values() for calibre in CALIBRES[kind]]
    choices = np.array([len(CALIBRES[kind]) for kind in TYPES.values()])
    first_choice = np.cumsum(choices) - choices
    random = np.random.default_rng(YEAR)
    order = random.permutation(rows)
    with path.open("wb") as file:
        for start in range(0, rows, _CHUNK):
            arm = order[start : start + _CHUNK]
            pair = np.searchsorted(until, arm, side="right")
            maker, kind = np.divmod(pair, len(TYPES))
            calibre = first_choice[kind] + random.integers(choices[kind])
            table = {
                "country": pl.repeat("US", len(arm), eager=True),
                "manufacturer": _chosen(makers, maker),
                "year": _chosen([*map(str, years)], random.integers(len(years), size=len(arm))),
                "model": _chosen(
                    [f"{n:02}" for n in range(100)], random.integers(100, size=len(arm))
                ),
                "serial": pl.Series(arm - before[pair] + 1).cast(pl.String).str.zfill(7),
                "calibre": _chosen(calibres, calibre),
            }
            pl.DataFrame(table).write_csv(file, include_header=not start)
    return path


def _production() -> list[int]:
    """Return what was made, by maker and then by type."""
    return [int(row[column]) for row in read("producers-2023.csv") for column in TYPES]


def _until(rows: int) -> NDArray[np.int64]:
    """Return the number of the first arm that is not of a maker and type any more, nor before."""
    production = np.cumsum(_production())
    until: NDArray[np.int64] = production * rows // production[-1]
    return until


def _chosen(texts: Sequence[str], index: NDArray[np.int64]) -> pl.Series:
    return pl.Series(texts, dtype=pl.String).gather(index)


if __name__ == "__main__":
    write(Path(sys.argv[2]), int(sys.argv[1]))
