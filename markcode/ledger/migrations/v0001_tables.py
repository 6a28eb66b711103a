"""The first tables (`markcode.ledger.schema` says what they hold)."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, LargeBinary, Text, text

from markcode.ledger.roles import add_triggers

revision = "0001"
down_revision = None

_TEXT = Text().with_variant(Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables and their indexes."""
    op.create_table(
        "entry",
        Column("station", _TEXT, primary_key=True),
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("kind", _TEXT, nullable=False),
        Column("time", _TEXT, nullable=False),
        Column("about_station", _TEXT),
        Column("about_seq", BigInteger),
        Column("data", Text, nullable=False),
        Column("prev", LargeBinary, nullable=False),
        Column("hash", LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "entry_about",
        "entry",
        ["about_station", "about_seq", "station", "seq"],
        sqlite_where=text("about_seq IS NOT NULL"),
        postgresql_where=text("about_seq IS NOT NULL"),
    )
    op.create_index(
        "entry_kind",
        "entry",
        ["kind", "station", "seq"],
        sqlite_where=text("kind <> 'issued'"),
        postgresql_where=text("kind <> 'issued'"),
    )
    op.create_table(
        "mark",
        Column("fold", _TEXT, primary_key=True),
        Column("station", _TEXT, primary_key=True),
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("text", _TEXT, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "serial",
        Column("fold", _TEXT, primary_key=True),
        Column("holder", _TEXT, primary_key=True),
        Column("station", _TEXT, primary_key=True),
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("kind", _TEXT, primary_key=True),
        Column("stamped", _TEXT, nullable=False),
        Column("typed", _TEXT, nullable=False),
        Column("match", _TEXT, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "claim",
        Column("slot", BigInteger, primary_key=True, autoincrement=False),
        Column("value", _TEXT, primary_key=True),
        Column("station", _TEXT, nullable=False),
        Column("seq", BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger",
        Column("station", _TEXT, primary_key=True),
        sqlite_with_rowid=False,
    )
    add_triggers(op.get_bind())
