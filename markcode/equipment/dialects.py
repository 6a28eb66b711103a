"""Equipment ``csv`` with a dialect, and ``lightburn-csv``: one row a mark, one column a line.

A machine's file knows no quotes: a value that would need them refuses the row. An operator's file
is quoted as in RFC 4180. Neither holds a value that a spreadsheet would take for a formula: the
usual guard, an apostrophe before it, would be read, copied or struck with the mark, so such a row
is refused here too (standards/equipment.md 7); ``xlsx`` can hold it as text.
"""

from __future__ import annotations

from collections.abc import Sequence

from markcode.equipment.mark import InRows, Mark, Rendered, refuse_values
from markcode.equipment.payloads import machine_payload, operator_payload, wants_payload
from markcode.equipment.setup import Setup
from markcode.equipment.table import TableWriter
from markcode.equipment.text import BOM, TextWriter, file_name
from markcode.equipment.values import Values

__all__ = ["RowWriter", "open_csv", "open_lightburn"]

_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
_FILES = {"comma": "codes.csv", "semicolon": "codes.csv", "tab": "codes.txt"}
_PLAIN, _PAYLOAD = "codes.txt", "payloads.txt"
_LIGHTBURN = "lightburn.csv"


def open_csv(setup: Setup) -> TableWriter | RowWriter | TextWriter:
    """Return the writer. Raises `ProfileError` for a payload of no symbol."""
    settings = setup.settings
    if "dialect" not in settings:
        return TableWriter()
    with_payload = wants_payload(setup)
    encoding = settings["encoding"]
    if settings["dialect"] == "plain":
        names = [file_name(number) for number in range(1, setup.lines + 1)]
        return TextWriter(
            setup,
            names if setup.lines > 1 else [_PLAIN],
            Values(alphabet=encoding),
            _PAYLOAD if with_payload else None,
        )
    separator = _SEPARATORS[settings["dialect"]]
    for_operator = settings["use"] == "operator"
    return RowWriter(
        setup,
        _FILES[settings["dialect"]],
        _operator(encoding) if for_operator else _machine(separator, encoding),
        separator,
        with_payload=with_payload,
        has_header=settings.get("header", "yes" if for_operator else "no") == "yes",
        is_numbered=settings.get("sequence") == "yes",
        for_operator=for_operator,
    )


def open_lightburn(setup: Setup) -> RowWriter:
    """Return the writer of LightBurn's file: ``%0`` is line 1; a payload stands in the last."""
    values = setup.equipment.values
    assert values is not None
    return RowWriter(setup, _LIGHTBURN, values, ",", with_payload=setup.symbol is not None)


def _machine(separator: str, encoding: str) -> Values:
    return Values(alphabet=encoding, forbidden=f'{separator}"')


def _operator(encoding: str) -> Values:
    return Values(alphabet=encoding, empty=True)


class RowWriter(InRows):
    """Writes each mark as a row of values with a separator between them, and CR LF.

    ``is_numbered`` puts the row of the mark in marks.csv first. A result file names a mark by that
    number, as ``seq`` too, and it stays the same when a job is gone on with.
    """

    def __init__(
        self,
        setup: Setup,
        name: str,
        values: Values,
        separator: str,
        *,
        with_payload: bool = False,
        has_header: bool = False,
        is_numbered: bool = False,
        for_operator: bool = False,
    ) -> None:
        self._setup, self._name, self._values = setup, name, values
        self.columns, self.separator = setup.lines, separator
        self.forbidden = values.forbidden
        self._with_payload = with_payload
        self.is_columnar = not (with_payload or is_numbered or for_operator)
        self._is_numbered, self._for_operator = is_numbered, for_operator
        lines = [f"line_{number}" for number in range(1, setup.lines + 1)]
        header = [*["seq"] * is_numbered, *lines, *["payload"] * with_payload]
        head = BOM if values.alphabet == "utf-8-sig" else b""
        self.heads = {name: head + (self._row(header) if has_header else b"")}

    def render(self, mark: Mark) -> Rendered:
        """Return the row of a mark. Raises `InvalidMark`."""
        refuse_values(self._setup, mark, self._values)
        absent = [""] * (self._setup.lines - len(mark.lines))
        row = [*[str(mark.row)] * self._is_numbered, *mark.lines, *absent]
        if self._with_payload:
            payload = operator_payload if self._for_operator else machine_payload
            row.append(payload(self._setup, mark, self._values))
        return Rendered({self._name: self._row(row)})

    def _row(self, cells: Sequence[str]) -> bytes:
        if self._for_operator:
            cells = [self._quoted(cell) for cell in cells]
        return self._encoded(self.separator.join(cells) + "\r\n")

    def _quoted(self, cell: str) -> str:
        if self.separator not in cell and '"' not in cell:
            return cell
        return '"' + cell.replace('"', '""') + '"'

    def _encoded(self, text: str) -> bytes:
        return text.encode(self._values.alphabet.removesuffix("-sig"))
