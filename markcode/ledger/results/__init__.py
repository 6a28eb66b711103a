"""Result files of marking machines, taken into the ledger: what was struck, read, rejected.

A file has one event a row, in the columns `FIELDS`; the log of a machine that writes others is read
by a `ResultForm` (docs/ledger.md, *Results of a machine*). ::

    with Ledger("markcode.db", clock) as ledger:
        summary = take(ledger, "log.csv", ResultForm.read("machine.toml"), told=print)

What may follow on what is held by `markcode.ledger.rules`, as for every other event.
"""

from __future__ import annotations

from markcode.ledger.results.forms import EVENTS, FIELDS, ResultForm
from markcode.ledger.results.taking import Outcome, Summary, take

__all__ = ["EVENTS", "FIELDS", "Outcome", "ResultForm", "Summary", "take"]
