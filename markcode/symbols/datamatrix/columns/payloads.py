"""A column of payloads as bytes: texts in UTF-8, binary data, GS1 element strings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from markcode.arrow import Strings
from markcode.errors import SymbolError
from markcode.model import Payload

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["Kind", "Payloads"]


class Kind(IntEnum):
    """What a row is."""

    TEXT = 0
    GS1 = 1
    BINARY = 2
    NONE = 3
    """Null, or bytes as GS1 data."""


@dataclass(frozen=True, slots=True, eq=False)
class Payloads:
    """Payloads one after another: each row's bytes, and what they are."""

    bytes: Strings
    kinds: NDArray[np.uint8]

    @classmethod
    def of(cls, column: Any, *, gs1: bool = False) -> Payloads:
        """Take a list of texts, bytes, `Payload` and None, a polars Series, or an Arrow array.

        ``gs1`` says that texts are GS1 element strings. Raises `SymbolError` for one payload
        instead of a column, and for what is none.
        """
        if isinstance(column, Payloads):
            return column
        if isinstance(column, (str, bytes, Payload)):
            raise SymbolError(f"{column!r} is one payload, not a column: use encode")
        text = Kind.GS1 if gs1 else Kind.TEXT
        if hasattr(column, "__arrow_c_stream__") or hasattr(column, "__arrow_c_array__"):
            if _is_binary(column):
                return cls.of(_as_list(column), gs1=gs1)
            texts = column if isinstance(column, Strings) else Strings.of(column)
            kinds = np.full(len(texts), text, np.uint8)
            if texts.valid is not None:
                kinds[~texts.valid] = Kind.NONE
            return cls(texts, kinds)
        rows = column if isinstance(column, (list, tuple)) else list(column)
        return _of_texts(rows, text) or _of_any(rows, text)

    def __len__(self) -> int:
        return len(self.kinds)

    def __getitem__(self, row: int) -> Payload:
        start = int(self.bytes.starts[row])
        data = self.bytes.data[start : start + int(self.bytes.lengths[row])].tobytes()
        if self.kinds[row] == Kind.BINARY:
            return Payload(data)
        return Payload(data.decode("utf-8", "surrogatepass"), gs1=bool(self.kinds[row] == Kind.GS1))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Payloads):
            return NotImplemented
        mine, others = self.bytes.compact(), other.bytes.compact()
        total = int(mine.lengths.sum())
        return (
            np.array_equal(self.kinds, other.kinds)
            and np.array_equal(mine.lengths, others.lengths)
            and np.array_equal(mine.data[:total], others.data[:total])
        )

    __hash__ = None  # type: ignore[assignment]

    def take(self, rows: Any) -> Payloads:
        """Return the rows of an index, a mask or a slice; no bytes are copied."""
        return Payloads(self.bytes.take(rows), self.kinds[rows])


def _is_binary(column: Any) -> bool:
    return "inary" in str(getattr(column, "dtype", getattr(column, "type", "")))


def _as_list(column: Any) -> list[bytes | None]:
    rows: list[bytes | None] = (
        column.to_pylist() if hasattr(column, "to_pylist") else column.to_list()
    )
    return rows


def _of_texts(rows: list[Any] | tuple[Any, ...], kind: Kind) -> Payloads | None:
    """Take texts and None in one go; None if there is anything else."""
    present = rows
    try:
        whole = "".join(rows)
    except TypeError:
        present = ["" if row is None else row for row in rows]
        try:
            whole = "".join(present)
        except TypeError:
            return None
    lengths = np.fromiter(map(len, present), np.int64, len(present))
    # Half of a surrogate pair stays, and is refused as in `encode`.
    data = np.frombuffer(whole.encode("utf-8", "surrogatepass"), np.uint8)
    if len(data) > len(whole):
        # A continuation byte stands behind as many characters as there are other bytes before it.
        behind = np.flatnonzero(data & 0xC0 == 0x80)
        behind -= np.arange(len(behind))
        ends = np.cumsum(lengths)
        ends += np.searchsorted(behind, ends, side="right")
        lengths = np.diff(ends, prepend=0)
    kinds = np.full(len(rows), kind, np.uint8)
    if present is not rows:
        kinds[[index for index, row in enumerate(rows) if row is None]] = Kind.NONE
    return Payloads(Strings.packed(data, lengths), kinds)


def _of_any(rows: Iterable[Any], text: Kind) -> Payloads:
    pieces, kinds = [], bytearray()
    for row in rows:
        data, kind = row, text
        if isinstance(row, Payload):
            data, kind = row.data, Kind.GS1 if row.gs1 else Kind.TEXT
        if isinstance(data, str):
            pieces.append(data.encode("utf-8", "surrogatepass"))
            kinds.append(kind)
        elif isinstance(data, bytes) and not (isinstance(row, Payload) and row.gs1):
            pieces.append(data)
            kinds.append(Kind.BINARY)
        elif data is None or isinstance(data, bytes):
            pieces.append(b"")
            kinds.append(Kind.NONE)
        else:
            raise SymbolError(f"row {len(kinds)}: a symbol holds text or bytes, not {data!r}")
    return Payloads(Strings.joined(pieces), np.frombuffer(kinds, np.uint8))
