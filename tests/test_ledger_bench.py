"""The benchmark of the ledger runs, and compares what it says that it compares."""

from __future__ import annotations

import pytest

from benchmarks.ledger import issuing, looking, page
from benchmarks.runner import measure


def test_both_insert_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuing, "_QUICK_ROWS", 60)
    monkeypatch.setattr(issuing, "_AT_ONCE", 25)
    results = [measure(work, 1) for work in issuing.works(quick=True)]
    assert [result.work.name for result in results] == [
        "SQLite running",
        "SQLite random",
        "PostgreSQL running",
        "PostgreSQL random",
    ]
    for result in results:
        # A station, a job, and what each of three transactions counts.
        assert result.notes == (
            "Rows in each of the two at the end: 65 entry, 60 mark, 60 serial, 121 claim.",
        )


def test_rows_that_differ_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = issuing._written
    monkeypatch.setattr(issuing, "_QUICK_ROWS", 30)
    monkeypatch.setattr(issuing, "_AT_ONCE", 10)
    monkeypatch.setattr(issuing, "_written", lambda *told: whole(*told)[:-1])
    with pytest.raises(ValueError, match="not the same rows"):
        measure(next(issuing.works(quick=True)), 1)


def test_marks_are_found_and_the_page_tells_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "_TIMES", 5)
    filled = list(looking.look(500))
    assert [each.database for each in filled] == ["SQLite", "PostgreSQL"]
    for each in filled:
        exact, begun = each.asked
        assert exact.found == 1 and begun.found > 1
        assert any("mark" in line for line in exact.plan)
        assert each.bytes > 500 * 300
    told = page.page([], filled, {"CPU": "one"}, "2026-11-25")
    assert "| SQLite | 500 | exact mark | 1 |" in told
    assert "Index Cond: (fold = " in told
