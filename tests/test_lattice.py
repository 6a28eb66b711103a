"""Areas of whole cells are filled as the edges alone tell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markcode.engraving import contours, hatching
from markcode.engraving.edges import Edges
from markcode.engraving.hatching import Area, hatched
from markcode.engraving.lattice import Lattice
from markcode.symbols import make
from markcode.symbols.borders import borders
from markcode.symbols.drawing import outlines

SQUARE = ((0, 0), (400, 0), (400, 400), (0, 400))


class _NoCells(Lattice):
    @classmethod
    def of(cls, edges: Edges, tool_nm: float) -> Lattice | None:
        return None


def cells(data: st.DataObject) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    rows, columns = data.draw(st.tuples(st.integers(1, 7), st.integers(1, 7)))
    bits = data.draw(st.lists(st.booleans(), min_size=rows * columns, max_size=rows * columns))
    return np.array(bits, bool).reshape(rows, columns)


def area_of(dark: np.ndarray[tuple[int, int], np.dtype[np.bool_]], wide: int, tall: int) -> Area:
    rings = borders(dark[None]).corners()
    return tuple(tuple((x * wide - 7 * wide, y * tall + 130) for x, y in ring) for ring in rings)


@given(
    st.data(),
    st.integers(20, 400),
    st.integers(20, 400),
    st.integers(5, 400),
    st.integers(5, 100),
)
def test_cells_are_filled_as_their_edges_tell(
    data: st.DataObject, wide: int, tall: int, tool: int, spacing: int
) -> None:
    area = area_of(cells(data), wide * 1_000, tall * 1_000)
    if not area:
        return
    tool, spacing = tool * 1_000, spacing * 1_000
    found = hatched(area, tool_nm=tool, spacing_nm=spacing)
    reach = contours.reached.__wrapped__(area, tool_nm=tool)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hatching, "Lattice", _NoCells)
        patch.setattr(contours, "Lattice", _NoCells)
        assert found == hatched(area, tool_nm=tool, spacing_nm=spacing)
        assert reach == pytest.approx(contours.reached.__wrapped__(area, tool_nm=tool), abs=1e-12)


@pytest.mark.parametrize(("name", "tool"), [("datamatrix", 100_000), ("qr", 400_000)])
def test_symbols_are_cells_and_filled_as_their_edges_tell(
    name: str, tool: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    symbol = make(name, "CO INDU 26 07 01238 09 R")
    area = outlines(symbol, 400_000)
    lattice = Lattice.of(Edges.of(area), tool)
    assert lattice is not None
    assert np.array_equal(lattice.dark[1:-1, 1:-1], symbol.modules)
    found = hatched(area, tool_nm=tool, spacing_nm=50_000)
    monkeypatch.setattr(hatching, "Lattice", _NoCells)
    assert found == hatched(area, tool_nm=tool, spacing_nm=50_000)


@pytest.mark.parametrize(
    "area",
    [
        (((0, 0), (400, 0), (400, 400)),),
        (SQUARE, tuple((x + 400, y) for x, y in SQUARE)),
        (((0, 0), (90, 0), (90, 400), (0, 400)),),
    ],
    ids=["slanting", "an edge between two cells", "smaller than the tool"],
)
def test_what_is_no_area_of_cells(area: Area) -> None:
    assert Lattice.of(Edges.of(area), 100) is None
    assert Lattice.of(Edges.of((SQUARE,)), 100) is not None
