"""The trial's lines on tampering: each kind done with plain SQL, and what the audit names."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

from cli_runner import run
from ledgers import Ticking, make
from markcode.ledger import Ledger
from markcode.ledger.audit import audit
from markcode.ledger.chain import Entry, entry_hash
from markcode.ledger.checkpoints import make as checkpoint
from markcode.ledger.checkpoints import read, write
from markcode.ledger.keys import keygen
from markcode.ledger.series import Series, define
from tampering import Tamperer
from trial_lines import Line, Places, arms, batch_arguments, clean

__all__ = ["KINDS", "tamper"]

STATION, SERIES = "MVD-1", "NATIONAL"
_HERE = "station = 'MVD-1' AND seq = ?"
_PLACES = ", ".join("?" * 9)

Act = Callable[[Tamperer, list[Entry], random.Random], set[str]]
"""Changes something by plain SQL, and returns the entries of which the audit must name one each."""


def _edit(column: str, value: object) -> Act:
    def act(tamperer: Tamperer, entries: list[Entry], chance: random.Random) -> set[str]:
        entry = chance.choice(entries[1:])
        _one(tamperer, f"UPDATE entry SET {column} = ? WHERE {_HERE}", value, entry.seq)
        return {str(entry.ref)}

    return act


def _replace(tamperer: Tamperer, entries: list[Entry], chance: random.Random) -> set[str]:
    """Edit an entry and give it the right hash."""
    old = chance.choice(entries[:-1])
    data = json.dumps({**old.content, "row": 99_999})
    own = entry_hash(old.prev, STATION, old.seq, old.kind, old.time, old.about, data)
    _one(tamperer, f"UPDATE entry SET data = ?, hash = ? WHERE {_HERE}", data, own, old.seq)
    return {str(old.ref)}


def _delete(tamperer: Tamperer, entries: list[Entry], chance: random.Random) -> set[str]:
    entry = chance.choice(entries[:-1])
    _one(tamperer, f"DELETE FROM entry WHERE {_HERE}", entry.seq)
    return {str(entry.ref)}


def _insert(tamperer: Tamperer, entries: list[Entry], chance: random.Random) -> set[str]:
    """Put an entry with a right hash between two, and number those after it anew."""
    after = chance.choice(entries[1:-1])
    for entry in reversed(entries[after.seq :]):
        _one(tamperer, f"UPDATE entry SET seq = seq + 1 WHERE {_HERE}", entry.seq)
    forged = (STATION, after.seq + 1, "inspected", after.time, None, None, '{"note":"forged"}')
    own = entry_hash(after.hash, STATION, after.seq + 1, *forged[2:4], None, forged[6])
    _one(tamperer, f"INSERT INTO entry VALUES ({_PLACES})", *forged, after.hash, own)
    return {f"{STATION}/{after.seq + 1}"}


def _swap(tamperer: Tamperer, entries: list[Entry], chance: random.Random) -> set[str]:
    one, other = chance.sample(entries[1:], 2)
    for seq, to in ((one.seq, 0), (other.seq, one.seq), (0, other.seq)):
        _one(tamperer, f"UPDATE entry SET seq = ? WHERE {_HERE}", to, seq)
    return {str(one.ref), str(other.ref)}


def _look_up(statement: str) -> Act:
    def act(tamperer: Tamperer, entries: list[Entry], chance: random.Random) -> set[str]:
        mark = chance.choice([entry for entry in entries if entry.kind == "issued"])
        assert tamperer.sql(f"{statement} WHERE {_HERE}", mark.seq)
        return {str(mark.ref)}

    return act


def _forged_mark(tamperer: Tamperer, entries: list[Entry], chance: random.Random) -> set[str]:
    """Enter a mark into the look-up that was never issued."""
    seq = chance.randrange(entries[-1].seq + 1, entries[-1].seq + 1_000)
    _one(tamperer, "INSERT INTO mark VALUES ('C0X', 'MVD-1', ?, 'CO X')", seq)
    return {f"{STATION}/{seq}"}


def _rebuild(tamperer: Tamperer, entries: list[Entry], chance: random.Random) -> set[str]:
    """Change an entry, and give all after it right hashes: only a checkpoint shows that."""
    tamperer.rebuild(STATION, chance.choice(entries[1:]).seq, note="forged")
    return {STATION}


def _cut(tamperer: Tamperer, entries: list[Entry], chance: random.Random) -> set[str]:
    """Take away the newest entries with all look-ups."""
    since = chance.choice(entries[-6:]).seq
    for table in ("entry", "mark", "serial", "claim"):
        tamperer.sql(f"DELETE FROM {table} WHERE station = 'MVD-1' AND seq >= ?", since)
    return {STATION}


KINDS: dict[str, Act] = {
    "data edited": _edit("data", '{"job":"MVD-1/3"}'),
    "kind edited": _edit("kind", "inspected2"),
    "time edited": _edit("time", "2020-01-01T00:00:00Z"),
    "subject edited": _edit("about_seq", 7_777),
    "previous hash edited": _edit("prev", b"x" * 32),
    "hash edited": _edit("hash", b"x" * 32),
    "replaced, with a right hash": _replace,
    "deleted": _delete,
    "inserted, with a right hash": _insert,
    "two swapped": _swap,
    "text of a mark edited": _look_up("UPDATE mark SET text = 'CO X'"),
    "mark deleted": _look_up("DELETE FROM mark"),
    "mark forged": _forged_mark,
    "serial edited": _look_up("UPDATE serial SET stamped = 'X'"),
    "serial deleted": _look_up("DELETE FROM serial"),
    "unique key given free": _look_up("DELETE FROM claim"),
    "chain rebuilt": _rebuild,
    "newest entries removed": _cut,
}
"""What somebody may do who has the database in his hands."""


def tamper(kind: str, places: Places, times: int, seed: int = 12) -> Line:
    """Do each kind of tampering, to a copy of a ledger each time, and look what an audit names."""
    every = len(KINDS) * times
    line = Line(
        f"{len(KINDS)} kinds of tampering by plain SQL, {times} x each, {kind}",
        {"done": every, "found and named": every, "audits": every},
    )
    place, file, key = _ledger(line, places, kind)
    chance = random.Random(seed)
    for name, act in KINDS.items():
        for _ in range(times):
            copy = places.copy(place)
            with Ledger(copy, Ticking(), STATION) as ledger:
                tamperer = Tamperer(ledger)
                wanted = act(tamperer, tamperer.entries(), chance)
                line.look("done")
                report = audit(ledger, [read(file, key)])
                line.look("audits")
            named = {str(fault.ref) for fault in report.faults}
            named |= {ref.rpartition("/")[0] for ref in named}
            line.look("found and named", wanted <= named)
            line.expect(wanted <= named, f"{name}: {wanted} is not among {sorted(named)[:4]}")
    return line


def _ledger(line: Line, places: Places, kind: str) -> tuple[str, Path, Path]:
    """Make a ledger with marks, in which an audit finds nothing, and a checkpoint of it."""
    place = places.new(kind)
    with make(place, STATION) as ledger, ledger.writing() as chain:
        define(chain, Series.of(SERIES, "A{6}", "digits"))
    for model in ("07", "08"):
        source = arms(places.new_path(".csv"), 12, models=model)
        made = run(*batch_arguments(source, places.new_path(), place, STATION, SERIES))
        line.expect(made.status in (0, 1), made.err)
    key = places.new_path(".pem")
    public = keygen(key)
    file = places.new_path(".json")
    with make(place, STATION) as ledger:
        write(checkpoint(ledger), key, file)
        clean(ledger, line)
    return place, file, public


def _one(tamperer: Tamperer, statement: str, *values: object) -> None:
    assert tamperer.sql(statement, *values) == 1, statement
