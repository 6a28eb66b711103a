r"""Equipment ``zpl``: labels in ZPL II, one a mark, in the order of the marks.

The printer draws the text in its font 0 and makes the symbol, so the file says in whole dots where
they stand and how large they are: the lines below each other, the symbol below them, so that one
that the printer makes larger than we would meets nothing. What would leave the label is refused.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from markcode import lengths, notation
from markcode.equipment import zpl_fields as fields
from markcode.equipment.mark import EachAlone, Mark, Rendered, refuse_values, refused
from markcode.equipment.setup import Setup
from markcode.errors import InvalidMark, ProfileError, SymbolError
from markcode.lengths import NM_PER_MM
from markcode.model import NO_ELEMENTS, Elements, Payload
from markcode.symbols import Symbol

__all__ = ["FILE", "LabelWriter", "open_zpl"]

FILE = "labels.zpl"
_FORMAT = "R:MARKCODE.ZPL"
"""Where a stored format stands: in the printer's memory, until it is switched off."""
_DOTS_PER_NM = {
    "6": Fraction(6, NM_PER_MM),
    "8": Fraction(8, NM_PER_MM),
    "12": Fraction(300, 25_400_000),
    "24": Fraction(600, 25_400_000),
}
"""By the name that printers have: 150, 203, 300 and 600 dots an inch."""
_LABEL = re.compile(r"([0-9.]{1,9})x([0-9.]{1,9})mm", re.ASCII)
_MARGIN_NM = 2 * NM_PER_MM
_LEAST_MODULE = 2
_MOST_MODULE = 10
"""Dots, of ``^BQ`` and ``^BY``."""
_LEAST_HEIGHT = 10
"""Dots, of ``^A0``."""
_MOST_LABEL = 32_000
"""Dots, of ``^LL``, ``^FO`` and ``^A0``."""


def open_zpl(setup: Setup) -> LabelWriter:
    """Return the writer. Raises `ProfileError` for sizes that no such printer makes."""
    return LabelWriter(setup, _Sizes.of(setup))


@dataclass(frozen=True)
class _Sizes:
    """What the label and its parts measure, in dots."""

    dots_per_nm: Fraction
    width: int
    height: int
    margin: int
    letters: int
    module: int
    bars: int

    @classmethod
    def of(cls, setup: Setup) -> _Sizes:
        settings = setup.settings
        dots_per_nm = _DOTS_PER_NM[settings["dpmm"]]
        width_nm, height_nm = _label(settings["label"])
        module = round(setup.module_nm * dots_per_nm)
        letters = -int(-setup.height_nm * dots_per_nm // 1)
        width, height = int(width_nm * dots_per_nm), int(height_nm * dots_per_nm)
        at = f"at {settings['dpmm']} dots a millimetre"
        if max(width, height) > _MOST_LABEL:
            most = lengths.mm(int(_MOST_LABEL / dots_per_nm))
            raise ProfileError(
                f"--setting label={settings['label']} is {width} x {height} dots {at}; printers "
                f"take {_MOST_LABEL}, which are {most} mm: choose a smaller one"
            )
        if setup.symbol is not None and module < _LEAST_MODULE:
            raise ProfileError(
                f"--module {lengths.to_text(setup.module_nm)} is {_dots(module)} {at}; symbols "
                f"that can be read need {_LEAST_MODULE}: choose a larger one"
            )
        if setup.symbol not in (None, "datamatrix") and module > _MOST_MODULE:
            raise ProfileError(
                f"--module {lengths.to_text(setup.module_nm)} is {_dots(module)} {at}; printers "
                f"take {_MOST_MODULE} for {setup.symbol}: choose a smaller one"
            )
        if letters < _LEAST_HEIGHT:
            raise ProfileError(
                f"--height {lengths.to_text(setup.height_nm)} is {_dots(letters)} {at}; the "
                f"printer's font has {_LEAST_HEIGHT} at least: choose a larger one"
            )
        return cls(
            dots_per_nm,
            width,
            height,
            round(_MARGIN_NM * dots_per_nm),
            letters,
            module,
            round(settings["bars"] * dots_per_nm),
        )

    @property
    def module_nm(self) -> int:
        return round(self.module / self.dots_per_nm)

    @property
    def pitch(self) -> int:
        """From one line to the next."""
        return self.letters + -(-self.letters // 4)


def _dots(count: int) -> str:
    return "1 dot" if count == 1 else f"{count} dots"


def _label(text: str) -> tuple[int, int]:
    """Return the width and height in nanometres. Raises `ProfileError`."""
    sides = _LABEL.fullmatch(text)
    try:
        if sides is None:
            raise lengths.LengthError(text)
        size = lengths.parse(f"{sides[1]}mm"), lengths.parse(f"{sides[2]}mm")
    except lengths.LengthError:
        size = (0, 0)
    if not min(size):
        raise ProfileError(
            f"--setting label={text}: write the label's width x height, such as 50x30mm"
        )
    return size


@dataclass(frozen=True)
class _Field:
    """A symbol as ZPL says it, and its size in dots."""

    command: str
    data: str
    width: int
    height: int
    quiet: tuple[int, int]
    """Dots at its sides, and above and below."""


class LabelWriter(EachAlone):
    """Writes a label for each mark; the first bytes of the file store the format, if asked."""

    def __init__(self, setup: Setup, sizes: _Sizes) -> None:
        self._setup, self._sizes = setup, sizes
        self._is_stored = setup.settings["stored"] == "yes"
        values = setup.equipment.values
        assert values is not None
        # What a recalled format prints in a field that gets no data is not told.
        self._values = dataclasses.replace(values, empty=not self._is_stored)
        self.heads = {FILE: self._stored() if self._is_stored else b""}

    def render(self, mark: Mark) -> Rendered:
        """Return the label. Raises `InvalidMark` for what the label or its symbol cannot hold."""
        refuse_values(self._setup, mark, self._values)
        achieved = NO_ELEMENTS
        symbol = None
        if mark.symbol is not None:
            symbol = self._symbol(mark.symbol)
            achieved = Elements({"module_nm": self._sizes.module_nm})
        self._refuse_large(mark, symbol)
        commands = self._recalled(mark, symbol) if self._is_stored else self._whole(mark, symbol)
        return Rendered({FILE: _lines(commands)}, achieved=achieved)

    # -- what stands in the file -------------------------------------------------------------

    def _whole(self, mark: Mark, symbol: _Field | None) -> Iterator[str]:
        yield from self._begin()
        for number, line in enumerate(mark.lines):
            yield f"{self._text(number)}{_data(line)}"
        if symbol is not None:
            yield f"{self._place(symbol.quiet)}{symbol.command}{_data(symbol.data)}"
        yield from ("^PQ1", "^XZ")

    def _stored(self) -> bytes:
        """Return the format that each label recalls: a numbered field for each line and symbol."""
        fields_ = [self._text(number) for number in range(self._setup.lines)]
        if self._setup.symbol is not None:
            quiet = self._quiet(self._setup.symbol)
            fields_.append(f"{self._place(quiet)}{self._command(self._setup.symbol)}")
        first, *others = self._begin()
        numbered = (f"{field}^FN{number}^FS" for number, field in enumerate(fields_, start=1))
        return _lines([first, f"^DF{_FORMAT}^FS", *others, *numbered, "^XZ"])

    def _recalled(self, mark: Mark, symbol: _Field | None) -> Iterator[str]:
        yield from ("^XA", f"^XF{_FORMAT}^FS", "^CI28")
        data = [*mark.lines, *([symbol.data] if symbol is not None else [])]
        for number, field in enumerate(data, start=1):
            yield f"^FN{number}{_data(field)}"
        yield from ("^PQ1", "^XZ")

    def _begin(self) -> Iterator[str]:
        yield from ("^XA", "^CI28", f"^PW{self._sizes.width}", f"^LL{self._sizes.height}", "^LH0,0")

    def _text(self, number: int) -> str:
        sizes = self._sizes
        top = sizes.margin + number * sizes.pitch
        return f"^FO{sizes.margin},{top}^A0N,{sizes.letters},{sizes.letters}"

    def _place(self, quiet: tuple[int, int]) -> str:
        left, top = self._corner(quiet)
        return f"^FO{left},{top}"

    def _corner(self, quiet: tuple[int, int]) -> tuple[int, int]:
        sizes = self._sizes
        below = sizes.margin + self._setup.lines * sizes.pitch
        return max(sizes.margin, quiet[0]), below + quiet[1]

    def _command(self, symbology: str) -> str:
        module = self._sizes.module
        if symbology == "datamatrix":
            return f"^BXN,{module},200,,,,{fields.DATA_MATRIX_ESCAPE}"
        if symbology == "qr":
            return f"^BQN,2,{module}"
        return f"^BY{module}^BCN,{self._sizes.bars},N,N,N"

    # -- the symbol and its room -------------------------------------------------------------

    def _symbol(self, symbol: Symbol) -> _Field:
        """Return the field of a symbol. Raises `InvalidMark`."""
        name, payload = symbol.symbology, symbol.payload
        module = self._sizes.module
        width, height = symbol.columns * module, symbol.rows * module
        try:
            if name == "datamatrix":
                data = fields.data_matrix(payload)
                # The printer makes it square, whatever ours is.
                width = height = max(width, height)
            elif name == "qr":
                data = fields.qr(payload)
            else:
                data, count = fields.code128(payload)
                # Each symbol character and the check have 11 modules, the stop has 13.
                width, height = (11 * (count + 1) + 13) * module, self._sizes.bars
        except SymbolError as fault:
            raise self._refused("symbol", payload, str(fault)) from fault
        return _Field(self._command(name), data, width, height, self._quiet(name))

    def _quiet(self, symbology: str) -> tuple[int, int]:
        modules = {"datamatrix": (1, 1), "qr": (4, 4)}.get(symbology, (10, 2))
        return modules[0] * self._sizes.module, modules[1] * self._sizes.module

    def _refuse_large(self, mark: Mark, symbol: _Field | None) -> None:
        """Raise `InvalidMark` for what leaves the label.

        No letter of font 0 is wider than it is high, so a line has room for certain.
        """
        sizes = self._sizes
        longest = max((len(line) for line in mark.lines), default=0)
        right = sizes.margin + longest * sizes.letters + sizes.margin
        bottom = sizes.margin + self._setup.lines * sizes.pitch + sizes.margin
        if symbol is not None:
            left, top = self._corner(symbol.quiet)
            right = max(right, left + symbol.width + symbol.quiet[0])
            bottom = max(bottom, top + symbol.height + symbol.quiet[1])
        if right <= sizes.width and bottom <= sizes.height:
            return
        needs = " x ".join(lengths.mm(-int(-side // sizes.dots_per_nm)) for side in (right, bottom))
        has = self._setup.settings["label"]
        detail = (
            f"it needs a label of {needs} mm, and this one is {has}: choose a larger label, or a "
            "smaller --height or --module"
        )
        raise refused(self._setup.name, "drawing", "\n".join(mark.lines), detail=detail)

    def _refused(self, reason: str, payload: Payload, detail: str) -> InvalidMark:
        return refused(self._setup.name, reason, notation.as_text(payload.data), detail=detail)


def _data(field: str) -> str:
    return rf"^FH\^FD{fields.escaped(field)}^FS"


def _lines(commands: Iterator[str] | list[str]) -> bytes:
    return "".join(f"{command}\n" for command in commands).encode("ascii")
