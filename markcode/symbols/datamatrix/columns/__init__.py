"""Data Matrix for whole columns of payloads, without a loop over the symbols.

`characters` makes rows ready, `programme` finds each row's encodation by look-ups in the automaton
of `machine`, `emission` writes codewords, `affine` turns them into modules, `batch` holds them.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from markcode.errors import SymbolError
from markcode.symbols import datamatrix
from markcode.symbols.datamatrix.codewords import LATCHES
from markcode.symbols.datamatrix.columns import characters
from markcode.symbols.datamatrix.columns.affine import packed_modules
from markcode.symbols.datamatrix.columns.alike import all_alike
from markcode.symbols.datamatrix.columns.batch import SymbolBatch, assembled, gathered
from markcode.symbols.datamatrix.columns.characters import Block, Group
from markcode.symbols.datamatrix.columns.emission import base256, padded, write
from markcode.symbols.datamatrix.columns.machine import Machine, automaton
from markcode.symbols.datamatrix.columns.payloads import Kind, Payloads
from markcode.symbols.datamatrix.columns.programme import NO_SIZE, Chosen, Fit, Scratch, choose
from markcode.symbols.datamatrix.content import FNC1_CODEWORD, GS
from markcode.symbols.datamatrix.modes import LONG_RUN, Mode
from markcode.symbols.datamatrix.sizes import BY_NAME, Shape, Size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

__all__ = ["CHUNK", "SymbolBatch", "chunks", "encode_many", "stream"]

CHUNK = 1 << 16
"""Rows worked on at a time."""


def encode_many(
    payloads: Any,
    *,
    size: str | None = None,
    shape: Shape = "square",
    gs1: bool = False,
    errors: Literal["raise", "null"] = "raise",
) -> SymbolBatch:
    """Return the smallest Data Matrix of each payload: ``batch[i]`` equals ``encode`` of row i.

    ``payloads`` is a list of texts, bytes and `Payload`, a polars Series or an Arrow array of text
    or binary; ``gs1`` says that texts are GS1 element strings. ``size`` and ``shape`` are those of
    `encode`.

    A row that has no symbol (null, empty, too long, GS1 that is no ASCII text) raises `SymbolError`
    which names it, counted from 0; with ``errors="null"`` it is left without, and ``batch[i]`` is
    None. Rows above 249 bytes are encoded one by one. Working memory is that of 65,536 rows.

    >>> batch = encode_many(["CO INDU 26 07 01238 09 R", "A1"])
    >>> [symbol.modules.shape for symbol in batch]
    [(18, 18), (10, 10)]
    """
    column = Payloads.of(payloads, gs1=gs1)
    return gathered(column, stream([column], size=size, shape=shape, errors=errors))


def stream(
    columns: Iterable[Any],
    *,
    size: str | None = None,
    shape: Shape = "square",
    gs1: bool = False,
    errors: Literal["raise", "null"] = "raise",
) -> Iterator[SymbolBatch]:
    """Give the symbols of columns, in order, in batches of at most 65,536 rows.

    Each column is what `encode_many` takes. For single payloads that come one after another, see
    `chunks`.
    """
    if errors not in ("raise", "null"):
        raise SymbolError(f"errors is 'raise' or 'null', not {errors!r}")
    maker = _Maker(datamatrix.sizes_of(size, shape), size, shape)
    before = 0
    for column in columns:
        payloads = Payloads.of(column, gs1=gs1)
        for start in range(0, len(payloads), CHUNK):
            batch = maker.batch(payloads.take(slice(start, start + CHUNK)))
            if errors == "raise":
                maker.refuse(batch, before + start)
            yield batch
        before += len(payloads)


def chunks(payloads: Iterable[Any], rows: int = CHUNK) -> Iterator[list[Any]]:
    """Give payloads in lists of so many, for `stream`.

    >>> list(chunks(iter("ABC"), 2))
    [['A', 'B'], ['C']]
    """
    source = iter(payloads)
    while some := list(islice(source, rows)):
        yield some


class _Maker:
    """Makes batches of some sizes."""

    def __init__(self, sizes: Sequence[Size], size: str | None, shape: Shape) -> None:
        self._sizes = sizes
        self._fit = Fit(sizes)
        self._scratch = Scratch()
        self._size, self._shape = size, shape

    def batch(self, payloads: Payloads) -> SymbolBatch:
        """Return the symbols of one chunk; a row that has none is left without."""
        parts: list[_Part] = []
        kinds, lengths = payloads.kinds, payloads.bytes.lengths
        short = (lengths > 0) & (lengths < LONG_RUN)
        for kind in (Kind.TEXT, Kind.GS1, Kind.BINARY):
            rows = np.flatnonzero(short & (kinds == kind))
            if not len(rows):
                continue
            texts = payloads.bytes.take(rows)
            if kind == Kind.BINARY:
                parts += self._binary(Group(rows, texts, bytes([LATCHES[Mode.BASE256]])))
            elif kind == Kind.GS1:
                # An empty element at the head is refused.
                proper = texts.data[texts.starts] != GS
                group = Group(rows[proper], texts.take(proper), bytes([FNC1_CODEWORD]))
                parts += self._group(group, gs1=True)
            else:
                for group in characters.without_macros(Group(rows, texts, b"")):
                    parts += self._group(group, gs1=False)
        long = (lengths >= LONG_RUN) & (kinds != Kind.NONE)
        parts += self._one_by_one(payloads, np.flatnonzero(long))
        return assembled(payloads, parts)

    def refuse(self, batch: SymbolBatch, before: int) -> None:
        """Raise what `encode` says of the first row without a symbol, if there is one."""
        without = np.flatnonzero(batch.sizes == NO_SIZE)
        if not len(without):
            return
        row = int(without[0])
        reason = "null, or bytes as GS1 data: there is nothing to put into a symbol"
        if batch.payloads.kinds[row] != Kind.NONE:
            try:
                datamatrix.encode(batch.payloads[row], size=self._size, shape=self._shape)
            except SymbolError as error:
                reason = str(error)
        raise SymbolError(f"row {before + row}: {reason}")

    def _group(self, group: Group, *, gs1: bool) -> Iterator[_Part]:
        """Give the symbols of texts."""
        for some in characters.by_characters(group):
            if some.is_high and gs1:
                continue
            known = characters.with_character_set(some) if some.is_high else (some,)
            for of_set in known:
                machine = automaton(with_x12=of_set.with_x12, with_base256=of_set.is_high)
                for block in characters.blocks(of_set):
                    yield from self._block(block, of_set.prefix, machine, gs1=gs1)

    def _block(
        self, block: Block, prefix: bytes, machine: Machine, *, gs1: bool
    ) -> Iterator[_Part]:
        """Give the symbols of texts that stand as a matrix."""
        chosen = self._chosen(block, len(prefix), machine)
        fits = chosen.size != NO_SIZE
        if not fits.all():
            keep = np.flatnonzero(fits)
            if not len(keep):
                return
            block = block.take(keep)
            chosen = chosen.take(keep, len(block.texts))
        codewords, counts = write(
            chosen,
            block.texts,
            block.lengths,
            prefix,
            gs1=gs1,
            is_ascii=not machine.with_base256,
        )
        yield from self._modules(block.rows, chosen.size, codewords, counts)

    def _chosen(self, block: Block, before: int, machine: Machine) -> Chosen:
        """Choose the encodation of each row; of rows with the same classes, once."""
        is_one = all_alike(block.classes, block.lengths)
        some = block.take(np.arange(1)) if is_one else block
        matrices = some.classes, some.lengths, before, self._fit, some.texts
        chosen = choose(machine, *matrices, self._scratch)
        return chosen.repeated(len(block.rows)) if is_one else chosen

    def _binary(self, group: Group) -> Iterator[_Part]:
        """Give the symbols of bytes: one run of Base 256 (5.2.9)."""
        head = len(group.prefix) + 1
        for block in characters.blocks(group):
            codewords = np.empty((head + len(block.texts), len(block.rows)), np.uint8)
            codewords[: head - 1] = np.frombuffer(group.prefix, np.uint8)[:, np.newaxis]
            codewords[head - 1] = block.lengths
            codewords[head:] = block.texts
            positions = np.arange(head, len(codewords) + 1)[:, np.newaxis]
            codewords[head - 1 :] = base256(codewords[head - 1 :], positions)
            counts = block.lengths + head
            size = self._fit.least(counts)
            yield from self._modules(block.rows, size, codewords, counts)

    def _modules(
        self,
        rows: NDArray[np.int64],
        sizes: NDArray[np.uint8],
        codewords: NDArray[np.uint8],
        counts: NDArray[np.int64],
    ) -> Iterator[_Part]:
        for index in np.flatnonzero(np.bincount(sizes[sizes != NO_SIZE])).tolist():
            size = self._sizes[index]
            of_size = np.flatnonzero(sizes == index)
            if len(of_size) < len(rows):
                some = codewords[: size.data].take(of_size, axis=1)
                full = padded(some, counts[of_size], size.data)
            else:
                full = padded(codewords, counts, size.data)
            yield _Part(rows[of_size], size, packed_modules(full, size))

    def _one_by_one(self, payloads: Payloads, rows: NDArray[np.int64]) -> Iterator[_Part]:
        for row in rows.tolist():
            try:
                symbol = datamatrix.encode(payloads[row], size=self._size, shape=self._shape)
            except SymbolError:
                continue
            size = BY_NAME[f"{symbol.rows}x{symbol.columns}"]
            yield _Part(np.array([row]), size, np.packbits(symbol.modules)[np.newaxis])


class _Part(NamedTuple):
    """Symbols of one size."""

    rows: NDArray[np.int64]
    size: Size
    modules: NDArray[np.uint8]
    """Packed, [symbol, byte]."""
