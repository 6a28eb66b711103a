"""Which rows may repeat a unique key, found by hashes on disk, in memory that does not grow.

Every row's keys come in as 64-bit hashes; what comes out are the rows whose hash another row has
too. Only these need be compared by their texts (`markcode.jobs.duplicates`): others cannot be
repeats.
"""

from __future__ import annotations

import tempfile
from collections.abc import Hashable, Iterator
from contextlib import ExitStack
from typing import IO

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["Repeats"]

_RECORD = np.dtype([("hash", "<u8"), ("row", "<u4")])
_AT_ONCE = 1 << 23
"""Hashes that are sorted at a time."""
_BLOCK = 1 << 20
"""Records that are read at a time."""


class Repeats:
    """Hashes by slot: only those of one slot are compared. A context manager: it holds files."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._files: dict[Hashable, IO[bytes]] = {}
        self._counts: dict[Hashable, int] = {}

    def __enter__(self) -> Repeats:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def add(self, slot: Hashable, hashes: NDArray[np.uint64], rows: NDArray[np.integer]) -> None:
        """Add the hashes of some rows; row numbers are below 2^32."""
        if slot not in self._files:
            self._files[slot] = _scratch(self._stack)
            self._counts[slot] = 0
        records = np.empty(len(hashes), _RECORD)
        records["hash"], records["row"] = hashes, rows
        self._files[slot].write(records.view(np.uint8).data)
        self._counts[slot] += len(hashes)

    def rows(self) -> NDArray[np.uint32]:
        """Return the rows of which some hash is another row's too, ascending."""
        found = [self._of(slot) for slot in self._files]
        return np.unique(np.concatenate([np.empty(0, np.uint32), *found]))

    def _of(self, slot: Hashable) -> NDArray[np.uint32]:
        passes = -(-self._counts[slot] // _AT_ONCE)
        found = [np.empty(0, np.uint32)]
        for turn in range(passes):
            part = [self._share(block, turn, passes)["hash"] for block in self._blocks(slot)]
            # polars sorts twice as fast as NumPy, on all cores.
            hashes = pl.Series(np.concatenate(part)).sort().to_numpy()
            repeated = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
            if len(repeated):
                for block in self._blocks(slot):
                    at = np.searchsorted(repeated, block["hash"])
                    at[at == len(repeated)] = 0
                    found.append(block["row"][repeated[at] == block["hash"]])
        return np.concatenate(found)

    @staticmethod
    def _share(block: NDArray[np.void], turn: int, passes: int) -> NDArray[np.void]:
        """Return the records whose turn it is: equal hashes have theirs together."""
        if passes == 1:
            return block
        share: NDArray[np.void] = block[
            (block["hash"] >> np.uint64(40)) % np.uint64(passes) == turn
        ]
        return share

    def _blocks(self, slot: Hashable) -> Iterator[NDArray[np.void]]:
        file = self._files[slot]
        file.seek(0)
        while raw := file.read(_BLOCK * _RECORD.itemsize):
            yield np.frombuffer(raw, _RECORD)
        file.seek(0, 2)


def _scratch(stack: ExitStack) -> IO[bytes]:
    """Return an empty file that the system removes, however the process ends."""
    return stack.enter_context(tempfile.TemporaryFile())
