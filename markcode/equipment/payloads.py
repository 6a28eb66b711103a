"""The payload of a symbol as a value in a file for a machine that draws the symbol itself."""

from __future__ import annotations

from markcode import notation
from markcode.equipment.mark import Mark, refused
from markcode.equipment.setup import Setup
from markcode.equipment.values import Values
from markcode.errors import InvalidMark, ProfileError
from markcode.model import Payload

__all__ = ["machine_payload", "operator_payload", "wants_payload"]


def wants_payload(setup: Setup) -> bool:
    """Return whether the payload is asked for. Raises `ProfileError` where there is no symbol."""
    wanted: bool = setup.settings["payload"] == "yes"
    if wanted and setup.symbol is None:
        raise ProfileError("--setting payload=yes needs a --symbol, such as datamatrix")
    return wanted


def machine_payload(setup: Setup, mark: Mark, values: Values) -> str:
    """Return the payload, character by character. Raises `InvalidMark` where that is no value.

    FNC1 is no character, and bytes beyond ASCII are none of a known set.
    """
    payload = _of(mark)
    if payload.gs1:
        raise _unfit(setup, payload, "FNC1", 1)
    text = payload.data if isinstance(payload.data, str) else payload.data.decode("latin-1")
    if isinstance(payload.data, bytes) and not text.isascii():
        at = next(at for at, char in enumerate(text) if not char.isascii())
        raise _unfit(setup, payload, text[at], at + 1)
    return _fitting(setup, payload, text, values)


def operator_payload(setup: Setup, mark: Mark, values: Values) -> str:
    """Return the payload for a person, as marks.csv has it. Raises `InvalidMark`."""
    payload = _of(mark)
    text = notation.FNC1 * payload.gs1 + notation.escape(payload.data)
    return _fitting(setup, payload, text, values)


def _of(mark: Mark) -> Payload:
    assert mark.symbol is not None
    return mark.symbol.payload


def _fitting(setup: Setup, payload: Payload, text: str, values: Values) -> str:
    fault = values.fault(text)
    if fault is not None:
        raise _unfit(setup, payload, fault.character, fault.at + 1)
    return text


def _unfit(setup: Setup, payload: Payload, character: str, column: int) -> InvalidMark:
    value = notation.as_text(payload.data)
    return refused(setup.name, "payload", value, character=character, column=column)
