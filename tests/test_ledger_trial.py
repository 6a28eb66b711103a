"""A short form of the ledger's trial (`make trial-ledger`), and that none of its lines is blind."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import trial_tampering
from ledger_trial import SHORT
from trial_copies import copy_halted
from trial_issuing import issue_at_once
from trial_killing import kill_batches
from trial_lines import PLACES, Line, Places, table
from trial_merging import merge_stations
from trial_tampering import tamper

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and fork of POSIX")


@pytest.fixture
def places(tmp_path: Path, postgres_server: str) -> Iterator[Places]:
    yield Places(tmp_path, postgres_server)


def passes(line: Line) -> None:
    assert line.passed, "\n".join(table([line]))


@pytest.mark.parametrize("kind", PLACES)
def test_processes_issue_at_once(kind: str, places: Places) -> None:
    passes(issue_at_once(kind, places, SHORT.numbers, SHORT.jobs))


@pytest.mark.parametrize("kind", PLACES)
def test_batches_are_killed(kind: str, places: Places) -> None:
    passes(kill_batches(kind, places, SHORT.kills // len(PLACES)))


@pytest.mark.parametrize("kind", PLACES)
def test_stations_are_merged(kind: str, places: Places) -> None:
    passes(merge_stations(kind, places, SHORT.merged))


def test_copies_of_halted_writers(places: Places) -> None:
    passes(copy_halted(places, SHORT.copies))


@pytest.mark.parametrize("kind", PLACES)
def test_tampering_is_found(kind: str, places: Places) -> None:
    passes(tamper(kind, places, SHORT.spoilt))


def test_a_line_that_has_not_looked_fails() -> None:
    line = Line("looks", {"things": 2})
    assert not line.passed
    line.look("things")
    assert not line.passed
    line.look("things")
    assert line.passed
    line.expect(False, "something is wrong")
    assert not line.passed
    assert not Line("has nothing to look at", {}).passed
    assert not Line("asks for nothing", {"things": 0}).passed


def test_tampering_that_nobody_finds_fails(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """What leaves no trace is told as a failure, not passed over."""
    monkeypatch.setattr(trial_tampering, "KINDS", {"nothing done": lambda *_: {"MVD-1/3"}})
    line = tamper("SQLite", places, 1)
    assert not line.passed
    assert line.short == ["0 found and named, not 1"]
