"""What a writer knows of the job that it writes for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markcode.equipment.declaration import Equipment
from markcode.model import NO_ELEMENTS

if TYPE_CHECKING:
    from markcode.engraving.face import Face
    from markcode.symbols.datamatrix.sizes import Shape
    from markcode.symbols.sheets import Grid

__all__ = ["Setup"]


@dataclass(frozen=True, kw_only=True)
class Setup:
    """The sizes and settings of a job; lengths in nanometres. What is not heeded is 0 or None."""

    equipment: Equipment
    lines: int
    """The most lines that a mark has."""
    symbol: str | None = None
    """Symbology of the marks."""
    shape: Shape = "square"
    """Of a Data Matrix."""
    height_nm: int = 0
    module_nm: int = 0
    dpi: int = 0
    grid: Grid | None = None
    """Where many marks go on one drawing."""
    face: Face | None = None
    """What the mark has to fit on."""
    emblems: Mapping[str, Sequence[str]] = NO_ELEMENTS
    """Outlines of drawn symbols that the format brings along, as paths by name."""
    settings: Mapping[str, Any] = NO_ELEMENTS
    """Value of each setting that counts."""
    profile: Mapping[str, Any] = NO_ELEMENTS
    """The profile as it stands in the manifest, for what people read."""
    event: str = ""
    """Kind of the event that is marked."""
    language: str = "en"
    """Language of what people read."""

    @property
    def name(self) -> str:
        """The name of the equipment."""
        return self.equipment.name
