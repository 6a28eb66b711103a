"""One symbol: its modules, its quiet zone, its real size."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from markcode.errors import SymbolError
from markcode.lengths import NM_PER_MM
from markcode.model import Payload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Stack", "Symbol", "as_payload", "stacks"]

_LEAST_BAR_HEIGHT_NM = 5 * NM_PER_MM


@dataclass(frozen=True, eq=False)
class Symbol:
    """Modules of a matrix symbol, or the bars of a linear one.

    ``modules`` is a read-only array of bool, rows by columns, True where dark, without the quiet
    zone; a linear symbol has one row. Two symbols are equal when all that follows is equal.
    """

    symbology: str
    """A name of `markcode.symbols.names`."""
    modules: NDArray[np.bool_]
    quiet_zone: int
    """Light modules needed on each side; left and right only for a linear symbol."""
    payload: Payload
    bar_height_nm: int | None = None
    """Height of the bars of a linear symbol; None: 15 % of the width, at least 5 mm."""

    def __post_init__(self) -> None:
        import numpy as np

        modules = np.array(self.modules, dtype=np.bool_)
        if modules.ndim != 2 or not modules.size:
            raise SymbolError(f"modules are rows by columns, not of shape {modules.shape}")
        modules.setflags(write=False)
        object.__setattr__(self, "modules", modules)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Symbol) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def __reduce__(self) -> tuple[Any, ...]:
        # numpy forgets the read-only flag when it is unpickled; the constructor sets it again.
        fields = (self.symbology, self.modules, self.quiet_zone, self.payload, self.bar_height_nm)
        return (Symbol, fields)

    def _key(self) -> tuple[Any, ...]:
        shape, packed = self.modules.shape, self.modules.tobytes()
        return (self.symbology, shape, packed, self.quiet_zone, self.payload, self.bar_height_nm)

    @property
    def size(self) -> tuple[Any, ...]:
        """What symbols have in common that take the same room at the same module."""
        return (self.modules.shape, self.quiet_zone, self.bar_height_nm)

    @property
    def rows(self) -> int:
        """Number of rows of modules; 1 for a linear symbol."""
        return int(self.modules.shape[0])

    @property
    def columns(self) -> int:
        """Number of columns of modules."""
        return int(self.modules.shape[1])

    @property
    def is_linear(self) -> bool:
        """Whether the symbol is one row of bars."""
        return self.rows == 1

    @property
    def margins(self) -> tuple[int, int]:
        """Modules of quiet zone on each side: (left and right, above and below)."""
        return (self.quiet_zone, 0 if self.is_linear else self.quiet_zone)

    def row_height_nm(self, module_nm: int) -> int:
        """Return the height of one row: a module, or the height of the bars."""
        if not self.is_linear:
            return module_nm
        if self.bar_height_nm is not None:
            return self.bar_height_nm
        fifteen_percent = -(-self.columns * module_nm * 15 // 100)
        return max(fifteen_percent, _LEAST_BAR_HEIGHT_NM)

    def size_nm(self, module_nm: int) -> tuple[int, int]:
        """Return (width, height) in nanometres with the quiet zone, for a module of this size.

        An 18 by 18 Data Matrix at 0.40 mm is 8.0 mm wide: (18 + 2) x 0.40 mm.
        """
        aside, above = self.margins
        width = (self.columns + 2 * aside) * module_nm
        return (width, self.rows * self.row_height_nm(module_nm) + 2 * above * module_nm)


def as_payload(payload: Payload | str | bytes) -> Payload:
    """Return ``payload`` as a `Payload` that holds something. Raises `SymbolError`."""
    if isinstance(payload, (str, bytes)):
        payload = Payload(payload)
    if type(payload) is not Payload or type(payload.data) not in (str, bytes):
        raise SymbolError(f"a symbol holds text or bytes, not {payload!r}")
    if not payload.data:
        raise SymbolError("there is nothing to put into a symbol: the payload is empty")
    return payload


class Stack(NamedTuple):
    """Symbols of one size, to be drawn at once."""

    numbers: list[int]
    """Which symbols they are."""
    modules: NDArray[np.bool_]
    """Symbols x rows x columns."""
    first: Symbol
    place: tuple[int, int]
    """Where the corner of their first module is to stand, if that was told."""


def stacks(
    symbols: Sequence[Symbol | None], places: Sequence[tuple[int, int] | None] | None = None
) -> Iterator[Stack]:
    """Yield the symbols that show anything, stacked by size and, where it is given, by place."""
    import numpy as np

    alike: dict[Hashable, list[tuple[int, Symbol, tuple[int, int]]]] = {}
    for number, symbol in enumerate(symbols):
        if symbol is not None:
            place = (places[number] if places else None) or (0, 0)
            alike.setdefault((symbol.size, place), []).append((number, symbol, place))
    for found in alike.values():
        numbers, chosen, at = zip(*found, strict=True)
        modules = np.stack([symbol.modules for symbol in chosen])
        shown = np.flatnonzero(modules.any(axis=(1, 2))).tolist()
        if shown:
            yield Stack([numbers[index] for index in shown], modules[shown], chosen[0], at[0])
