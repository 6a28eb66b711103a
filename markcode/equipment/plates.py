"""Drawings of every kind: a mark, or a plate of many, laid out once and then written as a file.

One file a mark in the folder ``drawings``, named by the row of the table; with a grid, one file a
plate in the folder ``sheets``, numbered from 1 and filled from left to right and then downwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from markcode.engraving.engraver import Engraver, Style, plate_of
from markcode.engraving.ordering import Ordering
from markcode.engraving.plate import Engraved, Plate
from markcode.equipment.drawings import file_name, outlines_of, undrawable
from markcode.equipment.mark import NO_FILES, Mark, Rendered
from markcode.equipment.setup import Setup
from markcode.equipment.sheets import file_name as sheet_name
from markcode.errors import InvalidMark, JobError, SymbolError

__all__ = ["PlateWriter", "engraver_of", "is_filled"]

Document = Callable[[Plate], bytes]
"""Writes one drawing as a file; raises `SymbolError` for what the format cannot hold."""
Documents = Callable[[Sequence[Plate]], Sequence[bytes]]
"""Writes the drawings of marks that `Refuse` has let pass, which is faster than one by one."""
_TOGETHER = 64
"""Drawings written at once: more are no faster, and the ways of a laser take memory."""
Refuse = Callable[[Engraved], None]
"""Raises `SymbolError` for a mark that `Document` would refuse; it does so before the mark goes on
a plate."""


def engraver_of(setup: Setup) -> Engraver:
    """Return what lays the marks of a job out. Raises `SymbolError` for a bad outline."""
    return Engraver(
        height_nm=setup.height_nm,
        module_nm=setup.module_nm,
        style=Style.of_settings(setup.settings, setup.module_nm),
        face=setup.face,
        emblems=outlines_of(setup.emblems),
    )


def is_filled(setup: Setup) -> bool:
    """Return whether everything is a filled outline, on no face: so it is drawn fastest.

    `markcode.symbols` draws it then, outlines of many symbols at once, to the same shapes.
    """
    style = Style.of_settings(setup.settings, setup.module_nm)
    return setup.face is None and style.text == style.cells == "outline"


class PlateWriter:
    """Lays marks out and writes them with ``document``, into files that end in ``suffix``.

    ``note`` stands in the name of a file, before the suffix. The setting ``order`` says how the
    parts of a mark are put into order; marks keep that of the table.
    """

    has_file = True
    heads: Mapping[str, bytes] = NO_FILES
    is_columnar = False

    def __init__(
        self,
        setup: Setup,
        suffix: str,
        document: Document,
        note: str = "",
        refuse: Refuse | None = None,
        documents: Documents | None = None,
    ) -> None:
        self._setup, self._document, self._refuse = setup, document, refuse
        self._documents = documents
        self._suffix, self._note = suffix, note
        self._engraver = engraver_of(setup)
        self._ordering = Ordering(setup.settings.get("order", "rows"))
        self._marks: list[Engraved] = []
        self._number = 1

    def render(self, mark: Mark) -> Rendered:
        """Return the drawing of the mark. Raises `InvalidMark` for what cannot be drawn."""
        (rendered,) = self.render_many([mark])
        if isinstance(rendered, InvalidMark):
            raise rendered
        return rendered

    def render_many(self, marks: Sequence[Mark]) -> list[Rendered | InvalidMark]:
        """Return for each mark what `render` returns, or the refusal that it raises."""
        engraved = [self._engraved(mark) for mark in marks]
        fit = [(at, made) for at, made in enumerate(engraved) if isinstance(made, Engraved)]
        ordered = self._ordering.ordered([made for _, made in fit])
        rendered = self._rendered([marks[at] for at, _ in fit], ordered)
        results = dict(zip((at for at, _ in fit), rendered, strict=True))
        return [
            results[at] if isinstance(made, Engraved) else made for at, made in enumerate(engraved)
        ]

    def _engraved(self, mark: Mark) -> Engraved | InvalidMark:
        try:
            made = self._engraver.engrave(mark.row, mark.drawn_lines, mark.symbol)
            plate_of([made], self._setup.grid)
            if self._refuse is not None:
                self._refuse(made)
        except SymbolError as fault:
            return undrawable(self._setup.name, mark, fault)
        return made

    def _rendered(
        self, marks: Sequence[Mark], made: Sequence[Engraved]
    ) -> list[Rendered | InvalidMark]:
        if self._setup.grid is not None:
            return [Rendered(made=each) for each in made]
        plates = [plate_of([each], None) for each in made]
        if self._documents is None:
            return list(map(self._drawn, marks, plates))
        slices = [plates[at : at + _TOGETHER] for at in range(0, len(plates), _TOGETHER)]
        files = (file for some in slices for file in self._documents(some))
        return list(map(self._file, marks, files))

    def _drawn(self, mark: Mark, plate: Plate) -> Rendered | InvalidMark:
        try:
            return self._file(mark, self._document(plate))
        except SymbolError as fault:
            return undrawable(self._setup.name, mark, fault)

    def _file(self, mark: Mark, content: bytes) -> Rendered:
        name = file_name(mark.row, self._suffix, self._note)
        return Rendered(name=name, file=(name, content))

    def collect(self, mark: Mark, rendered: Rendered) -> Rendered:
        """Return the drawing; of a plate, its name and, when it is full, the plate.

        Raises `JobError` for a plate that the largest of its marks make too large.
        """
        grid = self._setup.grid
        if grid is None:
            return rendered
        name = sheet_name(self._number, self._suffix, self._note)
        self._marks.append(rendered.made)
        file = self._plate() if len(self._marks) == grid.cells else None
        return Rendered(name=name, file=file)

    def finish(self) -> Rendered:
        """Return the last plate, if there are marks for it."""
        return Rendered(file=self._plate() if self._marks else None)

    def _plate(self) -> tuple[str, bytes]:
        name = sheet_name(self._number, self._suffix, self._note)
        try:
            file = name, self._document(plate_of(self._marks, self._setup.grid))
        except SymbolError as fault:
            raise JobError(f"{name}: {fault}; choose a smaller --grid") from fault
        self._marks.clear()
        self._number += 1
        return file
