"""One script a mark: letters of two scripts in one mark are pointed at.

Directive (EU) 2019/68, Annex, allows Latin, Cyrillic or Greek letters, as the Member State says.
Letters that look alike in two of them would make one serial number of two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from markcode.fields import Fault
from markcode.model import Elements
from markcode.reference import lookalikes

__all__ = ["mixed_scripts"]

_GREEK_AND_CYRILLIC = range(0x0370, 0x0530)
"""The Unicode blocks of the letters that a directive allows beside the Latin ones."""


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
    """Return the fault of one element in several scripts, with what looks alike named.

    The script of most letters is taken as meant, Latin of two with equally many, unless only
    another one has letters that look like all the rest.
    """
    ranked = sorted(used, key=lambda script: (-len(used[script]), script != "Latin"))
    for main in ranked:
        odd = _others(used, main)
        meant = {at: _in_script(token[at], main) for at in odd}
        if all(meant.values()):
            reading = "".join(meant.get(at) or character for at, character in enumerate(token))
            if main == "Latin":
                return _fault("script.homoglyph", token, odd, main, reading=reading)
            return _fault("script.mixed", token, odd, main, reason="element", reading=reading)
    return _fault("script.mixed", token, _others(used, ranked[0]), ranked[0], reason="element")


def _others(used: Mapping[str, list[int]], main: str) -> list[int]:
    """Return the places of the letters that are of another script than ``main``."""
    return sorted(at for script, places in used.items() if script != main for at in places)


def _fault(code: str, token: str, odd: Sequence[int], main: str, **more: str) -> Fault:
    found = "".join(token[at] for at in odd)
    params = Elements({"value": token, "found": found, "expected": main}, **more)
    return Fault(code, odd[0], odd[-1] + 1, params)


def _in_script(character: str, main: str) -> str | None:
    """Return the letter of the script ``main`` that a letter of another one looks like."""
    latin = character if character.isascii() else lookalikes.homoglyph(character)
    return latin if main == "Latin" or latin is None else _likenesses(main).get(latin)


@cache
def _likenesses(script: str) -> Mapping[str, str]:
    """Return the letters of a script by the Latin letter that each looks like."""
    letters = filter(str.isalpha, map(chr, _GREEK_AND_CYRILLIC))
    pairs = [(lookalikes.homoglyph(c), c) for c in letters if lookalikes.script(c) == script]
    return {latin: letter for latin, letter in pairs if latin is not None}
