"""The smallest Data Matrix of a payload, by listing every cost that any encodation can reach.

Written from ISO/IEC 16022:2006 5.2 alone, slowly and plainly: for every position and state of the
encoder there is the set of all numbers of codewords with which it can be reached, and no minimum
is taken. It shares no table with the encoder. A character is a byte, or `FNC1`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

FNC1 = 256

# Data codewords (table 7).
SQUARES = (
    *(3, 5, 8, 12, 18, 22, 30, 36, 44, 62, 86, 114, 144, 174, 204, 280),
    *(368, 456, 576, 696, 816, 1050, 1304, 1558),
)
RECTANGLES = (5, 10, 16, 22, 32, 49)

State = tuple[str, int]
"""An encodation, and the values that wait for their group to be full (Base 256: its bytes)."""
Costs = dict[State, int]
"""The set of costs of each state: bit ``c`` is 1 if it is reached with ``c`` codewords."""


def capacity(body: Sequence[int], written: int, capacities: Iterable[int]) -> int | None:
    """Return the data codewords of the first size that holds ``body`` behind ``written``."""
    reached = every_cost(body, written)
    return next((c for c in capacities if holds(body, reached, c)), None)


def every_cost(body: Sequence[int], written: int) -> list[Costs]:
    """Return, for each position before a character and for the end, what can be reached."""
    reached: list[Costs] = [defaultdict(int) for _ in range(len(body) + 2)]
    reached[0]["ascii", 0] = 1 << written
    for at in range(len(body) + 1):
        _change(reached[at])
        if at == len(body):
            break
        for state, costs in list(reached[at].items()):
            for ahead, new, added in _steps(state, body, at):
                reached[at + ahead][new] |= costs << added
    return reached[: len(body) + 1]


def _change(here: Costs) -> None:
    """Add unlatches to ASCII, then latches from it."""
    for (mode, waiting), costs in list(here.items()):
        if mode in ("c40", "text", "x12") and not waiting:
            here["ascii", 0] |= costs << 1
        elif mode == "edifact":
            # The unlatch is one more value of six bits, filled up to whole bytes.
            here["ascii", 0] |= costs << -(-6 * (waiting + 1) // 8)
        elif mode == "base256":
            here["ascii", 0] |= costs
    for mode in ("c40", "text", "x12", "edifact"):
        here[mode, 0] |= here["ascii", 0] << 1
    here["base256", 0] |= here["ascii", 0] << 2


def _steps(state: State, body: Sequence[int], at: int) -> Iterable[tuple[int, State, int]]:
    """Yield what the next characters do: how many they are, the new state, codewords added."""
    mode, waiting = state
    char = body[at]
    if mode == "ascii":
        yield 1, state, 2 if 128 <= char < FNC1 else 1
        if _is_digit(char) and at + 1 < len(body) and _is_digit(body[at + 1]):
            yield 2, state, 1
    elif mode in ("c40", "text"):
        values = waiting + _values(char, mode)
        yield 1, (mode, values % 3), 2 * (values // 3)
    elif mode == "x12":
        if _is_digit(char) or _is_upper(char) or chr(char) in "\r*> ":
            yield 1, (mode, (waiting + 1) % 3), 2 * ((waiting + 1) // 3)
    elif mode == "edifact":
        if 32 <= char <= 94:
            yield 1, (mode, (waiting + 1) % 4), 3 * ((waiting + 1) // 4)
    elif char != FNC1:
        # A length of 250 or more takes a second codeword.
        yield 1, (mode, waiting + 1), 2 if waiting + 1 == 250 else 1


def _values(char: int, mode: str) -> int:
    if char == FNC1:
        return 2
    if char >= 128:
        return 2 + _values(char - 128, mode)
    basic = _is_upper(char) if mode == "c40" else _is_upper(char - 32)
    return 1 if basic or _is_digit(char) or char == ord(" ") else 2


def _is_digit(char: int) -> bool:
    return ord("0") <= char <= ord("9")


def _is_upper(char: int) -> bool:
    return ord("A") <= char <= ord("Z")


def holds(body: Sequence[int], reached: list[Costs], codewords: int) -> bool:
    """Return whether a symbol of so many data codewords can end with the body."""
    end = len(body)
    if any(_has(reached[end], "ascii", 0, cost) for cost in range(codewords + 1)):
        return True
    for mode in ("c40", "text", "x12"):
        # Just full; two values and a pad; one codeword left, which is one character of ASCII.
        if _has(reached[end], mode, 0, codewords):
            return True
        if mode != "x12" and _has(reached[end], mode, 2, codewords - 2):
            return True
        one = end > 0 and not 128 <= body[end - 1] < FNC1
        if one and _has(reached[end - 1], mode, 0, codewords - 1):
            return True
    for at in range(end + 1):
        # Two codewords left or fewer: ASCII without an unlatch.
        for cost in range(codewords - 2, codewords + 1):
            if _has(reached[at], "edifact", 0, cost) and cost + _ascii(body[at:]) <= codewords:
                return True
    # Base 256 up to the end of the symbol has no second codeword of length.
    return any(
        _has(reached[end], "base256", length, codewords + 1) for length in range(250, end + 1)
    )


def _has(here: Costs, mode: str, waiting: int, cost: int) -> bool:
    return cost >= 0 and bool(here.get((mode, waiting), 0) >> cost & 1)


def _ascii(body: Sequence[int]) -> int:
    codewords = at = 0
    while at < len(body):
        pair = at + 1 < len(body) and _is_digit(body[at]) and _is_digit(body[at + 1])
        codewords += 2 if 128 <= body[at] < FNC1 else 1
        at += 2 if pair else 1
    return codewords
