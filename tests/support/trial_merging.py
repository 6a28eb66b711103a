"""The trial's line on stations that work off-line: blocks, one conflict, found and resolved."""

from __future__ import annotations

from sqlalchemy import select

from cli_runner import run
from ledgers import Ticking, make
from markcode.ledger import Ledger
from markcode.ledger.audit import audit
from markcode.ledger.chain import Entry
from markcode.ledger.schema import ENTRY
from trial_lines import FORMAT, Line, Places, arms, batch_arguments, clean

__all__ = ["merge_stations"]

HEAD, OTHERS = "HQ", ("BOG-1", "MDE-2")
SERIES = "NATIONAL"
_SAME = "X1234567"
"""The serial that an arm has from its maker, which both stations mark."""


def merge_stations(kind: str, places: Places, numbers: int) -> Line:
    """Let two stations work off-line from blocks, mark one arm both, and merge them."""
    line = Line(
        f"two off-line stations merged, one conflict, {kind}",
        {
            "entries brought": 2 * numbers,
            "conflicts found": 1,
            "conflicts resolved": 1,
            "audits": 4,
        },
    )
    head = places.new(kind)
    _run(line, "init", head, HEAD)
    _run(line, "series", head, HEAD, SERIES, "--pattern", "A{6}", "--owner", HEAD)
    files = {name: places.new("SQLite") for name in OTHERS}
    for name, file in files.items():
        _run(line, "block", head, HEAD, SERIES, "--size", str(4 * numbers), "--for", name)
        _run(line, "init", file, name)
        _run(line, "merge", file, name, head)
    before = {place: _entries(place) for place in files.values()}
    for name, file in files.items():
        _work(line, places, file, name, numbers)
    for name, file in files.items():
        with make(file, name) as ledger:
            clean(ledger, line)
    for file in files.values():
        written = {ref: entry for ref, entry in _entries(file).items() if ref not in before[file]}
        _run(line, "merge", head, HEAD, file)
        here = _entries(head)
        brought = [ref for ref, entry in written.items() if here.get(ref) == entry]
        line.look("entries brought", len(brought))
        line.expect(len(brought) == len(written), "entries were lost or changed by the merge")
    _resolve(line, head)
    serials = [e.content["elements"]["serial"] for e in _entries(head).values() if _is_drawn(e)]
    line.look("numbers of the series", len(serials))
    line.expect(len(set(serials)) == len(serials) >= 2 * numbers, "a number of both stations")
    return line


def _work(line: Line, places: Places, file: str, name: str, numbers: int) -> None:
    """Make a job of new numbers, and mark an arm that has its maker's serial."""
    source = arms(places.new_path(".csv"), numbers, models=name[-1] * 4)
    made = run(*batch_arguments(source, places.new_path(), file, name, SERIES))
    line.expect(made.status in (0, 1), f"batch at {name}: {made.err}")
    given = arms(places.new_path(".csv"), 1, serial=_SAME)
    with given.open("a") as more:
        more.write(f"CO,INDU,2026,07,09,Y{name[-1] * 7}\n")
    made = run(
        *("batch", given, "--format", FORMAT, "--check", "iso7064-mod37-36", "--ledger", file),
        *("--station", name, "--out", places.new_path()),
    )
    line.expect(made.status == 0, f"the arm that both mark, at {name}: {made.err}")


def _resolve(line: Line, head: str) -> None:
    with make(head, HEAD) as ledger:
        report = audit(ledger)
        line.look("audits")
        found = {(conflict.about, conflict.holder) for conflict in report.open_conflicts}
        line.look("conflicts found", len(found))
        line.expect(len(found) == 1, f"{len(found)} conflicts are open, not one: {found}")
        line.expect(not report.fault_count, f"faults: {[f.message() for f in report.faults][:3]}")
        line.expect(not report.is_clean, "the audit calls an open conflict clean")
        for later, holder in found:
            entries = _entries(head)
            both = [entries[str(later)], entries[holder]]
            line.expect(
                len({e.data for e in both}) == 2 and all(_SAME in e.data for e in both),
                "the conflict does not name the two marks",
            )
    if line.wrong:
        return
    _run(line, "resolve", head, HEAD, str(report.open_conflicts[0].ref), "--same-arm")
    with make(head, HEAD) as ledger:
        line.look("conflicts resolved", not clean(ledger, line).open_conflicts)


def _run(line: Line, command: str, place: str, station: str, *words: str) -> None:
    where = [place] if command == "init" else ["--ledger", place]
    ran = run("ledger", command, *where, "--station", station, *words)
    # A merge that finds a conflict says so by its status.
    fine = ran.status == 0 or (command == "merge" and ran.status == 1)
    line.expect(fine, f"ledger {command}: {ran.status} {ran.err}")


def _entries(place: str) -> dict[str, Entry]:
    with Ledger(place, Ticking()) as ledger, ledger.reading() as connection:
        found = map(Entry.of, connection.execute(select(ENTRY)))
        return {str(entry.ref): entry for entry in found}


def _is_drawn(entry: Entry) -> bool:
    return entry.kind == "issued" and "number" in entry.content
