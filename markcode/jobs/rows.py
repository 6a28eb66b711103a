"""The rows of a table as arms and events, with what is wrong with their cells.

Nothing is judged here but what stands between a cell and an element: which column feeds which
element, whether a year is a number, and the faults that the table reports of a cell itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markcode.cells import read_cells
from markcode.errors import TableError
from markcode.model import Elements, Event, Finding, Firearm
from markcode.tables import open_table, resolve_columns
from markcode.writing import check_faults, prepare

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from markcode.arrow import Strings
    from markcode.declaration import EventRule
    from markcode.format import Format
    from markcode.tables import CellFault, Row
    from markcode.tables.chunks import Chunk

__all__ = ["Arm", "ArmChunk", "Arms", "arm_of"]


@dataclass(frozen=True)
class Arm:
    """One row of a table."""

    row: int
    """Record number as in contracts.md section 8: the header is row 1."""
    firearm: Firearm
    event: Event
    findings: tuple[Finding, ...] = ()
    """Faults of cells; such an element is absent from ``firearm`` and ``event``."""

    @property
    def is_misaligned(self) -> bool:
        """Whether cells may stand under wrong headers, so that nothing they say is to be judged."""
        return any(finding.code.startswith("row.") for finding in self.findings)


@dataclass(frozen=True)
class ArmChunk:
    """Some rows of a table, as columns of cells by element."""

    chunk: Chunk
    cells: Mapping[str, Strings]

    @property
    def numbers(self) -> NDArray[np.int64]:
        """Record number of each row."""
        return self.chunk.numbers

    def part(self, begin: int, end: int) -> ArmChunk:
        """Return the rows from one index up to another."""
        rows = slice(begin, end)
        cells = {name: column.take(rows) for name, column in self.cells.items()}
        return ArmChunk(self.chunk.part(begin, end), cells)


class Arms:
    """The arms of a table, in order; reading again reads the file again.

    Raises `TableError` for a file that is no table, a column or element that is not there, and a
    constant that is no value of its element.
    """

    def __init__(
        self,
        source: Path,
        fmt: Format,
        kind: str,
        columns: Mapping[str, str],
        constants: Mapping[str, str],
        encoding: str | None = None,
        *,
        without_serial: bool = False,
    ) -> None:
        self._rule = fmt.rule(kind)
        self._constants = dict(constants)
        self._check_constants(fmt)
        self._table = open_table(source, encoding=encoding)
        resolved = resolve_columns(
            self._table.headers,
            {element.name: element.owner for element in self._rule.elements},
            columns,
            constants=tuple(constants),
            attributes={element.name: element.attribute for element in self._rule.elements},
            required=[
                element.name
                for element in self._rule.elements
                if element.required and not (without_serial and element.name == "serial")
            ],
        )
        self.sha256 = self._table.sha256
        """Of the file, in hexadecimal."""
        self.columns = resolved.of
        """Header by element."""
        self.unused = resolved.unused
        """Headers of columns that feed no element."""
        self.replaced = _replaced(resolved.unused, self._rule, self._constants)
        """Header, by element, of columns that a constant has taken the place of."""
        self._element_of = {header: element for element, header in self.columns.items()}
        self._numbers = {element.name for element in self._rule.elements if element.is_number}

    def __getstate__(self) -> dict[str, Any]:
        # In another process, arms are made of chunks that this one has read.
        return {name: value for name, value in self.__dict__.items() if name != "_table"}

    def chunks(self) -> Iterator[ArmChunk]:
        """Yield the arms as columns, many at a time."""
        for chunk in self._table.chunks():
            places = {header: at for at, header in enumerate(chunk.headers)}
            cells = {n: chunk.columns[places[header]] for n, header in self.columns.items()}
            yield ArmChunk(chunk, cells)

    def arm(self, chunk: Chunk, index: int) -> Arm:
        """Return one arm of a chunk."""
        return self._arm(chunk.row(index))

    def column(self, finding: Finding) -> str:
        """Return the header of what a finding is about, as in the file.

        For a constant, or an element without a column, that is the element's name. What is about
        several elements stands under the serial number if that is one of them, else the last.
        """
        column = finding.params.get("column")
        if isinstance(column, str):
            return column
        name = finding.element
        if name is None:
            names = finding.params.get("elements", ())
            name = "serial" if "serial" in names else (names[-1] if names else "")
        return self.columns.get(name, name)

    def _arm(self, row: Row) -> Arm:
        values = {name: row.values[header] for name, header in self.columns.items()}
        findings = []
        for fault in row.faults:
            element = self._element_of.get(fault.column or "")
            if fault.column is not None and element is None:
                continue
            if fault.code in ("cell.numeric", "cell.formula") and element in self._numbers:
                # A spreadsheet that makes a number of a year, or reckons it, has lost nothing.
                continue
            findings.append(_cell_finding(fault, element))
            values.pop(element or "", None)
        arm = arm_of(row.number, self._rule, {**values, **self._constants})
        return replace(arm, findings=(*findings, *arm.findings))

    def _check_constants(self, fmt: Format) -> None:
        known = [element.name for element in self._rule.elements]
        for name, value in self._constants.items():
            if name not in known:
                raise TableError(
                    f"--set {name}: {fmt.name} has no element {name!r} for the event "
                    f"{self._rule.kind}; it has: {', '.join(known)}"
                )
            if not value:
                raise TableError(f"--set {name}: the value is empty; leave the option out")
        arm = arm_of(0, self._rule, self._constants)
        for finding in arm.findings:
            raise TableError(
                f"--set {finding.element}: {finding.params['value']!r} is no year; write four "
                "digits, such as 2026"
            )
        for finding in _data_findings(fmt, self._rule, arm):
            if finding.severity == "error" and finding.element in self._constants:
                raise TableError(f"--set {finding.element}: {finding.message()}")


def _data_findings(fmt: Format, rule: EventRule, arm: Arm) -> Iterator[Finding]:
    """Yield what is wrong with the elements that an arm has, each for itself."""
    prepared = prepare(fmt, rule, arm.firearm, arm.event)
    yield from prepared.findings
    if fmt.check is None or fmt.check_over != "mark":
        return
    # The check of a whole mark is judged by `prepare` only once every element is there.
    covered = {name: prepared.tokens.get(name, "") for name in fmt.covered(rule.kind)}
    for name, fault in check_faults(fmt.check, covered):
        if name is not None:
            yield Finding(fault.code, fault.severity, name, None, fault.params)


def _replaced(
    unused: Sequence[str], rule: EventRule, constants: Mapping[str, str]
) -> dict[str, str]:
    owners = {element.name: element.owner for element in rule.elements if element.name in constants}
    try:
        return resolve_columns(unused, owners).of
    except TableError:
        # Several columns could be it; none of them is read.
        return {}


def _cell_finding(fault: CellFault, element: str | None) -> Finding:
    params = dict(fault.params)
    if fault.column is not None:
        params["column"] = fault.column
    return Finding(fault.code, "error", element, None, Elements(params))


def arm_of(row: int, rule: EventRule, values: Mapping[str, str]) -> Arm:
    """Return the arm that ``values`` (element to text; absent or empty is none) describe."""
    return Arm(row, *read_cells(rule, values))
