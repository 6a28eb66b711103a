"""Verdicts on whole columns of marks, where the scalar function would say the same of each row.

A text is cut at its separators. How many pieces there are says which optional elements it has, as
far as that is proven (`markcode.columns.separable`). Then rows are sorted as for encoding: of those
alike in all that is not plain text, one goes through `Format.verify`. What that says of the mark as
a whole holds for all whose plain elements are proven and whose check agrees.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from markcode.arrow import Strings
from markcode.checks.columns import check_codes
from markcode.columns.alike import Alike, Sorter, cell
from markcode.columns.separable import MOST_OPTIONAL, groups, is_separable, is_unforbidden
from markcode.columns.weave import constant
from markcode.declaration import EventRule
from markcode.fields import Value
from markcode.layout import CHECK, Item
from markcode.model import Event, Finding, Firearm, Report, Verdict

if TYPE_CHECKING:
    from markcode.format import Format

__all__ = ["Verified", "VerifyKernel"]

_MOST_KINDS = 20_000
"""Kinds that are remembered from one column to the next."""
_OF_THE_WHOLE = frozenset(
    (
        *("check.boundaries_unprotected", "event.provisional", "format.provisional"),
        "format.not_in_force",
    )
)
"""Findings about a mark as a whole, which are the same for all marks that are alike."""


@dataclass(frozen=True, eq=False)
class Told:
    """What the scalar function says of marks that are alike."""

    verdict: Verdict
    findings: tuple[Finding, ...]
    """All of them about the whole text, so that only their end differs from mark to mark."""
    values: Mapping[str, Value | None]
    """Of the elements that are not plain text."""


@dataclass(frozen=True)
class Verified:
    """The proven rows that have the same elements."""

    rows: NDArray[np.intp]
    told: tuple[Told, ...]
    which: NDArray[np.int32]
    """Which of ``told`` each row is."""
    open: Mapping[str, Strings]
    """The tokens of the plain elements that the marks have."""


class _Choice:
    """One choice of optional elements, and how its marks are cut."""

    def __init__(self, fmt: Format, rule: EventRule, present: frozenset[str]) -> None:
        layout = fmt.layout(rule.kind)
        self.groups = groups(layout, present)
        self.names = [item.name for group in self.groups for item in group if not item.literal]
        self.elements = [name for name in self.names if name != CHECK]
        self.covered = [name for name in fmt.covered(rule.kind) if name in present]
        self.sorter = Sorter(fmt, rule, self.elements)
        lines = [group[0].line for group in self.groups]
        breaks = [one != other for one, other in pairwise(lines)]
        # The separator within a line; between lines, a line break, or the blank of a payload.
        self.gaps = ["\n " if is_break else layout.separator for is_break in breaks]
        self.told: dict[tuple[bytes, ...], Told | None] = {}


class VerifyKernel:
    """The kernel of one profile and event; usable from several threads."""

    def __init__(
        self, fmt: Format, rule: EventRule, as_of: datetime.date | None, pedantic: bool
    ) -> None:
        self._fmt, self._rule, self._as_of, self._pedantic = fmt, rule, as_of, pedantic
        self._lock = threading.Lock()
        self._gaps = np.zeros(256, np.bool_)
        self._choices: dict[int, list[_Choice]] = {}
        if self._is_able():
            layout = fmt.layout(rule.kind)
            self._gaps[[ord(c) for c in {layout.separator, "\n", " "}]] = True
            for present in _choices(layout.items):
                if is_separable(layout, present):
                    choice = _Choice(fmt, rule, present)
                    if choice.sorter.is_able:
                        self._choices.setdefault(len(choice.groups), []).append(choice)

    def _is_able(self) -> bool:
        if self._fmt.declaration.syntax is not None or not self._rule.readable:
            return False
        layout = self._fmt.layout(self._rule.kind)
        if (
            len(layout.separator) != 1
            or sum(item.optional for item in layout.items) > MOST_OPTIONAL
        ):
            return False
        return is_unforbidden(self._rule, layout.items)

    def verify(self, texts: Strings) -> list[Verified]:
        """Return the rows that could be proven, by the elements that they have."""
        if not self._choices or not len(texts):
            return []
        texts = texts.compact()
        is_gap = self._gaps.take(texts.data)
        before = np.concatenate([[0], np.cumsum(is_gap)])
        marks = np.flatnonzero(is_gap)
        first = before[texts.starts]
        count = before[texts.starts + texts.lengths] - first
        open_rows = texts.lengths > 0
        beyond_ascii = texts.data >= 0x80
        if beyond_ascii.any():
            # Its characters are not its bytes, and no text with one is proven.
            so_far = np.concatenate([[0], np.cumsum(beyond_ascii)])
            open_rows &= so_far[texts.starts + texts.lengths] == so_far[texts.starts]
        found: list[Verified] = []
        for pieces, choices in self._choices.items():
            for choice in choices:
                rows = np.flatnonzero(open_rows & (count == pieces - 1))
                if not len(rows):
                    continue
                cut = marks[first[rows][:, None] + np.arange(pieces - 1)].T
                verified = self._of_choice(choice, texts, rows, cut)
                if verified is not None:
                    open_rows[verified.rows] = False
                    found.append(verified)
        return found

    def _of_choice(
        self,
        choice: _Choice,
        texts: Strings,
        rows: NDArray[np.intp],
        cut: NDArray[np.intp],
    ) -> Verified | None:
        own = texts.take(rows)
        good = np.ones(len(rows), np.bool_)
        for gap, at in zip(choice.gaps, cut, strict=True):
            found = texts.data[at]
            good &= np.logical_or.reduce([found == sign for sign in gap.encode()])
        cells: dict[str, Strings] = {}
        begins = np.concatenate([own.starts[None], cut + 1])
        ends = np.concatenate([cut, (own.starts + own.lengths)[None]])
        for group, begin, end in zip(choice.groups, begins, ends, strict=True):
            good &= _cut_group(group, texts.data, begin, end, cells)
        good &= np.logical_and.reduce([cells[name].lengths > 0 for name in choice.names])
        check = cells.pop(CHECK, None)
        alike = choice.sorter.sort(cells, good)
        if alike is None:
            return None
        kept = self._agreeing(choice, alike, check)
        told = self._known(choice, alike, own.take(alike.rows), kept)
        numbers = np.array([-1 if each is None else at for at, each in enumerate(told)], np.int32)
        which = numbers[alike.like]
        chosen = np.flatnonzero(kept & (which >= 0))
        return Verified(
            rows[alike.rows[chosen]],
            tuple(each if each is not None else _NOTHING for each in told),
            which[chosen],
            {name: alike.cells[name].take(chosen) for name in choice.sorter.open},
        )

    def _agreeing(self, choice: _Choice, alike: Alike, check: Strings | None) -> NDArray[np.bool_]:
        """Return which rows bear the check of what it covers."""
        system = self._fmt.check
        if system is None or check is None:
            return np.ones(len(alike.rows), np.bool_)
        if not choice.covered:
            # It says nothing, which the scalar function tells.
            return np.zeros(len(alike.rows), np.bool_)
        codes, known = check_codes(system, [alike.cells[name] for name in choice.covered])
        wanted = constant([text.encode() for text in system.written], codes)
        mine = check.take(alike.rows)
        same = (mine.matrix(system.length) == wanted.matrix(system.length)).all(axis=1)
        agreeing: NDArray[np.bool_] = known & same & (mine.lengths == system.length)
        return agreeing

    def _known(
        self, choice: _Choice, alike: Alike, texts: Strings, kept: NDArray[np.bool_]
    ) -> list[Told | None]:
        rows = np.flatnonzero(kept)[::-1]
        first = np.full(len(alike.keys), -1)
        first[alike.like[rows]] = rows  # of several, the last that is put there
        with self._lock:
            if len(choice.told) > _MOST_KINDS:
                choice.told.clear()
            for key, row in zip(alike.keys, first.tolist(), strict=True):
                if key not in choice.told and row >= 0:
                    tokens = {n: cell(c, row).decode() for n, c in alike.cells.items()}
                    choice.told[key] = self._told(choice, cell(texts, row).decode(), tokens)
            return [choice.told.get(key) for key in alike.keys]

    def _told(self, choice: _Choice, text: str, tokens: Mapping[str, str]) -> Told | None:
        """Return what the scalar function says of a mark; None if others need not be alike."""
        report = self._fmt.verify(text, self._rule.kind, self._as_of, self._pedantic)
        whole = (0, len(text))
        if any(f.code not in _OF_THE_WHOLE or f.span != whole for f in report.findings):
            return None
        values = values_of(self._rule, report)
        read = self._fmt.layout(self._rule.kind).match(text) or {}
        if {name: token.text for name, token in read.items() if name in values} != tokens:
            # Only of good tokens it is proven that other rows are read in the same way.
            return None
        closed = {n: v for n, v in values.items() if n not in choice.sorter.open}
        return Told(report.verdict, report.findings, closed)


_NOTHING = Told("undetermined", (), {})


def values_of(rule: EventRule, report: Report) -> dict[str, Value | None]:
    """Return the elements that a report has read."""
    firearm = report.firearm or Firearm()
    event = Event.of(report.data.get("event", {}), kind=rule.kind)
    return {element.name: element.of(firearm, event) for element in rule.elements}


def _choices(items: Sequence[Item]) -> Iterator[frozenset[str]]:
    """Yield the choices of optional items in the order in which the layout tries them."""
    optional = [item.name for item in items if item.optional]
    fixed = {item.name for item in items if item.literal is None} - set(optional)
    for chosen in product((True, False), repeat=len(optional)):
        yield frozenset(fixed | {n for n, is_in in zip(optional, chosen, strict=True) if is_in})


def _cut_group(
    group: Sequence[Item],
    data: NDArray[np.uint8],
    begin: NDArray[np.intp],
    end: NDArray[np.intp],
    cells: dict[str, Strings],
) -> NDArray[np.bool_]:
    """Cut items that no separator stands between by their lengths, of which one at most varies.

    Puts their texts into ``cells``. Returns which rows have literals as they are written.
    """
    good = np.ones(len(begin), np.bool_)
    if len(group) == 1 and group[0].literal is None:
        cells[group[0].name] = Strings(data, begin, end - begin)
        return good
    lengths = [_fixed_length(item) for item in group]
    rest = (end - begin) - sum(length for length in lengths if length is not None)
    good &= rest >= 0
    at = begin
    for item, length in zip(group, lengths, strict=True):
        long = np.maximum(rest, 0) if length is None else np.full(len(begin), length)
        long = np.where(good, long, 0)
        texts = Strings(data, np.where(good, at, 0), long)
        if item.literal is None:
            cells[item.name] = texts
        else:
            wanted = np.frombuffer(item.literal.encode(), np.uint8)
            good &= (texts.matrix(len(wanted)) == wanted).all(axis=1)
        at = at + long
    if None not in lengths:
        good &= rest == 0
    return good


def _fixed_length(item: Item) -> int | None:
    if item.literal is not None:
        return len(item.literal.encode())
    return item.type.least if item.type.least == item.type.widest else None
