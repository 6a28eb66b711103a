"""Is a mark on the metal high and deep enough, and for which instruments?

Whole nanometres: 1/16 in is 1,587,500 and passes Canada's 1.58 mm, but not the EU's 1.6 mm.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from markcode import lengths
from markcode.errors import LengthError
from markcode.format import Format
from markcode.formats import get_format, list_formats
from markcode.model import Elements, Finding, Requirements

__all__ = ["SizeReport", "check_size"]


@dataclass(frozen=True)
class SizeReport:
    """What one instrument says of a mark's height and depth."""

    format: str
    requirements: Requirements
    findings: tuple[Finding, ...]
    untested: tuple[str, ...] = ()
    """``height`` or ``depth``, where the instrument has a minimum and no measure was given."""

    @property
    def ok(self) -> bool:
        """Whether every minimum was tested and holds; so it is where the instrument has none."""
        return not self.findings and not self.untested

    def to_dict(self, language: str = "en") -> dict[str, Any]:
        """Return the report as plain data."""
        return {
            "format": self.format,
            "ok": self.ok,
            "height_nm": self.requirements.height_nm,
            "depth_nm": self.requirements.depth_nm,
            "untested": list(self.untested),
            "findings": [finding.to_dict(language) for finding in self.findings],
        }


def check_size(
    height_nm: int | None = None,
    depth_nm: int | None = None,
    format: str | Format | None = None,
    as_of: datetime.date | None = None,
) -> tuple[SizeReport, ...]:
    """Return the report of one format, or of every built-in one that has a minimum.

    Height and depth are in nanometres; the height is that of the characters. A depth that holds
    only for arms placed on the market from some day is not asked for where ``as_of`` is before it.
    Raises `ProfileError` for an unknown format, `LengthError` for a measure that is negative or no
    whole number.

    >>> reports = check_size(height_nm=1_587_500, depth_nm=76_200)
    >>> [report.format for report in reports if report.ok]
    ['us-478-92', 'us-pmf', 'ca-2004-275']
    """
    for name, value in (("height", height_nm), ("depth", depth_nm)):
        if value is None:
            continue
        if type(value) is not int:
            raise LengthError(f"{name}: {value!r} is no whole number of nanometres")
        if value < 0:
            raise LengthError(f"{name}: {value} nm is less than nothing")
    if format is not None:
        chosen = get_format(format) if isinstance(format, str) else format
        return (_report(chosen.name, chosen.requirements, height_nm, depth_nm, as_of),)
    known = ((name, get_format(name).requirements) for name in list_formats())
    return tuple(
        _report(name, needs, height_nm, depth_nm, as_of)
        for name, needs in known
        if needs.height_nm is not None or needs.depth_nm is not None
    )


def _report(
    name: str,
    needs: Requirements,
    height_nm: int | None,
    depth_nm: int | None,
    as_of: datetime.date | None,
) -> SizeReport:
    depth = needs.depth_on(as_of)
    measured = (("height", needs.height_nm, height_nm), ("depth", depth, depth_nm))
    findings = tuple(
        Finding(
            "size.too_small",
            params=Elements(
                reason=what,
                found=lengths.to_text(found),
                least=lengths.to_text(least),
                found_nm=found,
                least_nm=least,
                format=name,
            ),
        )
        for what, least, found in measured
        if least is not None and found is not None and found < least
    )
    untested = tuple(what for what, least, found in measured if least and found is None)
    return SizeReport(name, needs, findings, untested)
