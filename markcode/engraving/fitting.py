"""Whether a mark fits on its face, how it is laid out there, and what would fit if it does not.

A symbol stands at the left of the text, or above it where only that fits; a linear one the other
way round. At the right or below it would need the same room. Lines are centred on one another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from markcode.engraving.face import CURVED_PERCENT, Face, least_cylinder
from markcode.engraving.fonts import Font
from markcode.errors import Misfit, SymbolError
from markcode.lengths import mm, to_text
from markcode.symbols.emblems import Emblem
from markcode.symbols.layout import Arrangement, Layout, arrange
from markcode.symbols.symbol import Symbol

__all__ = ["LEAST_MODULE_NM", "Design", "Proposal", "lay_out", "proposals"]

LEAST_MODULE_NM = 250_000
"""Below this, dots of a needle run together (standards/equipment.md 6.1): nothing smaller is
proposed."""
_MODULE_STEP_NM = 50_000
_SIZE_STEP_NM = 100_000
"""Proposed faces and diameters are multiples of it."""
_SHOWN_NM = 10_000
_ARRANGEMENTS: tuple[Arrangement, ...] = ("beside", "under")


@dataclass(frozen=True, kw_only=True)
class Design:
    """What is to be laid out, and the sizes that it is to have, in nanometres."""

    lines: tuple[str, ...]
    symbol: Symbol | None
    height_nm: int
    module_nm: int
    font: Font
    pen_nm: int = 0
    """Width that the tool adds to text."""
    emblems: Mapping[str, Emblem] | None = None
    face: Face | None = None

    def layouts(self) -> Iterator[Layout]:
        """Yield the layouts that may be chosen of, the best first. Raises `SymbolError`."""
        arrangements: tuple[Arrangement, ...] = _ARRANGEMENTS
        if self.symbol is None or self.face is None:
            arrangements = _ARRANGEMENTS[:1]
        if self.symbol is not None and self.symbol.is_linear:
            arrangements = _ARRANGEMENTS[::-1] if self.face is not None else _ARRANGEMENTS[1:]
        for arrangement in arrangements:
            yield arrange(
                self.lines,
                self.symbol,
                height=self.height_nm,
                module=self.module_nm,
                arrangement=arrangement,
                emblems=self.emblems,
                metrics=self.font,
                room=-(-self.pen_nm // 2),
                centred=self.face is not None,
            )

    def needs(self, layout: Layout) -> tuple[int, int]:
        """Return what a layout takes of the face: along it and across it."""
        face = self.face or Face()
        return face.turned(layout.width, layout.height)

    def across_nm(self) -> int:
        """Return how far the symbol extends around a cylinder, without its quiet zone."""
        if self.symbol is None or self.face is None:
            return 0
        tall = self.symbol.rows * self.symbol.row_height_nm(self.module_nm)
        return self.face.turned(self.symbol.columns * self.module_nm, tall)[1]

    def is_too_curved(self) -> bool:
        """Whether the symbol goes too far around the cylinder."""
        most = None if self.face is None else self.face.across_nm
        return most is not None and self.across_nm() > most

    def fitting(self) -> Layout | None:
        """Return the first layout that fits; None if none does."""
        if self.is_too_curved():
            return None
        room = (None, None) if self.face is None else self.face.room_nm
        for layout in self.layouts():
            needed = zip(self.needs(layout), room, strict=True)
            if all(has is None or needs <= has for needs, has in needed):
                return layout
        return None


@dataclass(frozen=True)
class Proposal:
    """A change that makes a mark fit."""

    design: Design
    """As it would be."""
    options: str
    """How to ask for it on the command line."""


def lay_out(design: Design) -> Layout:
    """Return the layout of a mark on its face.

    Raises `SymbolError` for what cannot be laid out at all, `Misfit` for what does not fit.
    """
    layout = design.fitting()
    if layout is None:
        raise _misfit(design)
    return layout


def proposals(design: Design) -> Iterator[Proposal]:
    """Yield changes that make a mark fit, each of which has been tried.

    One a kind: the mark turned; the largest smaller module; the other shape of a Data Matrix, and
    if it must be, a smaller module with it; at last a larger face or cylinder.
    """
    other = _reshaped(design)
    tried = [
        [_turned(design)],
        _smaller(design),
        [] if other is None else [other, _turned(other), *_smaller(other)],
        _larger(design),
    ]
    for kind in tried:
        found = next((changed for changed in kind if changed.fitting() is not None), None)
        if found is not None:
            yield Proposal(found, _options(design, found))


def _turned(design: Design) -> Design:
    """Return the design turned by a quarter."""
    face = design.face or Face()
    return replace(design, face=replace(face, turn=90 - face.turn % 180))


def _smaller(design: Design) -> list[Design]:
    """Return the design with smaller modules, the largest first."""
    if design.symbol is None:
        return []
    first = (design.module_nm - 1) // _MODULE_STEP_NM * _MODULE_STEP_NM
    modules = range(first, LEAST_MODULE_NM - 1, -_MODULE_STEP_NM)
    return [replace(design, module_nm=module) for module in modules]


def _reshaped(design: Design) -> Design | None:
    """Return the design with the rectangle for a square Data Matrix, or the other way round.

    None for another symbol, and for a payload that the other shape does not hold.
    """
    from markcode.symbols import datamatrix

    symbol = design.symbol
    if symbol is None or symbol.symbology != "datamatrix":
        return None
    try:
        if symbol.rows == symbol.columns:
            other = datamatrix.encode(symbol.payload, shape="rectangle")
        else:
            other = datamatrix.encode(symbol.payload)
    except SymbolError:
        return None
    return replace(design, symbol=other)


def _larger(design: Design) -> list[Design]:
    """Return the design on a face and cylinder that are just large enough."""
    face = design.face
    if face is None:
        return []
    wide, tall = min(map(design.needs, design.layouts()), key=lambda needs: _cost(needs, face))
    size = face.size_nm
    if size is not None and (wide > size[0] or tall > size[1]):
        size = (_up(wide), _up(tall))
    diameter = face.cylinder_nm
    if diameter is not None:
        least = least_cylinder(design.across_nm(), tall if size is None else size[1])
        diameter = max(diameter, _up(least))
    return [replace(design, face=Face(size, face.turn, diameter))]


def _cost(needs: tuple[int, int], face: Face) -> tuple[int, int]:
    """Return the area of the face once it has grown to a layout's needs, and of these alone."""
    (wide, tall), (has_wide, has_tall) = needs, face.room_nm
    return max(wide, has_wide or 0) * max(tall, has_tall or 0), wide * tall


def _up(length: int, step: int = _SIZE_STEP_NM) -> int:
    return -(-length // step) * step


def _options(design: Design, changed: Design) -> str:
    """Return the options of the command line that make one design the other."""
    found = []
    if changed.symbol is not design.symbol and changed.symbol is not None:
        shape = "square" if changed.symbol.rows == changed.symbol.columns else "rectangle"
        found.append(f"--shape {shape}")
    if changed.module_nm != design.module_nm:
        found.append(f"--module {mm(changed.module_nm)}mm")
    before, after = design.face or Face(), changed.face or Face()
    if after.turn != before.turn:
        found.append(f"--rotate {after.turn}")
    if after.size_nm is not None and after.size_nm != before.size_nm:
        found.append(f"--face {'x'.join(map(mm, after.size_nm))}mm")
    if after.cylinder_nm is not None and after.cylinder_nm != before.cylinder_nm:
        found.append(f"--cylinder {mm(after.cylinder_nm)}mm")
    options = " ".join(found)
    if "--shape" in options and changed.symbol is not None:
        return f"{options} ({changed.symbol.rows}x{changed.symbol.columns})"
    return options


def _misfit(design: Design) -> Misfit:
    assert design.face is not None
    fits = tuple(proposal.options for proposal in proposals(design))
    would = f"; what would fit: {'; '.join(fits)}" if fits else ""
    if design.is_too_curved():
        assert design.face.cylinder_nm is not None and design.face.across_nm is not None
        params: dict[str, Any] = {
            "needs": to_text(design.across_nm()),
            "has": to_text(design.face.across_nm),
            "diameter": to_text(design.face.cylinder_nm),
            "percent": CURVED_PERCENT,
            "fits": fits,
        }
        message = (
            f"the symbol extends {params['needs']} around a cylinder of {params['diameter']}, "
            f"where at most {params['has']} can be read ({CURVED_PERCENT} % of the diameter)"
        )
        return Misfit(message + would, "cylinder", params)
    needs = " / ".join(
        _size(*(_up(side, _SHOWN_NM) for side in design.needs(layout)))
        for layout in design.layouts()
    )
    params = {"needs": needs, "has": _size(*map(_down, design.face.room_nm)), "fits": fits}
    message = f"the mark needs {needs}, and the face has {params['has']}"
    return Misfit(message + would, "face", params)


def _size(wide: int | None, tall: int | None) -> str:
    """Return a width and a height; without a size a cylinder has no end along its axis."""
    return f"{'...' if wide is None else mm(wide)} x {to_text(tall or 0)}"


def _down(length: int | None) -> int | None:
    """Return what a face has, rounded so that it never looks as if it were enough."""
    return None if length is None else length // _SHOWN_NM * _SHOWN_NM
