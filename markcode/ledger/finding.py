"""Marks found by what a person typed: the mark, a serial of its arm, a part of either.

All is looked for by the folded form, which the look-ups are in order of, and then compared as the
question asks. The fold of a beginning is the beginning of the fold, so a fixed beginning is a range
of an index; a pattern without one goes through all marks.

Where a mark has several lines, a space or any line separator may be typed between them.
"""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Select,
    and_,
    bindparam,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ClauseElement

from markcode.ledger.folding import fold, match_key
from markcode.ledger.kinds import State
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY, MARK, SERIAL
from markcode.ledger.states import states
from markcode.reference.lookalikes import homoglyph

__all__ = ["LIMIT", "Found", "How", "find", "plan", "usual"]

LIMIT = 50
"""How many marks are given if nothing is said."""
_AT_ONCE = 500
_LINES = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_LAST = "\U0010ffff"
"""Comes after every character of a fold."""


class How(enum.StrEnum):
    """How a question is compared."""

    EXACT = "exact"
    """As stamped or typed; if there is no such mark, by the match key."""
    WILDCARD = "wildcard"
    """``?`` is any character, ``*`` any number of them."""
    LIKE = "like"
    """``_`` is any character, ``%`` any number of them: for marks that bear ``?`` or ``*``."""
    FOLDED = "folded"
    """Characters that look alike are the same."""


_WILDCARDS = {How.WILDCARD: ("?", "*"), How.LIKE: ("_", "%")}


class Found(NamedTuple):
    """A mark that was found."""

    mark: Ref
    text: str
    """As struck, lines joined by LF."""
    state: State


class _Row(NamedTuple):
    """A row of a look-up: a mark by its text, or by a serial in its three forms."""

    station: str
    seq: int
    stamped: str
    typed: str
    match: str | None
    """None for the text of a mark."""


def usual(query: str) -> How:
    """Return how a question is compared if nothing is said: by wildcards if there are any.

    >>> usual("CO INDU*"), usual("CO INDU 26")
    (<How.WILDCARD: 'wildcard'>, <How.EXACT: 'exact'>)
    """
    return How.WILDCARD if set("?*") & set(query) else How.EXACT


def find(
    connection: Connection, query: str, how: How | None = None, limit: int | None = LIMIT
) -> Iterator[Found]:
    """Yield the marks that a question means, each once: at most ``limit``, or all.

    A question may be the name of an entry, the text of a mark, or a serial as stamped, as typed, or
    its match key. With wildcards, a mark or serial that is just as typed comes first: a ``*`` may
    be the star of a mark. Texts are compared with case and separators as they are.
    """
    if not _is_text(query):
        return  # no ledger holds such a thing, nor can a database be asked for it
    how = how or usual(query)
    refs = islice(_refs(connection, query, how), limit)
    while some := dict(islice(refs, _AT_ONCE if limit is None else limit)):
        texts = _texts(connection, [ref for ref, text in some.items() if text is None])
        known = states(connection, some)
        for ref, text in some.items():
            if ref in known:
                yield Found(ref, texts[ref] if text is None else text, known[ref])


def _is_text(query: str) -> bool:
    return "\0" not in query and not any("\ud800" <= char <= "\udfff" for char in query)


def _refs(connection: Connection, query: str, how: How) -> Iterator[tuple[Ref, str | None]]:
    """Yield the marks, each once, and their texts where these are at hand."""
    seen: set[Ref] = set()
    for ref, text in _hits(connection, query, how):
        if ref not in seen:
            seen.add(ref)
            yield ref, text


def _hits(connection: Connection, query: str, how: How) -> Iterator[tuple[Ref, str | None]]:
    ref = Ref.found(query)
    if ref is not None and ref in states(connection, [ref]):
        yield ref, None
    asked = _flat(query)
    if how is How.FOLDED:
        yield from _given(_rows(connection, *_same_fold(query)))
        return
    alike = list(_rows(connection, *_same_fold(query)))
    exact = [row for row in alike if asked in (_flat(row.stamped), row.typed)]
    yield from _given(exact)
    if how is not How.EXACT:
        one, many = _WILDCARDS[how]
        matches = pattern(asked, one, many)
        for statement in _ranges(asked, one, many):
            rows = _rows(connection, statement.execution_options(yield_per=_AT_ONCE))
            yield from _given(row for row in rows if any(map(matches, _forms(row))))
    elif not exact:
        key = match_key(query)
        yield from _given(row for row in alike if match_key(row.stamped) == key)


def _given(rows: Iterable[_Row]) -> Iterator[tuple[Ref, str | None]]:
    for row in rows:
        yield Ref(row.station, row.seq), row.stamped if row.match is None else None


def _forms(row: _Row) -> list[str]:
    return [_flat(row.stamped)] if row.match is None else [row.stamped, row.typed, row.match]


def _flat(text: str) -> str:
    """Return a text in one line, as it is compared."""
    return _LINES.sub(" ", text)


def pattern(query: str, one: str, many: str) -> Callable[[str], bool]:
    """Return whether a text is as a question with wildcards says.

    >>> matches = pattern("CO ?NDU*9", "?", "*")
    >>> matches("CO INDU 26 9"), matches("CO INDU 26")
    (True, False)
    """
    first, *others = (_literal(part, one) for part in query.split(many))
    if not others:
        return _whole(first)
    # Each part is taken where it first fits, and never tried elsewhere: no question is slow.
    between = "".join(f"(?>.*?{part})" for part in others[:-1] if part)
    return _whole(f"{first}{between}.*{others[-1]}")


def _literal(part: str, one: str) -> str:
    return ".".join(map(re.escape, part.split(one)))


def _whole(expression: str) -> Callable[[str], bool]:
    matching = re.compile(expression, re.DOTALL).fullmatch
    return lambda text: matching(text) is not None


def _same_fold(query: str) -> tuple[Executable, dict[str, str]]:
    """Return the statement for all that has the same fold, marks and serials, and what it binds."""
    plain = "".join(homoglyph(char) or char for char in query)
    folds = sorted({fold(query), fold(plain)})
    return _of_folds(len(folds)), {f"fold{at}": text for at, text in enumerate(folds)}


# Put together once: that would take longer than the database takes to answer.
@cache
def _of_folds(count: int) -> Executable:
    def among(column: ColumnElement[str]) -> ColumnElement[bool]:
        return or_(*(column == bindparam(f"fold{at}", type_=column.type) for at in range(count)))

    return union_all(_marks(among(MARK.c.fold)), _serials(among(SERIAL.c.fold)))


def _ranges(asked: str, one: str, many: str) -> tuple[Executable, Executable]:
    """Return the marks and the serials that may be as a question with wildcards says."""
    parts = re.split(f"[{re.escape(one + many)}]", asked)
    begins = fold(parts[0])
    # What has no space is the same in one line and in several.
    longest = max((word for part in parts for word in part.split(" ")), key=len)

    def within(column: ColumnElement[str], texts: list[ColumnElement[str]]) -> ColumnElement[bool]:
        holds = or_(*(text.contains(longest, autoescape=True) for text in texts))
        begun = and_(column >= begins, column < begins + _LAST) if begins else true()
        return and_(begun, holds)

    marks = _marks(within(MARK.c.fold, [MARK.c.text])).order_by(*MARK.primary_key)
    forms: list[ColumnElement[str]] = [SERIAL.c.stamped, SERIAL.c.typed, SERIAL.c.match]
    serials = _serials(within(SERIAL.c.fold, forms)).order_by(*SERIAL.primary_key)
    return marks, serials


def _marks(condition: ColumnElement[bool]) -> Select[Any]:
    none = literal(None, MARK.c.text.type)
    return select(MARK.c.station, MARK.c.seq, MARK.c.text, MARK.c.text, none).where(condition)


def _serials(condition: ColumnElement[bool]) -> Select[Any]:
    own = (SERIAL.c.stamped, SERIAL.c.typed, SERIAL.c.match)
    return select(SERIAL.c.station, SERIAL.c.seq, *own).where(condition)


def _rows(
    connection: Connection, statement: Executable, given: dict[str, str] | None = None
) -> Iterator[_Row]:
    with connection.execute(statement, given) as rows:
        yield from map(_Row._make, rows)


def _texts(connection: Connection, refs: Iterable[Ref]) -> dict[Ref, str]:
    """Return the texts of some marks, from their entries."""
    found = {}
    for ref in refs:
        one = and_(ENTRY.c.station == ref.station, ENTRY.c.seq == ref.seq)
        data = connection.execute(select(ENTRY.c.data).where(one)).scalar_one()
        found[ref] = "\n".join(json.loads(data)["lines"])
    return found


class _Explained(Executable, ClauseElement):
    """A statement that the database explains and does not carry out."""

    inherit_cache = False

    def __init__(self, statement: Executable) -> None:
        self.statement = statement


@compiles(_Explained, "sqlite")
def _explain_sqlite(element: _Explained, compiler: Any, **options: Any) -> str:
    return "EXPLAIN QUERY PLAN " + str(compiler.process(element.statement, **options))


@compiles(_Explained, "postgresql")
def _explain_postgresql(element: _Explained, compiler: Any, **options: Any) -> str:
    return "EXPLAIN " + str(compiler.process(element.statement, **options))


def plan(connection: Connection, query: str, how: How | None = None) -> list[str]:
    """Return how the database would look, line by line, in its own words."""
    how = how or usual(query)
    statements: list[tuple[Executable, dict[str, str]]] = [_same_fold(query)]
    if how in _WILDCARDS:
        statements += [(one, {}) for one in _ranges(_flat(query), *_WILDCARDS[how])]
    explained = (connection.execute(_Explained(one), given) for one, given in statements)
    return [str(row[-1]) for rows in explained for row in rows]
