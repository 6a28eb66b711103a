"""Whether what a job marks is as deep as its format asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markcode.engraving.depth import judge
from markcode.engraving.engraver import Style
from markcode.sizes import check_size

if TYPE_CHECKING:
    from markcode.equipment import Setup
    from markcode.format import Format
    from markcode.model import Finding

__all__ = ["missed_by_dots", "missed_depths"]


def missed_depths(fmt: Format, job: Setup) -> list[Finding]:
    """Return what misses the depth that a format asks for, as far as the settings tell.

    Judged are the depth that a program carries (``depth``), or else the dots of a stylus by their
    width and its cone (``dot``, ``cone``; `markcode.engraving.depth`).
    """
    depth = job.settings.get("depth")
    if depth is not None:
        (report,) = check_size(depth_nm=depth, format=fmt)
        return list(report.findings)
    return missed_by_dots(fmt, job)


def missed_by_dots(fmt: Format, job: Setup) -> list[Finding]:
    """Return what the dots of a stylus miss of the depth; nothing where its cone is not known."""
    cone = job.settings.get("cone")
    if cone is None:
        return []
    style = Style.of_settings(job.settings, job.module_nm)
    has_dots = job.symbol is not None and style.cells == "dots"
    return judge(
        fmt.requirements,
        cone,
        symbol_dot_nm=style.dot_nm if has_dots else None,
        text_dot_nm=style.dot_nm if style.text.startswith("dots") else None,
    )
