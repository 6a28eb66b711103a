"""Code 128 and GS1-128 (ISO/IEC 15417), Code 39 (ISO/IEC 16388).

The patterns are python-barcode's tables. Its Code 128 encoder is not used: it drops a leading
``99``, which it takes for the switch to code set C, and knows no GS between GS1 elements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markcode.errors import SymbolError
from markcode.model import Payload
from markcode.symbols import zxing
from markcode.symbols.symbol import Symbol, as_payload

__all__ = ["code39", "code128", "gs1_128"]

_QUIET_ZONE = 10
_GS = "\x1d"
_MOST_GS1_DATA = 48
_DIGITS = frozenset("0123456789")
_UPPER = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_CODE39 = _DIGITS | _UPPER | frozenset("-. $/+%")
# GS1 General Specifications 7.11, table 1: the 82 characters of an element string.
_GS1_82 = _DIGITS | _UPPER | frozenset("abcdefghijklmnopqrstuvwxyz!\"%&'()*+,-./:;<=>?_")

_START = {"A": 103, "B": 104, "C": 105}
_SWITCH = {"A": 101, "B": 100, "C": 99}
_FNC1 = 102
_ASCII = [chr(code) for code in range(128)]
_SETS = {
    "A": {char: value for value, char in enumerate(_ASCII[32:96] + _ASCII[:32])},
    "B": {char: value for value, char in enumerate(_ASCII[32:])},
}


def code128(payload: Payload | str | bytes, *, bar_height_nm: int | None = None) -> Symbol:
    """Return the shortest Code 128 for ASCII text or bytes, control characters included.

    Raises `SymbolError` for a character beyond ASCII and for GS1 data (use `gs1_128`).
    """
    payload = as_payload(payload)
    if payload.gs1:
        raise SymbolError("code128 does not write FNC1; use datamatrix or gs1-128")
    text = _text(payload.data)
    for at, char in enumerate(text):
        if not char.isascii():
            raise SymbolError(f"column {at + 1}: {char!r} is not ASCII, as Code 128 must be")
    return _code128("code128", payload, list(text), "]C0", bar_height_nm)


def gs1_128(payload: Payload | str | bytes, *, bar_height_nm: int | None = None) -> Symbol:
    """Return the GS1-128 for ``Payload(data, gs1=True)``.

    The data is the element string without brackets: ``0109521234543213`` ``21ABC``, GS between
    elements. FNC1 goes in first, and in place of each GS. Raises `SymbolError`.
    """
    payload = as_payload(payload)
    if not payload.gs1:
        raise SymbolError("gs1-128 holds GS1 data: give Payload(data, gs1=True)")
    text = _text(payload.data)
    if text.startswith("("):
        raise SymbolError("GS1 data goes in without the brackets: 0109521234543213, not (01)...")
    if "" in text.split(_GS):
        raise SymbolError("an element is empty: GS stands only between two elements")
    for at, char in enumerate(text):
        if char != _GS and char not in _GS1_82:
            raise SymbolError(f"column {at + 1}: {char!r} does not stand in GS1 elements")
    if len(text) > _MOST_GS1_DATA:
        raise SymbolError(f"GS1-128 holds {_MOST_GS1_DATA} characters at most, not {len(text)}")
    items: list[str | None] = [None, *(None if char == _GS else char for char in text)]
    return _code128("gs1-128", payload, items, "]C1", bar_height_nm)


def code39(
    payload: Payload | str | bytes, *, check: bool = False, bar_height_nm: int | None = None
) -> Symbol:
    """Return the Code 39 for ``payload``, with the mod 43 character if ``check``.

    The alphabet is ``0-9 A-Z - . $ / + %`` and space; nothing is folded. A reader in full-ASCII
    mode takes ``/I`` for ``)``: it must be set to plain Code 39. Raises `SymbolError`.
    """
    payload = as_payload(payload)
    if payload.gs1:
        raise SymbolError("code39 cannot hold FNC1; use datamatrix or gs1-128")
    text = _text(payload.data)
    for at, char in enumerate(text):
        if char not in _CODE39:
            raise SymbolError(f"column {at + 1}: {char!r} is not in the alphabet of Code 39")
    from barcode.codex import Code39

    made = Code39(text, add_checksum=check)
    struck = zxing.Segment(None, made.code.encode("ascii"))
    symbol = _symbol("code39", made.build()[0], payload, bar_height_nm)
    # Readers report ]A1 where the last character happens to fit as a check, too.
    zxing.confirm("Code39Std", symbol.modules, _QUIET_ZONE, ("]A0", "]A1"), struck)
    return symbol


def _code128(
    name: str,
    payload: Payload,
    items: Sequence[str | None],
    identifier: str,
    bar_height_nm: int | None,
) -> Symbol:
    """Return the symbol for ``items``: characters, None for FNC1."""
    from barcode.charsets import code128 as tables

    values = _code_words(items)
    check = (values[0] + sum(at * value for at, value in enumerate(values))) % 103
    bars = "".join(tables.CODES[value] for value in (*values, check)) + tables.STOP + "11"
    symbol = _symbol(name, bars, payload, bar_height_nm)
    data = items[1:] if payload.gs1 else items
    text = "".join(_GS if item is None else item for item in data)
    expected = zxing.Segment(None, text.encode("ascii"))
    zxing.confirm("Code128", symbol.modules, _QUIET_ZONE, (identifier,), expected)
    return symbol


def _code_words(items: Sequence[str | None]) -> tuple[int, ...]:
    """Return the fewest values for ``items``, from the start code on, without the check.

    ``reached[i]`` holds, for each code set that may be in force after ``i`` items, the shortest
    values that lead there.
    """
    reached: list[dict[str, tuple[int, ...]]] = [{} for _ in range(len(items) + 1)]
    reached[0] = {name: (start,) for name, start in _START.items()}
    for at, here in enumerate(reached[:-1]):
        for values in list(here.values()):
            for other in _START:
                _keep_shorter(here, other, (*values, _SWITCH[other]))
        for name, values in here.items():
            for used, value in _next(items, at, name):
                _keep_shorter(reached[at + used], name, (*values, value))
    return min(reached[-1].values(), key=lambda values: (len(values), values))


def _next(items: Sequence[str | None], at: int, code_set: str) -> Iterator[tuple[int, int]]:
    """Yield (items used, value) for what ``code_set`` can say at this place."""
    item = items[at]
    if item is None:
        yield 1, _FNC1
    elif code_set == "C":
        pair = items[at : at + 2]
        if len(pair) == 2 and all(digit in _DIGITS for digit in pair):
            yield 2, int(f"{pair[0]}{pair[1]}")
    elif item in _SETS[code_set]:
        yield 1, _SETS[code_set][item]


def _keep_shorter(
    reached: dict[str, tuple[int, ...]], code_set: str, values: tuple[int, ...]
) -> None:
    if code_set not in reached or len(values) < len(reached[code_set]):
        reached[code_set] = values


def _symbol(name: str, bars: str, payload: Payload, bar_height_nm: int | None) -> Symbol:
    """Return the symbol whose modules are written as 0 and 1."""
    import numpy as np

    if bar_height_nm is not None and (type(bar_height_nm) is not int or bar_height_nm <= 0):
        raise SymbolError(f"the height of bars is a whole number of nm, not {bar_height_nm!r}")
    modules = np.array([[bar == "1" for bar in bars]])
    return Symbol(name, modules, _QUIET_ZONE, payload, bar_height_nm)


def _text(data: str | bytes) -> str:
    return data if isinstance(data, str) else data.decode("latin-1")
