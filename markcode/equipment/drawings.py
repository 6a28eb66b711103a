"""Equipment ``svg`` and ``png``: the lines and the symbol of a mark together, at real size.

One file a mark, in the folder ``drawings``, named by the row of the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markcode.equipment.mark import Mark, Rendered, refused
from markcode.errors import SymbolError
from markcode.model import Elements

__all__ = ["DrawingWriter", "file_name"]


def file_name(row: int, kind: str) -> str:
    """Return the name of the drawing of a row.

    >>> file_name(812, "svg")
    'drawings/00000812.svg'
    """
    return f"drawings/{row:08}.{kind}"


class DrawingWriter:
    """Draws each mark; ``kind`` is svg or png, sizes are in nanometres.

    ``emblems`` are outlines of drawn symbols that the format brings along, as paths by name. Raises
    `SymbolError` for one that is no outline.
    """

    has_file = True
    line_files: tuple[str, ...] = ()

    def __init__(
        self,
        kind: str,
        height_nm: int,
        module_nm: int,
        dpi: int,
        emblems: Mapping[str, Sequence[str]],
    ) -> None:
        from markcode.symbols.emblems import emblem_from_paths

        self._kind = kind
        self._height_nm = height_nm
        self._module_nm = module_nm
        self._dpi = dpi
        self._emblems = {name: emblem_from_paths(paths) for name, paths in emblems.items()}

    def render(self, mark: Mark) -> Rendered:
        """Return the drawing. Raises `InvalidMark` for what cannot be drawn."""
        name = file_name(mark.row, self._kind)
        try:
            if self._kind == "svg":
                return Rendered(file=(name, self._svg(mark)))
            return self._png(name, mark)
        except SymbolError as fault:
            value = "\n".join(mark.lines)
            raise refused(self._kind, "drawing", value, detail=str(fault)) from fault

    def _svg(self, mark: Mark) -> bytes:
        from markcode.symbols.drawing import draw
        from markcode.symbols.svg import to_svg

        drawing = draw(
            mark.drawn_lines,
            mark.symbol,
            height_nm=self._height_nm,
            module_nm=self._module_nm,
            emblems=self._emblems,
        )
        return to_svg(drawing).encode("utf-8")

    def _png(self, name: str, mark: Mark) -> Rendered:
        from markcode.symbols.png import to_png

        picture = to_png(
            mark.drawn_lines,
            mark.symbol,
            height_nm=self._height_nm,
            module_nm=self._module_nm,
            dpi=self._dpi,
            emblems=self._emblems,
        )
        achieved = {"height_nm": picture.achieved_height_nm}
        if mark.symbol is not None:
            achieved["module_nm"] = picture.achieved_module_nm
        return Rendered(file=(name, picture.bytes), achieved=Elements(achieved))
