"""Equipment ``svg``, ``png`` and ``dxf``: the lines and the symbol of a mark, at real size.

One file a mark, in the folder ``drawings``, named by the row of the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from markcode.equipment.mark import EachAlone, Mark, Rendered, refused
from markcode.errors import InvalidMark, Misfit, SymbolError
from markcode.model import Elements

if TYPE_CHECKING:
    from markcode.equipment.setup import Setup
    from markcode.symbols.emblems import Emblem
    from markcode.symbols.png import Picture

__all__ = [
    "DrawingWriter",
    "Sizes",
    "achieved",
    "file_name",
    "open_drawing",
    "outlines_of",
    "sizes",
    "undrawable",
]


class Sizes(TypedDict):
    """What all drawings need to know; lengths in nanometres."""

    height_nm: int
    module_nm: int
    emblems: Mapping[str, Emblem]


def sizes(height_nm: int, module_nm: int, emblems: Mapping[str, Sequence[str]]) -> Sizes:
    """Return the sizes; ``emblems`` are paths by name. Raises `SymbolError` for no outline."""
    return Sizes(height_nm=height_nm, module_nm=module_nm, emblems=outlines_of(emblems))


def outlines_of(emblems: Mapping[str, Sequence[str]]) -> dict[str, Emblem]:
    """Return the outlines that paths draw, by name. Raises `SymbolError` for one that is none."""
    from markcode.symbols.emblems import emblem_from_paths

    return {name: emblem_from_paths(paths) for name, paths in emblems.items()}


def file_name(row: int, kind: str, note: str = "") -> str:
    """Return the name of the drawing of a row.

    >>> file_name(812, "svg"), file_name(812, "dxf", "_mm")
    ('drawings/00000812.svg', 'drawings/00000812_mm.dxf')
    """
    return f"drawings/{row:08}{note}.{kind}"


def undrawable(equipment: str, mark: Mark, fault: SymbolError) -> InvalidMark:
    """Return the refusal of a mark that cannot be drawn, or does not fit on its face."""
    if isinstance(fault, Misfit):
        return refused(equipment, fault.reason, "\n".join(mark.lines), **fault.params)
    return refused(equipment, "drawing", "\n".join(mark.lines), detail=str(fault))


def achieved(picture: Picture, mark: Mark) -> Elements:
    """Return the sizes that the dots of a picture give to a mark."""
    reached = {"height_nm": picture.achieved_height_nm}
    if mark.symbol is not None:
        reached["module_nm"] = picture.achieved_module_nm
    return Elements(reached)


class DrawingWriter(EachAlone):
    """Draws each mark; ``kind`` is svg, png or dxf, sizes are in nanometres.

    ``emblems`` are outlines of drawn symbols that the format brings along, as paths by name;
    ``reference`` adds the quiet zones to a DXF. Raises `SymbolError` for what is no outline.
    """

    has_file = True

    def __init__(
        self,
        kind: str,
        height_nm: int,
        module_nm: int,
        dpi: int,
        emblems: Mapping[str, Sequence[str]],
        *,
        reference: bool = False,
    ) -> None:
        self._kind = kind
        self._dpi = dpi
        self._reference = reference
        self._sizes = sizes(height_nm, module_nm, emblems)

    def render(self, mark: Mark) -> Rendered:
        """Return the drawing. Raises `InvalidMark` for what cannot be drawn."""
        try:
            return self._drawn([mark])[0]
        except SymbolError as fault:
            raise undrawable(self._kind, mark, fault) from fault

    def render_many(self, marks: Sequence[Mark]) -> list[Rendered | InvalidMark]:
        """Return for each mark what `render` returns, or the refusal that it raises.

        Some hundreds of marks at a time are drawn much faster than one by one.
        """
        try:
            return list[Rendered | InvalidMark](self._drawn(marks))
        except SymbolError:
            return [self._render_or_refuse(mark) for mark in marks]

    def _render_or_refuse(self, mark: Mark) -> Rendered | InvalidMark:
        try:
            return self.render(mark)
        except InvalidMark as refusal:
            return refusal

    def _drawn(self, marks: Sequence[Mark]) -> list[Rendered]:
        names = [file_name(mark.row, self._kind) for mark in marks]
        drawn = [(mark.drawn_lines, mark.symbol) for mark in marks]
        if self._kind == "png":
            from markcode.symbols.png import to_png

            pictures = [
                to_png(lines, symbol, dpi=self._dpi, **self._sizes) for lines, symbol in drawn
            ]
            return [
                Rendered(name=name, file=(name, picture.bytes), achieved=achieved(picture, mark))
                for name, picture, mark in zip(names, pictures, marks, strict=True)
            ]
        files: list[bytes]
        if self._kind == "svg":
            from markcode.symbols.svg import to_svgs

            files = [text.encode("utf-8") for text in to_svgs(drawn, **self._sizes, layered=True)]
        else:
            from markcode.symbols.dxf import to_dxf

            files = [to_dxf(mark, **self._sizes, quiet=self._reference) for mark in drawn]
        return [
            Rendered(name=name, file=(name, file)) for name, file in zip(names, files, strict=True)
        ]


def open_drawing(setup: Setup) -> DrawingWriter:
    """Return the writer. Raises `SymbolError` for an outline that is none."""
    return DrawingWriter(setup.name, setup.height_nm, setup.module_nm, setup.dpi, setup.emblems)
