"""Is a ledger as it was written, and is every number accounted for?

An audit reads all entries in order, a few thousand at a time, and compares them with their hashes,
with the look-ups, with each other, and with signed checkpoints. It names what is wrong; it changes
nothing.

>>> def shown(ledger):
...     report = audit(ledger)
...     for fault in report.faults:
...         print(fault.code, fault.ref, fault.message("es"))
"""

from __future__ import annotations

from collections.abc import Iterable

from markcode.ledger.audit.accounts import Accounts
from markcode.ledger.audit.chains import audit_chains
from markcode.ledger.audit.contents import audit_contents, conflicts_of
from markcode.ledger.audit.covered import audit_checkpoints
from markcode.ledger.audit.report import Broken, Conflict, Fault, Job, Numbers, Report
from markcode.ledger.audit.single import audit_single
from markcode.ledger.audit.streams import any_text
from markcode.ledger.checkpoints import Checkpoint
from markcode.ledger.ledger import Ledger
from markcode.ledger.refs import Ref

__all__ = [
    "Broken",
    "Conflict",
    "Fault",
    "Job",
    "Numbers",
    "Report",
    "audit",
    "audit_chains",
    "audit_contents",
]


def audit(ledger: Ledger, checkpoints: Iterable[Checkpoint] = ()) -> Report:
    """Return what is wrong with a ledger, and the account of its numbers.

    The checkpoints must have been verified (`checkpoints.read` does). It takes as long as there are
    entries, and memory only for jobs, blocks and faults.
    """
    report, broken = Report(), Broken()
    with ledger.reading() as connection, any_text(connection):
        for fault in audit_chains(connection, broken, report.stations):
            report.add(fault)
        known = list(checkpoints)
        report.checkpoints = len(known)
        for fault in audit_checkpoints(connection, known, broken, report.stations):
            report.add(fault)
        chains_are_whole = not broken
        report.conflicts = conflicts_of(connection)
        accounts = Accounts(connection)
        for fault in audit_contents(connection, broken, accounts, report.conflicts):
            report.add(fault)
        for fault in audit_single(connection):
            if fault.ref not in broken:
                report.add(fault)
        tell = report.add if chains_are_whole else report.add_doubt
        for fault in accounts.close(_in_conflict(report.conflicts)):
            if fault.ref not in broken:
                tell(fault)
        report.series, report.jobs = accounts.series, accounts.jobs
    return report


def _in_conflict(conflicts: Iterable[Conflict]) -> set[Ref]:
    """Return the entries that a conflict names."""
    return {ref for conflict in conflicts for ref in conflict.sides if ref is not None}
