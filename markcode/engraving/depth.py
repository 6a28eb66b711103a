"""How deep the dots of a stylus are, from their width and its cone, and whether that is enough.

A cone of so many degrees that goes in to a depth leaves a dot of 2 x depth x tan(cone / 2). That is
general engineering knowledge and no standard: metal springs back and piles up, a point wears and is
round. So all that is said here is a hint and no proof; the depth of a mark is measured. Lengths are
whole nanometres, rounded so that no depth is claimed that the rule does not give.
"""

from __future__ import annotations

import datetime
import math

from markcode import lengths
from markcode.errors import JobError, LengthError
from markcode.model import Elements, Finding, Requirements

__all__ = ["CONES", "depth_nm", "dot_nm", "judge", "least_cell_nm", "widest_cone"]

CONES = (60, 90, 120)
"""The usual cones of a stylus, in degrees."""
_NARROWEST, _WIDEST = 30, 150
_WHOLE = 10**12
"""Tangents are whole numbers of this part, the same on every machine."""


def depth_nm(dot_nm: int, cone_degrees: int) -> int:
    """Return how deep a dot is that is ``dot_nm`` wide, rounded down.

    >>> depth_nm(300_000, 120), depth_nm(300_000, 90)
    (86602, 150000)
    """
    return _length("dot", dot_nm) * _WHOLE // (2 * _tangent(cone_degrees))


def dot_nm(depth_nm: int, cone_degrees: int) -> int:
    """Return how wide a dot must be to be ``depth_nm`` deep, rounded up.

    >>> dot_nm(76_200, 120), dot_nm(76_200, 90)
    (263965, 152400)
    """
    return _up(2 * _length("depth", depth_nm) * _tangent(cone_degrees), _WHOLE)


def least_cell_nm(depth_nm: int, cone_degrees: int, fill_percent: int = 105) -> int:
    """Return the least cell of a symbol whose dots are ``depth_nm`` deep, rounded up.

    ``fill_percent`` is the width of the dot in the cell; AS9132 allows 60 to 105.

    >>> least_cell_nm(76_200, 120), least_cell_nm(76_200, 90)
    (251396, 145143)
    """
    if type(fill_percent) is not int or fill_percent < 1:
        raise JobError(f"fill_percent is {fill_percent!r}: write a whole number such as 105")
    return _up(dot_nm(depth_nm, cone_degrees) * 100, fill_percent)


def widest_cone(dot_nm: int, depth_nm: int) -> int | None:
    """Return the widest of `CONES` whose dot of this width is as deep, None if none is.

    >>> widest_cone(200_000, 76_200), widest_cone(50_000, 76_200)
    (90, None)
    """
    deep = [cone for cone in CONES if _reaches(dot_nm, cone, depth_nm)]
    return max(deep, default=None)


def judge(
    requirements: Requirements,
    cone_degrees: int,
    *,
    symbol_dot_nm: int | None = None,
    text_dot_nm: int | None = None,
    fill_percent: int = 105,
    as_of: datetime.date | None = None,
) -> list[Finding]:
    """Return what would miss the depth that a format asks for, and what would meet it.

    What is None is not judged. The law measures the text: the text is a warning, the symbol a note.
    A depth that holds only from some day is not asked for where ``as_of`` is before it. Raises
    `LengthError` for a width that is no length, `JobError` for a cone that is none.

    >>> needs = Requirements(depth_nm=76_200)
    >>> for finding in judge(needs, 120, symbol_dot_nm=250_000, text_dot_nm=300_000):
    ...     print(finding.severity, finding.params["needed_dot_nm"], finding.params["needed_cone"])
    info 263965 90
    """
    required = requirements.depth_on(as_of)
    parts = (("text", text_dot_nm), ("symbol", symbol_dot_nm))
    return [
        _missed(part, dot, cone_degrees, required, fill_percent)
        for part, dot in parts
        if required is not None and dot is not None and not _reaches(dot, cone_degrees, required)
    ]


def _missed(part: str, dot: int, cone: int, required: int, fill_percent: int) -> Finding:
    is_text = part == "text"
    depth, needed_dot = depth_nm(dot, cone), dot_nm(required, cone)
    cell = None if is_text else least_cell_nm(required, cone, fill_percent)
    needed_cone = widest_cone(dot, required)
    if needed_cone is None:
        reason = "text" if is_text else "symbol"
    else:
        reason = "text_cone" if is_text else "symbol_cone"
    measures = {
        "dot": dot,
        "depth": depth,
        "required": required,
        "needed_dot": needed_dot,
        "needed_cell": cell,
    }
    return Finding(
        "depth.missed",
        "warning" if is_text else "info",
        params=Elements(
            {name: lengths.to_text(value) for name, value in measures.items() if value is not None},
            **{f"{name}_nm": value for name, value in measures.items()},
            part=part,
            reason=reason,
            cone=cone,
            needed_cone=needed_cone,
        ),
    )


def _reaches(dot: int, cone: int, required: int) -> bool:
    return depth_nm(dot, cone) >= required


def _tangent(cone_degrees: int) -> int:
    """Return the tangent of half the cone in parts of a whole, rounded up.

    The last bits of ``math.tan`` differ between machines, far below one part; so a part is added
    to the nearest one, but for the right angle, whose tangent is exactly one.
    """
    if type(cone_degrees) is not int or not _NARROWEST <= cone_degrees <= _WIDEST:
        raise JobError(
            f"a cone of {cone_degrees!r} degrees: a stylus has {_NARROWEST} to {_WIDEST}, "
            "in whole degrees"
        )
    if cone_degrees == 90:
        return _WHOLE
    return round(math.tan(math.radians(cone_degrees / 2)) * _WHOLE) + 1


def _length(name: str, value: int) -> int:
    if type(value) is not int:
        raise LengthError(f"{name}: {value!r} is no whole number of nanometres")
    if value < 0:
        raise LengthError(f"{name}: {value} nm is less than nothing")
    return value


def _up(value: int, by: int) -> int:
    return -(-value // by)
