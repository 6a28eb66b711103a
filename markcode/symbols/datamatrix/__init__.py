"""Data Matrix ECC 200 (ISO/IEC 16022), with the rectangles of ISO/IEC 21471 (DMRE)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from markcode.errors import SymbolError
from markcode.symbols.datamatrix import sizes
from markcode.symbols.datamatrix.codewords import codewords
from markcode.symbols.datamatrix.content import Content, content
from markcode.symbols.datamatrix.encodation import plan
from markcode.symbols.symbol import Symbol, as_payload

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from markcode.model import Payload
    from markcode.symbols.datamatrix.columns import SymbolBatch
    from markcode.symbols.datamatrix.decoding import Decoded

__all__ = [
    "EXTENSIONS",
    "QUIET_ZONE",
    "RECTANGLES",
    "SQUARES",
    "decode",
    "encode",
    "encode_many",
    "read",
    "sizes_of",
]

QUIET_ZONE = 1
SQUARES = tuple(size.name for size in sizes.SQUARES)
"""Sizes as rows x columns, smallest first (ISO/IEC 16022 table 7)."""
RECTANGLES = tuple(size.name for size in sizes.RECTANGLES)
"""In order of what they hold: 5, 10, 16, 22, 32, 49 codewords."""
EXTENSIONS = tuple(size.name for size in sizes.EXTENSIONS)
"""The further rectangles of ISO/IEC 21471 (DMRE), likewise."""


def encode(
    payload: Payload | str | bytes,
    *,
    size: str | None = None,
    shape: sizes.Shape = "square",
) -> Symbol:
    r"""Return the smallest Data Matrix of ``shape`` for ``payload``, or one of just ``size``.

    It is the smallest that any encodation reaches. ASCII text goes in as it is, control characters
    too; an ISO/IEC 15434 message in format 05 or 06 as a macro. Other text goes in as Latin-1 with
    ECI 000003 where that holds it, else as UTF-8 with ECI 000026: without an ECI many readers
    guess, and guess wrong. Bytes go in as Base 256. GS1 data have FNC1 first and for each GS.

    ``shape`` is square, rectangle, or dmre: rectangles, those of ISO/IEC 21471 among them. ``size``
    is rows x columns ("18x18", "12x36", "8x64") and decides the shape by itself. Raises
    `SymbolError` for a payload that is empty or does not fit, and for GS1 data that are no ASCII
    text.

    >>> encode("CO INDU 26 07 01238 09 R").modules.shape
    (18, 18)
    >>> from markcode import Payload
    >>> encode(Payload("010952123454321321A1\x1d422170", gs1=True), shape="rectangle").modules.shape
    (12, 26)
    """
    from markcode.symbols.datamatrix.placement import modules

    payload = as_payload(payload)
    wanted = sizes_of(size, shape)
    what = content(payload)
    planned = plan(what, wanted)
    if planned is None:
        raise SymbolError(_too_long(what, size, shape))
    matrix = modules(codewords(what, planned), planned.size)
    return Symbol("datamatrix", matrix, QUIET_ZONE, payload)


def decode(modules: NDArray[np.bool_], erasures: Collection[int] = ()) -> Payload:
    """Return the payload of a symbol's modules: rows by columns, dark True, without quiet zone.

    Errors are corrected, as far as ISO/IEC 16022 allows; ``erasures`` are codewords, from 0, that
    are known to be lost. Raises `SymbolError` for what is no symbol, for too many errors, and for
    codewords that the standard does not allow.

    >>> decode(encode("CO 26").modules)
    Payload(data='CO 26', gs1=False)
    """
    return read(modules, erasures).payload


def read(modules: NDArray[np.bool_], erasures: Collection[int] = ()) -> Decoded:
    """Return all that a symbol's modules say, as `decode` does: the ECIs, FNC1, what is binary."""
    from markcode.symbols.datamatrix import decoding
    from markcode.symbols.datamatrix.placement import codewords_of
    from markcode.symbols.datamatrix.repair import repaired

    name = "x".join(map(str, modules.shape))
    if name not in sizes.BY_NAME:
        raise SymbolError(f"{name} modules are no Data Matrix; there are {' '.join(sizes.BY_NAME)}")
    size = sizes.BY_NAME[name]
    codewords = repaired(codewords_of(modules, size), size, erasures)
    return decoding.decode(codewords[: size.data])


def encode_many(
    payloads: Any,
    *,
    size: str | None = None,
    shape: sizes.Shape = "square",
    gs1: bool = False,
    errors: Literal["raise", "null"] = "raise",
) -> SymbolBatch:
    """Return the symbols of a whole column: see `markcode.symbols.datamatrix.columns.encode_many`.

    >>> encode_many(["A1", "A2"])[1] == encode("A2")
    True
    """
    from markcode.symbols.datamatrix import columns

    return columns.encode_many(payloads, size=size, shape=shape, gs1=gs1, errors=errors)


def sizes_of(size: str | None, shape: sizes.Shape) -> Sequence[sizes.Size]:
    """Return what may be chosen of: one size, or those of a shape. Raises `SymbolError`."""
    if size is not None:
        if size not in sizes.BY_NAME:
            known = " ".join(sizes.BY_NAME)
            raise SymbolError(f"{size!r} is no size of a Data Matrix; there are {known}")
        return (sizes.BY_NAME[size],)
    if shape not in sizes.SHAPES:
        raise SymbolError(f"shape is 'square', 'rectangle' or 'dmre', not {shape!r}")
    return sizes.SHAPES[shape]


def _too_long(what: Content, size: str | None, shape: sizes.Shape) -> str:
    """Return the refusal, with the smallest size that would do."""
    if size is not None:
        shape = next(name for name, of in sizes.SHAPES.items() if sizes.BY_NAME[size] in of)
    asked = size or f"any {shape} Data Matrix"
    for alternatives in (sizes.SHAPES[shape], sizes.SQUARES):
        planned = plan(what, alternatives)
        if planned is not None:
            least = planned.size.name
            return f"the payload does not fit {asked}; the smallest that does is {least}"
    return f"the payload of {len(what.body)} characters does not fit any Data Matrix; shorten it"
