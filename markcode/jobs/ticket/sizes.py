"""The section of a ticket on what the metal must bear: sizes, place and depth, and on the time."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING

from markcode import lengths
from markcode.engraving.depth import depth_nm
from markcode.errors import SymbolError
from markcode.jobs.depths import missed_by_dots
from markcode.jobs.marks import Stated
from markcode.jobs.ticket.facts import Facts
from markcode.jobs.ticket.parts import Row, shown
from markcode.words import Words

if TYPE_CHECKING:
    from markcode.engraving.plate import Engraved

__all__ = ["sizes"]


def sizes(facts: Facts, words: Words, made: Engraved | None, fault: str) -> Iterator[Row]:
    required = facts.job.fmt.requirements
    height = required.height_nm
    text = [words(_height_key(facts), drawn=lengths.to_text(facts.setup.height_nm))]
    text.append(words("least", length=lengths.to_text(height)) if height else words("least.none"))
    yield Row(words("height"), (", ".join(text),))
    yield from _symbol(facts, words)
    achieved = facts.job.head.get("achieved", {})
    parts = [
        words(f"achieved.{name}", length=lengths.to_text(achieved[f"{name}_nm"]))
        for name in ("height", "module")
        if f"{name}_nm" in achieved
    ]
    if parts:
        yield Row(words("achieved"), (", ".join(parts),))
    if facts.is_drawn or fault:
        yield from _box(words, made, fault)
    yield from _place(facts, words)
    yield Row(words("depth"), tuple(_depth(facts, words)))
    yield from _time(facts, words, made)


def _height_key(facts: Facts) -> str:
    if facts.is_drawn:
        return "height.drawn"
    return "height.machine" if facts.job.head.get("height_nm") is None else "height.font"


def _depth(facts: Facts, words: Words) -> Iterator[str]:
    """Yield what depth is required, and what of it the files and the dots give."""
    required = facts.job.fmt.requirements
    if not required.depth_nm:
        yield words("least.none")
    else:
        depth = lengths.to_text(required.depth_nm)
        least = words("least", length=depth)
        if required.depth_from:
            least = f"{least}, {words('depth.from', day=required.depth_from)}"
        yield least
    carried = facts.setup.settings.get("depth")
    if isinstance(carried, int):
        yield words("depth.file", depth=lengths.to_text(carried))
    elif required.depth_nm:
        yield words("depth.hold", depth=lengths.to_text(required.depth_nm))
    yield from _dots(facts, words)


def _dots(facts: Facts, words: Words) -> Iterator[str]:
    """Yield how deep the dots are by the cone of the stylus, and what misses the format's depth."""
    style, cone = facts.style, facts.setup.settings.get("cone")
    text, symbol = style.text.startswith("dots"), style.cells == "dots" and facts.setup.symbol
    if not isinstance(cone, int) or not (text or symbol):
        return
    missed = missed_by_dots(facts.job.fmt, facts.setup)
    for finding in missed:
        yield finding.message(words.language)
    if not missed:
        yield words(
            "depth.dots",
            dot=lengths.to_text(style.dot_nm),
            cone=cone,
            depth=lengths.to_text(depth_nm(style.dot_nm, cone) // 1000 * 1000),
        )


def _time(facts: Facts, words: Words, made: Engraved | None) -> Iterator[Row]:
    declared = facts.equipment
    if declared is None or declared.seconds is None or made is None:
        return
    one = declared.seconds(facts.setup, made)
    if one is not None:
        every = _span(ceil(one * facts.found.count))
        yield Row(words("time"), (words("time.text", one=f"{one} s", all=every),))


def _span(seconds: int) -> str:
    """Return a time as hours, minutes and seconds.

    >>> _span(7384), _span(59)
    ('2 h 03 min 04 s', '59 s')
    """
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes:02} min {rest:02} s"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def _symbol(facts: Facts, words: Words) -> Iterator[Row]:
    name = facts.job.entry("symbol", str, type(None))
    if name is None:
        yield Row(words("symbol"), (words("symbol.none"),))
        return
    yield Row(words("symbol"), (", ".join([shown(name), *_symbol_sizes(facts, words)]),))
    if facts.job.head.get("module_nm") is not None:
        yield Row(words("module"), (lengths.to_text(facts.setup.module_nm),))


def _symbol_sizes(facts: Facts, words: Words) -> Iterator[str]:
    """Yield the size of the first symbol, and that of the one that holds most if it is another."""
    first, longest = facts.found.first, facts.found.longest
    sizes = _size(facts, first), _size(facts, longest)
    if first == longest or sizes[0] == sizes[1]:
        yield from sizes[:1] if sizes[0] else ()
        return
    for key, mark, size in zip(
        ("size.first", "size.longest"), (first, longest), sizes, strict=True
    ):
        if mark is not None and size:
            yield words(key, size=size, row=mark.row)


def _size(facts: Facts, mark: Stated | None) -> str:
    """Return the modules of a symbol; nothing where it cannot be made."""
    try:
        symbol = None if mark is None else facts.symbol(mark)
    except SymbolError:
        return ""
    if symbol is None:
        return ""
    return f"{symbol.columns}" if symbol.is_linear else f"{symbol.rows}x{symbol.columns}"


def _box(words: Words, made: Engraved | None, fault: str) -> Iterator[Row]:
    box = None if made is None else made.box()
    if fault:
        yield Row(words("box"), (words("box.none", detail=fault),))
    elif made is not None and box is not None:
        left, top, right, bottom = box
        said = words(
            "box.text",
            width=_um(right - left),
            height=_um(bottom - top),
            x=_um(left),
            y=_um(top),
            across=_um(made.width_nm),
            down=_um(made.height_nm),
        )
        yield Row(words("box"), (said,))


def _um(length_nm: int) -> str:
    """Return a length in millimetres, rounded to a micrometre.

    >>> _um(26_193_766)
    '26.194'
    """
    return lengths.mm((length_nm + 500) // 1000 * 1000)


def _place(facts: Facts, words: Words) -> Iterator[Row]:
    face, head = facts.face, facts.job.head
    if face is not None:
        said = []
        if face.size_nm is not None:
            width, height = map(lengths.mm, face.size_nm)
            said.append(words("face.size", width=width, height=height))
        if face.turn:
            said.append(words("face.turn", turn=face.turn))
        if face.cylinder_nm is not None:
            said.append(words("face.cylinder", diameter=lengths.to_text(face.cylinder_nm)))
        yield Row(words("face"), (", ".join(said),))
    if "grid" in head:
        columns, rows = head["grid"]
        said = [words("grid.text", columns=int(columns), rows=int(rows))]
        if head.get("pitch_nm"):
            across, down = map(lengths.mm, head["pitch_nm"])
            said.append(words("grid.pitch", across=across, down=down))
        yield Row(words("grid"), (", ".join(said),))
