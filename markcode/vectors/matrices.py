"""Symbols of Data Matrix: what codewords or modules say, and their error correction.

>>> modules({"modules": [
...     "1010101010", "1100101101", "1100000100", "1100011101", "1100001000",
...     "1000001111", "1110110000", "1111011001", "1001110100", "1111111111",
... ]}).output
'123456'
>>> correction({"data": [142, 164, 186], "ecc_count": 5}).output
[114, 25, 5, 88, 102]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from markcode.errors import InvalidMark, SymbolError
from markcode.formats import gs1
from markcode.formats.gs1.element_string import FNC1
from markcode.symbols.eci import text_of
from markcode.vectors.answers import Answer, CaseError

if TYPE_CHECKING:
    from markcode.symbols.datamatrix.decoding import Decoded

__all__ = ["codewords", "correction", "modules"]

_MOST_CORRECTION = 68
"""Codewords of correction in one block, at most (ISO/IEC 16022:2006 table 7)."""


def codewords(given: Any) -> Answer:
    """Answer a symbol's codewords with its text, GS1 data in brackets: ``GS1 (01)...``."""
    from markcode.symbols.datamatrix import decoding, repair, sizes

    case = _object(given, "rows", "cols", "codewords_hex")
    size = sizes.BY_NAME.get(f"{case['rows']}x{case['cols']}")
    if size is None:
        return Answer(False)
    try:
        found = bytes.fromhex(case["codewords_hex"])
    except (TypeError, ValueError):
        raise CaseError(f"codewords_hex is no hexadecimal: {case['codewords_hex']!r:.60}") from None
    return _answered(
        lambda: decoding.decode(repair.repaired(found, size)[: size.data]),
        lambda text: "GS1 " + gs1.element_string_to_bracketed(FNC1 + text),
    )


def modules(given: Any) -> Answer:
    """Answer a symbol's modules, rows of 0 and 1, with its text; GS1 data begin with ``^``."""
    import numpy as np

    from markcode.symbols import datamatrix

    rows = _object(given, "modules")["modules"]
    if not (isinstance(rows, list) and rows and all(_is_row(row, len(rows[0])) for row in rows)):
        raise CaseError(f"modules are rows of 0 and 1, all of one length, not {rows!r:.60}")
    matrix = np.array([[module == "1" for module in row] for row in rows])
    return _answered(lambda: datamatrix.read(matrix), lambda text: FNC1 + text)


def correction(given: Any) -> Answer:
    """Answer the data codewords of one block with their ``ecc_count`` codewords of correction."""
    from markcode.symbols.datamatrix.correction import of_block

    case = _object(given, "data", "ecc_count")
    data, count = case["data"], case["ecc_count"]
    if not isinstance(data, list) or not all(_is_whole(one, 0, 255) for one in data):
        raise CaseError(f"data are codewords from 0 to 255, not {data!r:.60}")
    if not _is_whole(count, 1, _MOST_CORRECTION):
        raise CaseError(f"ecc_count is a number from 1 to {_MOST_CORRECTION}, not {count!r:.60}")
    return Answer(True, list(of_block(bytes(data), count)))


def _object(given: Any, *keys: str) -> Mapping[str, Any]:
    if not isinstance(given, dict) or not all(key in given for key in keys):
        raise CaseError(f"input is an object with {' and '.join(keys)}, not {given!r:.60}")
    return given


def _is_row(row: Any, length: int) -> bool:
    return isinstance(row, str) and len(row) == length and set(row) <= {"0", "1"}


def _is_whole(number: Any, least: int, most: int) -> bool:
    return type(number) is int and least <= number <= most


def _answered(decoded: Callable[[], Decoded], as_gs1: Callable[[str], str]) -> Answer:
    """Return the text that is read, in ``as_gs1``'s notation where FNC1 leads."""
    try:
        said = decoded()
        text, _ = text_of(said.segments)
        return Answer(True, as_gs1(text) if said.is_gs1 else text)
    except SymbolError:
        return Answer(False)
    except InvalidMark as fault:
        return Answer(False, findings=fault.findings)
