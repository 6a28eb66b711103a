"""Marks made into entries: what an ``issued`` entry says, and what it enters into the look-ups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from json.encoder import encode_basestring
from typing import Any

from markcode.jobs.registration import KeyColumns, NewMarks
from markcode.ledger import bulk
from markcode.ledger.chain import Chain
from markcode.ledger.claims import SEPARATOR, slot_number
from markcode.ledger.folding import fold, match_key
from markcode.ledger.numbers import Kind, Numbers, slot_name
from markcode.ledger.refs import Ref
from markcode.ledger.schema import CLAIM, MARK, SERIAL

__all__ = ["Drafts", "NumberColumn", "drafted", "enter", "number_columns"]

_quoted = encode_basestring


@dataclass
class NumberColumn:
    """One number of each of some marks."""

    element: str
    kind: Kind
    stamped: Sequence[str]
    typed: Sequence[str | None]
    """None where it is as stamped."""
    holders: Sequence[str]


@dataclass
class Drafts:
    """Entries that have no place in the chain yet, and their rows in the look-ups, in order."""

    rows: list[int] = field(default_factory=list)
    """Record numbers."""
    data: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    claims: list[tuple[int, Sequence[int], Sequence[str]]] = field(default_factory=list)
    """Slot, which of the entries, and the value of each."""
    numbers: list[tuple[Sequence[int], NumberColumn]] = field(default_factory=list)
    """Which of the entries, and the number of each."""

    def in_order(self) -> Drafts:
        """Return the same in the order of the rows."""
        order = sorted(range(len(self.rows)), key=self.rows.__getitem__)
        if order == list(range(len(order))):
            return self
        place = [0] * len(order)
        for at, old in enumerate(order):
            place[old] = at
        return Drafts(
            [self.rows[old] for old in order],
            [self.data[old] for old in order],
            [self.texts[old] for old in order],
            [(slot, [place[at] for at in which], values) for slot, which, values in self.claims],
            [([place[at] for at in which], column) for which, column in self.numbers],
        )


def number_columns(numbers: Numbers, marks: NewMarks) -> list[NumberColumn]:
    """Return the numbers that some marks bear."""
    found = []
    for name, kind, holder in numbers.of(list(marks.elements)):
        stamped = marks.elements[name]
        typed = [None if a == b else a for a, b in _pairs(marks.typed.get(name, stamped), stamped)]
        found.append(NumberColumn(name, kind, stamped, typed, _holders(marks, name, holder)))
    return found


def _holders(marks: NewMarks, name: str, holder: Sequence[str]) -> Sequence[str]:
    wanted = {name, *holder}
    for key in marks.keys:
        if holder and not key.is_text and set(key.elements) == wanted:
            parts = [key.parts[key.elements.index(element)] for element in holder]
            return _joined(parts)
    return [""] * len(marks)


def _joined(parts: Sequence[Sequence[str]]) -> list[str]:
    if len(parts) == 1:
        return list(parts[0])
    return list(map(SEPARATOR.join, zip(*parts, strict=True)))


def _pairs(one: Sequence[str], other: Sequence[str]) -> Iterable[tuple[str, str]]:
    return zip(one, other, strict=True)


def drafted(
    marks: Iterable[NewMarks],
    format_name: str,
    numbers: Numbers,
    job: Ref,
    slots: Sequence[str],
    series: Mapping[int, int],
    struck: bool = False,
) -> Drafts:
    """Return marks of a job as entries without a place.

    ``slots`` are the names of the job's slots; ``series`` says which number of a series a row has;
    ``struck`` marks were found on the metal.
    """
    drafts = Drafts()
    for some in marks:
        count, first = len(some), len(drafts.rows)
        which = range(first, first + count)
        claimed = []
        for key in some.keys:
            name = slot_name(format_name, key.slot[2], key.is_text)
            if key.slot[1] == "error" and name in slots:
                claimed.append((slots.index(name), key))
                drafts.claims.append((slot_number(name), which, _joined(key.parts)))
        columns = number_columns(numbers, some)
        drafts.rows += some.rows
        drafts.data += _data(some, job, claimed, columns, series, struck)
        drafts.texts += some.texts()
        drafts.numbers += [(which, column) for column in columns]
    return drafts.in_order()


def _data(
    marks: NewMarks,
    job: Ref,
    claims: Sequence[tuple[int, KeyColumns]],
    numbers: Sequence[NumberColumn],
    series: Mapping[int, int],
    struck: bool,
) -> list[str]:
    """Return the JSON of each mark, put together from columns."""
    columns: list[Iterable[Any]] = [marks.rows]

    def put(column: Sequence[str | None]) -> str:
        if _is_plain(column):
            columns.append(column)
            return '"%s"'
        columns.append([_null if text is None else _quoted(text) for text in column])
        return "%s"

    parts = [f'"job":{_literal(str(job))}', '"row":%d']
    parts.append(f'"lines":[{",".join(map(put, marks.lines))}]')
    parts.append(f'"check":{put(marks.checks)}')
    if marks.payloads is not None:
        parts.append(f'"payload":{put(marks.payloads)}')
    elements = (f"{_literal(name)}:{put(column)}" for name, column in marks.elements.items())
    parts.append(f'"elements":{{{",".join(elements)}}}')
    keys = (f"[{at},{','.join(map(put, key.parts))}]" for at, key in claims)
    parts.append(f'"claims":[{",".join(keys)}]')
    borne = (
        f"[{_literal(n.kind)},{put(n.stamped)},{put(n.typed)},{put(n.holders)}]" for n in numbers
    )
    parts.append(f'"serials":[{",".join(borne)}]')
    if series:
        parts.append('"number":%s')
        columns.append([series.get(row, _null) for row in marks.rows])
    if struck:
        parts.append('"struck":true')
    template = "{" + ",".join(parts) + "}"
    return [template % values for values in zip(*columns, strict=True)]


_null = "null"


def _is_plain(column: Sequence[str | None]) -> bool:
    """Return whether every text of a column stands in JSON as it is, between quotes."""
    texts = [text for text in column if text is not None]
    joined = "".join(texts)
    is_safe = joined.isprintable() and '"' not in joined and "\\" not in joined
    return is_safe and len(texts) == len(column)


def _literal(text: str) -> str:
    """Return a text as JSON that stands in a template."""
    return _quoted(text).replace("%", "%%")


def enter(chain: Chain, drafts: Drafts, job: Ref, abouts: Sequence[Ref | None] | None) -> None:
    """Add the entries to the chain, with all by which they are found.

    Raises ``sqlalchemy.exc.IntegrityError`` if something is claimed by another entry; then the
    whole transaction must be given up.
    """
    count, first, connection = len(drafts.rows), chain.next, chain.connection
    if not count:
        return
    seqs = range(first, first + count)
    # What may be refused comes first.
    for slot, which, values in drafts.claims:
        _put(connection, CLAIM, chain.station, which, seqs, slot=slot, value=values)
    chain.append_many("issued", drafts.data, abouts)
    folds = list(map(fold, drafts.texts))
    _put(connection, MARK, chain.station, range(count), seqs, fold=folds, text=drafts.texts)
    for which, column in drafts.numbers:
        typed = [b if a is None else a for a, b in zip(column.typed, column.stamped, strict=True)]
        _put(
            connection,
            SERIAL,
            chain.station,
            which,
            seqs,
            fold=list(map(fold, column.stamped)),
            holder=column.holders,
            kind=column.kind,
            stamped=column.stamped,
            typed=typed,
            match=list(map(match_key, column.stamped)),
        )
    chain.append(
        "registered",
        {
            "first": first,
            "last": first + count - 1,
            "marks": count,
            "rows": [min(drafts.rows), max(drafts.rows)],
        },
        job,
    )


def _put(
    connection: Any,
    table: Any,
    station: str,
    which: Sequence[int],
    seqs: Sequence[int],
    **columns: Any,
) -> None:
    """Insert rows of a look-up, a column that is one value for all repeated."""
    count = len(which)
    given = {n: v if not isinstance(v, (str, int)) else [v] * count for n, v in columns.items()}
    given["station"] = [station] * count
    given["seq"] = [seqs[at] for at in which]
    bulk.insert(connection, table, {column.name: given[column.name] for column in table.columns})
