"""The tables of a ledger: one that is the record, and three by which it is found.

``entry`` is all that a ledger knows: every row is one fact, written once and never changed, in the
chain of the station that wrote it (`markcode.ledger.chain`). ``mark``, ``serial`` and ``claim``
repeat parts of entries in the order in which they are looked for; they can be made anew from the
entries, and an audit compares them. Nothing refers to a number that only one machine can give out,
so the tables can be merged, partitioned and spread (docs/scaling.md).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    and_,
    literal_column,
    text,
)

__all__ = ["CLAIM", "ENTRY", "LEDGER", "LOOKUPS", "MARK", "METADATA", "SERIAL", "TABLES", "of_kind"]

METADATA = MetaData()

# Texts are compared by their characters, not by the rules of a language, so that ranges of an index
# answer a search by beginning.
_TEXT = Text().with_variant(Text(collation="C"), "postgresql")

ENTRY = Table(
    "entry",
    METADATA,
    Column("station", _TEXT, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),  # from 1, without a gap
    Column("kind", _TEXT, nullable=False),
    Column("time", _TEXT, nullable=False),  # when it was written: UTC, ISO 8601
    Column("about_station", _TEXT),  # the entry that this one is about
    Column("about_seq", BigInteger),
    Column("data", Text, nullable=False),  # JSON
    Column("prev", LargeBinary, nullable=False),  # hash of the station's entry before
    Column("hash", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
Index(
    "entry_about",
    ENTRY.c.about_station,
    ENTRY.c.about_seq,
    ENTRY.c.station,
    ENTRY.c.seq,
    sqlite_where=text("about_seq IS NOT NULL"),
    postgresql_where=text("about_seq IS NOT NULL"),
)
# Marks are nearly all there is, and are found by other tables.
Index(
    "entry_kind",
    ENTRY.c.kind,
    ENTRY.c.station,
    ENTRY.c.seq,
    sqlite_where=text("kind <> 'issued'"),
    postgresql_where=text("kind <> 'issued'"),
)

MARK = Table(
    "mark",
    METADATA,
    Column("fold", _TEXT, primary_key=True),  # `folding.fold` of the text
    Column("station", _TEXT, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("text", _TEXT, nullable=False),  # as struck, lines joined by LF
    sqlite_with_rowid=False,
)
"""Marks by what is struck."""

SERIAL = Table(
    "serial",
    METADATA,
    Column("fold", _TEXT, primary_key=True),
    Column("holder", _TEXT, primary_key=True),  # whose number it is: country, maker, force ...
    Column("station", _TEXT, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", _TEXT, primary_key=True),  # maker, importer or scheme
    Column("stamped", _TEXT, nullable=False),
    Column("typed", _TEXT, nullable=False),
    Column("match", _TEXT, nullable=False),  # `folding.match_key`
    sqlite_with_rowid=False,
)
"""The numbers of arms: the mark's own, and others that the arm bears beside it."""

CLAIM = Table(
    "claim",
    METADATA,
    Column("slot", BigInteger, primary_key=True, autoincrement=False),  # `claims.slot_number`
    Column("value", _TEXT, primary_key=True),
    Column("station", _TEXT, nullable=False),
    Column("seq", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""What may exist once, and the entry that has it: unique keys, numbers, jobs, names of series."""

LEDGER = Table(
    "ledger",
    METADATA,
    Column("station", _TEXT, primary_key=True),
    sqlite_with_rowid=False,
)
"""One row in a SQLite ledger: the station that made it, which writes where none is named."""

LOOKUPS = (MARK, SERIAL, CLAIM)
TABLES = (ENTRY, *LOOKUPS, LEDGER)


def of_kind(name: str, table: Any = ENTRY) -> ColumnElement[bool]:
    """Return the condition that an entry is of a kind (not ``issued``), by the index of kinds.

    SQLite uses that index only where its own condition is said too, as it stands there. ``table``
    may be an alias of `ENTRY`.
    """
    return and_(table.c.kind == name, table.c.kind != literal_column("'issued'"))
