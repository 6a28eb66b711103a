"""One script a mark: letters of two scripts in one mark are pointed at.

Directive (EU) 2019/68, Annex, allows Latin, Cyrillic or Greek letters, as the Member State says.
Letters that look alike in two of them would make one serial number of two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from markcode.fields import Fault
from markcode.model import Elements
from markcode.reference import lookalikes

__all__ = ["mixed_scripts"]


def mixed_scripts(tokens: Mapping[str, str]) -> Iterator[tuple[str, Fault]]:
    """Yield, by element, letters of another script than the others.

    Within one element that is an error: the rule lets one script be chosen. Between elements it is
    a warning, since a maker's name may stand in its own script beside a Latin country code.

    >>> [(name, fault.code) for name, fault in mixed_scripts({"serial": "\u0410B1"})]
    [('serial', 'script.homoglyph')]
    """
    if all(token.isascii() for token in tokens.values()):
        return
    own: dict[str, str] = {}
    for name, token in tokens.items():
        used = _scripts(token)
        if len(used) > 1:
            yield name, _within(token, used)
        elif used:
            own[name] = next(iter(used))
    if len(set(own.values())) > 1:
        first = next(iter(own.values()))
        for name, script in own.items():
            if script != first:
                params = Elements(value=tokens[name], found=script, expected=first, reason="mark")
                yield name, Fault("script.mixed", 0, len(tokens[name]), params, "warning")


def _scripts(token: str) -> dict[str, list[int]]:
    """Return the places of the letters by script, the first script first."""
    places: dict[str, list[int]] = {}
    for at, character in enumerate(token):
        script = lookalikes.script(character)
        if script != "Common":
            places.setdefault(script, []).append(at)
    return places


def _within(token: str, used: Mapping[str, list[int]]) -> Fault:
    """Return the fault of one element in several scripts, with what looks alike named."""
    main = "Latin" if "Latin" in used else max(used, key=lambda script: len(used[script]))
    odd = [at for script, places in used.items() if script != main for at in places]
    start, end = min(odd), max(odd) + 1
    found = "".join(token[at] for at in sorted(odd))
    params = {"value": token, "found": found, "expected": main}
    read = [lookalikes.homoglyph(character) for character in found]
    if main == "Latin" and all(read):
        meant = dict(zip(sorted(odd), filter(None, read), strict=True))
        reading = "".join(meant.get(at, character) for at, character in enumerate(token))
        return Fault("script.homoglyph", start, end, Elements(params, reading=reading))
    return Fault("script.mixed", start, end, Elements(params, reason="element"))
