r"""What stands in the fields of a label in ZPL II (Zebra's programming guide 45541L-004).

A field passes two readers. The first takes ``^FH\`` escapes out, so that no ``^``, ``~`` or
backslash stands in the file as such; then the symbology reads what is left by rules of its own.

>>> from markcode.model import Payload
>>> data_matrix(Payload("010952123454321321A_1\x1d10B", gs1=True))
'_1010952123454321321A__1_110B'
>>> code128(Payload("A>B"))
('>:A>0B', 4)
>>> escaped("50^")
'50\\5E'
"""

from __future__ import annotations

from markcode.errors import SymbolError
from markcode.model import Payload

__all__ = ["DATA_MATRIX_ESCAPE", "code128", "data_matrix", "escaped", "qr"]

DATA_MATRIX_ESCAPE = "_"
"""Always given in ``^BX``: what firmware takes for it otherwise has changed."""
_MOST_DATA_MATRIX = 3072
_GS = "\x1d"
_INVOCATIONS = {">": ">0", "^": "><", "~": ">=", "\x7f": ">1"}
"""Characters of code set B that stand as an invocation (table 6 of ``^BC``)."""
_DIGITS = frozenset("0123456789")
_LEAST_PAIRS = 2
"""Of digits at the start that are worth code set C."""


def escaped(data: str) -> str:
    r"""Return data for ``^FH\^FD`` under ``^CI28``: all but plain characters as bytes of UTF-8."""
    return "".join(
        char
        if " " <= char <= "}" and char not in "^\\"
        else "".join(f"\\{byte:02X}" for byte in char.encode("utf-8"))
        for char in data
    )


def data_matrix(payload: Payload) -> str:
    """Return the data of ``^BX``, quality 200, each character once. Raises `SymbolError`.

    ``_1`` is FNC1, ``_dNNN`` a byte, ``__`` the escape character itself.
    """
    field = "_1" if payload.gs1 else ""
    for code in _latin1(payload):
        char = chr(code)
        if char == _GS and payload.gs1:
            field += "_1"
        elif char == DATA_MATRIX_ESCAPE:
            field += "__"
        else:
            field += char if " " <= char <= "~" else f"_d{code:03}"
    if len(field) > _MOST_DATA_MATRIX:
        raise SymbolError(
            f"^BX takes {_MOST_DATA_MATRIX} characters with their escapes, not {len(field)}"
        )
    return field


def _latin1(payload: Payload) -> bytes:
    if isinstance(payload.data, bytes):
        return payload.data
    try:
        return payload.data.encode("latin-1")
    except UnicodeEncodeError as fault:
        raise SymbolError(
            f"column {fault.start + 1}: {payload.data[fault.start]!r} is not Latin-1, and how a "
            "printer declares other characters in a Data Matrix is not certain"
        ) from None


def qr(payload: Payload) -> str:
    """Return the data of ``^BQ``: error level M, encodation as the printer finds best.

    Raises `SymbolError` for what printers are not known to encode alike: no ECI can be given, and
    control characters are not told of.
    """
    data = payload.data if isinstance(payload.data, str) else payload.data.decode("latin-1")
    for at, char in enumerate(data):
        if not " " <= char <= "~":
            raise SymbolError(
                f"column {at + 1}: {char!r} is no printable ASCII, and nothing else is certain in "
                "^BQ: use datamatrix"
            )
    return f"MA,{data}"


def code128(payload: Payload) -> tuple[str, int]:
    """Return the data of ``^BC`` in mode N, and how many symbol characters it comes to.

    That is all but the check and the stop. Code set C is for digits at the start, A for control
    characters, B for all else; the printer chooses nothing.
    """
    data = payload.data if isinstance(payload.data, str) else payload.data.decode("ascii")
    pairs = _leading_digits(data) // 2
    fnc1 = ">8" if payload.gs1 else ""
    count = 1 + payload.gs1
    code_set = "B"
    field = f">:{fnc1}"
    if pairs >= _LEAST_PAIRS:
        code_set, field = "C", f">;{fnc1}{data[: 2 * pairs]}"
        count += pairs
        data = data[2 * pairs :]
    elif data[0] < " ":
        code_set, field = "A", ">9"
    for char in data:
        wanted = "B"
        word = _INVOCATIONS.get(char, char)
        if char == _GS and payload.gs1:
            wanted, word = code_set, ">8"
        elif char < " ":
            wanted, word = "A", f"{ord(char) + 64}"
        if wanted != code_set:
            field += {"A": ">7", "B": ">6"}[wanted]
            code_set = wanted
            count += 1
        field += word
        count += 1
    return field, count


def _leading_digits(data: str) -> int:
    return next((at for at, char in enumerate(data) if char not in _DIGITS), len(data))
