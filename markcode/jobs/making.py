"""The rows of a chunk made into what they add to a job.

The same chunk gives the same bytes, in whichever thread. Rows that the kernel proves are put
together from columns; every other row goes through `Format.encode` by itself, which makes the
findings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from markcode.arrow import Strings
from markcode.cells import unexplained
from markcode.columns.encoding import Encoded, EncodeKernel
from markcode.columns.hashes import hash_column, joined, mixed
from markcode.equipment import Mark, Rendered, Writer, symbol_of
from markcode.errors import InvalidMark
from markcode.jobs.entries import Entries, Hashes, Made
from markcode.jobs.order import Options
from markcode.jobs.registration import NewMarks, of_encoded, of_marking, together
from markcode.jobs.rows import Arm, ArmChunk, Arms
from markcode.jobs.tables import MarkColumns
from markcode.model import Finding, Marking
from markcode.writing import Slot, UniqueKey, implied_slots

if TYPE_CHECKING:
    from markcode.format import Format

__all__ = ["Maker", "mark_of"]


def mark_of(
    fmt: Format, options: Options, writer: Writer, arm: Arm
) -> tuple[Marking, Mark, Rendered]:
    """Return the mark of an arm, and what the machine gets. Raises `InvalidMark`."""
    marking = fmt.encode(arm.firearm, arm.event, accept_provisional=options.accept_provisional)
    symbol = None
    if options.symbol is not None:
        symbol = symbol_of(options.symbol, marking.payload, options.shape)
    mark = Mark(arm.row, marking.lines, symbol, marking.drawn)
    return marking, mark, writer.render(mark)


class Maker:
    """Makes the marks of the rows of one table."""

    def __init__(
        self,
        fmt: Format,
        kind: str,
        options: Options,
        arms: Arms,
        writer: Writer,
        columns: MarkColumns,
    ) -> None:
        self._fmt, self._options, self._arms = fmt, options, arms
        self.writer, self._columns = writer, columns
        rule = fmt.rule(kind)
        self._kernel = EncodeKernel(
            fmt, rule, list(arms.columns), dict(options.constants), options.accept_provisional
        )
        self._implied = implied_slots(rule)
        self._tails: dict[int, tuple[Finding, bytes]] = {}
        self.left_out = np.empty(0, np.int64)
        """Rows that are no part of the job, though they are read."""
        self._parts = (fmt, kind, options, arms)

    def __reduce__(self) -> tuple[type[Maker], tuple[Any, ...]]:
        return Maker, (*self._parts, self.writer, self._columns)

    @property
    def has_kernel(self) -> bool:
        """Whether rows can be proven, so that NumPy does most of the work."""
        return self._kernel.is_able

    def make(
        self,
        arms: ArmChunk,
        repeats: Mapping[int, Sequence[Finding]],
        write: bool,
        numbered: Callable[[Arm], Arm] | None = None,
        hold: bool = False,
    ) -> Made:
        """Return what a chunk adds to the job, and the hashes of its unique keys.

        Without ``write`` only the hashes. ``repeats`` are findings by row; ``numbered`` gives an
        arm its serial. With ``hold``, the entries wait until the marks are registered
        (`Made.finish`).
        """
        proven = [] if numbered is not None else self._proven(arms, repeats)
        made = Made(len(arms.numbers), int(np.count_nonzero(self._selected(arms.numbers))))
        single = self._rest(arms, proven)
        if numbered is not None:
            single = {at: numbered(arm) for at, arm in single.items()}
        for encoded in proven:
            made.hashes += self._hashes(encoded, arms.numbers[encoded.rows])
        made.hashes += self._single_hashes(single.values())
        if write:
            made.held = self._entries(arms, proven, single, repeats, made, hold)
            if hold:
                made.arms, made.repeats = arms, repeats
            else:
                made.finish()
        return made

    def _proven(self, arms: ArmChunk, repeats: Mapping[int, Sequence[Finding]]) -> list[Encoded]:
        among = np.ones(len(arms.numbers), np.bool_)
        among[list(arms.chunk.odd)] = False
        if repeats:
            among &= ~np.isin(arms.numbers, list(repeats))
        return self._kernel.encode(arms.cells, among)

    def _rest(self, arms: ArmChunk, proven: Sequence[Encoded]) -> dict[int, Arm]:
        rest = np.ones(len(arms.numbers), np.bool_)
        for encoded in proven:
            rest[encoded.rows] = False
        return {at: self._arms.arm(arms.chunk, at) for at in np.flatnonzero(rest).tolist()}

    # -- unique keys -------------------------------------------------------------------------

    def _hashes(self, encoded: Encoded, numbers: NDArray[np.int64]) -> list[Hashes]:
        keys = [key for key in encoded.shape.keys if key.slot not in self._implied]
        names = {name for key in keys if not key.is_text for name in key.elements}
        hashed = {name: hash_column(encoded.key_texts(name)) for name in names}
        closed = names - encoded.open.keys()
        # What is struck: CO L123 and COL 123 are the same text, though CO and COL are one country.
        struck = {**hashed, **{name: hash_column(encoded.piece(name)) for name in closed}}
        found: list[Hashes] = []
        for key in keys:
            if key.is_text:
                hashes = mixed([hash_column(encoded.text)], len(numbers))
            elif key.is_joined:
                hashes = joined([struck[name] for name in key.elements], len(numbers))
            else:
                hashes = mixed([hashed[name] for name in key.elements], len(numbers))
            found.append((key.slot, hashes, numbers))
        return found

    def _single_hashes(self, arms: Iterable[Arm]) -> list[Hashes]:
        by_slot: dict[Slot, list[tuple[int, UniqueKey]]] = {}
        for arm in arms:
            keys = () if arm.is_misaligned else self._fmt.keys(arm.firearm, arm.event)
            for key in keys:
                if key.slot not in self._implied:
                    by_slot.setdefault(key.slot, []).append((arm.row, key))
        found: list[Hashes] = []
        for slot, rows in by_slot.items():
            values = zip(*(key.value for _, key in rows), strict=True)
            columns = [
                hash_column(Strings.joined([text.encode() for text in texts])) for texts in values
            ]
            together = joined if rows[0][1].is_joined else mixed
            numbers = np.array([row for row, _ in rows], np.int64)
            found.append((slot, together(columns, len(rows)), numbers))
        return found

    # -- what goes into the job --------------------------------------------------------------

    def _entries(
        self,
        arms: ArmChunk,
        proven: Sequence[Encoded],
        single: dict[int, Arm],
        repeats: Mapping[int, Sequence[Finding]],
        made: Made,
        hold: bool,
    ) -> Entries:
        entries = Entries(self._options, self.writer, self._columns, self._arms.column, self._tails)
        for encoded in proven:
            chosen = encoded.take(np.flatnonzero(self._selected(arms.numbers[encoded.rows])))
            refused = entries.add(chosen, arms.numbers)
            single |= {at: self._arms.arm(arms.chunk, at) for at in refused.tolist()}
        for at in sorted(single):
            arm = single[at]
            if self._selected(np.array([arm.row]))[0]:
                judged = self.judge(arm, repeats.get(arm.row, ()))
                entries.add_single(at, arm.row, *judged)
                if hold and judged[0] is not None:
                    made.marks.append(self._new(arm, judged[0][0]))
        if hold:
            names = [element.name for element in self._columns.elements]
            made.marks = together(made.marks)
            made.marks += [of_encoded(*rows, names) for rows in entries.proven()]
        return entries

    def _new(self, arm: Arm, marking: Marking) -> NewMarks:
        keys = self._fmt.keys(arm.firearm, arm.event)
        return of_marking(arm, marking, self._columns.elements, keys)

    def _selected(self, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
        first, last = self._options.rows or (0, None)
        chosen: NDArray[np.bool_] = numbers >= first
        if last is not None:
            chosen &= numbers <= last
        if len(self.left_out):
            chosen &= ~np.isin(numbers, self.left_out)
        return chosen

    # -- one row -----------------------------------------------------------------------------

    def mark(self, arm: Arm) -> tuple[Marking, Mark, Rendered]:
        """Return the mark of an arm, and what the machine gets. Raises `InvalidMark`."""
        return mark_of(self._fmt, self._options, self.writer, arm)

    def judge(
        self, arm: Arm, repeats: Sequence[Finding]
    ) -> tuple[tuple[Marking, Mark, Rendered] | None, list[Finding]]:
        """Return the mark of an arm and its warnings, or nothing and the faults."""
        if arm.is_misaligned:
            return None, list(arm.findings)
        findings = [*arm.findings, *repeats]
        made = None
        try:
            made = self.mark(arm)
            findings.extend(made[0].findings)
        except InvalidMark as fault:
            findings.extend(unexplained(arm.findings, fault.findings))
        errors = [finding for finding in findings if finding.severity == "error"]
        if errors or made is None:
            return None, errors
        return made, [finding for finding in findings if finding.severity == "warning"]
