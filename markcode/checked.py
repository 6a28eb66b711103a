"""Whether the check character(s) of a mark belong to what they cover."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from markcode.fields import Fault
from markcode.layout import Token
from markcode.model import Elements, Finding
from markcode.reference import lookalikes

if TYPE_CHECKING:
    from markcode.checks import CheckSystem

__all__ = ["check_faults", "judge_mark", "judge_serial"]


def check_faults(check: CheckSystem, tokens: Mapping[str, str]) -> list[tuple[str | None, Fault]]:
    """Return what keeps a check from covering these tokens: a character, or their length."""
    faults: list[tuple[str | None, Fault]] = []
    characters = frozenset(check.alphabet)
    for name, token in tokens.items():
        if characters.issuperset(token):
            continue
        bad = [at for at, character in enumerate(token) if character not in check.alphabet]
        found = "".join(token[at] for at in bad)
        params = Elements(value=token, found=found, system=check.name)
        faults.append((name, Fault("check.alphabet", bad[0], bad[-1] + 1, params)))
    length = sum(map(len, tokens.values()))
    if check.max_payload is not None and length > check.max_payload:
        params = Elements(found=length, most=check.max_payload, system=check.name)
        faults.append((None, Fault("check.too_long", 0, 0, params)))
    return faults


def judge_mark(check: CheckSystem, covered: Mapping[str, Token], token: Token) -> Iterator[Finding]:
    """Yield what is wrong with a check over these elements, in their order."""
    faults = list(_faults(check, covered))
    yield from faults
    if not faults:
        yield from _compare(check, "".join(t.text for t in covered.values()), token, None)


def judge_serial(check: CheckSystem, serial: Token) -> Iterator[Finding]:
    """Yield what is wrong with the check that a serial number ends with."""
    body = serial.text[: -check.length]
    if not body:
        yield Finding("check.missing", "error", "serial", (serial.end,) * 2)
        return
    at = serial.end - check.length
    faults = list(_faults(check, {"serial": Token(body, serial.start, at)}))
    yield from faults
    if not faults:
        token = Token(serial.text[-check.length :], at, serial.end)
        yield from _compare(check, body, token, "serial")


def _faults(check: CheckSystem, covered: Mapping[str, Token]) -> Iterator[Finding]:
    texts = {name: token.text for name, token in covered.items()}
    for name, fault in check_faults(check, texts):
        span = None
        if name is not None:
            start = covered[name].start
            span = (start + fault.start, start + fault.end)
        yield Finding(fault.code, "error", name, span, fault.params)


def _compare(
    check: CheckSystem, payload: str, token: Token, element: str | None
) -> Iterator[Finding]:
    expected = check.compute(payload)
    if token.text == expected:
        return
    code = "check.mismatch"
    params: dict[str, Any] = {"found": token.text, "expected": expected, "system": check.name}
    if check.is_noncanonical(payload + token.text):
        code = "check.noncanonical"
    elif _only_lookalikes(token.text, expected):
        params.update(reading=expected, reason="lookalike")
    yield Finding(code, "error", element, token.span, Elements(params))


def _only_lookalikes(found: str, expected: str) -> bool:
    return len(found) == len(expected) and all(
        one == other or other in lookalikes.alternatives(one)
        for one, other in zip(found, expected, strict=True)
    )
