"""`markcode ledger export`, `import`, `merge`, `resolve`: what is printed, and the exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_runner import run
from ledger_work import add, entries, issue
from ledgers import make


@pytest.fixture
def ledgers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    """Two ledgers with one number in common: as MVD-1/4 in one, as PTY-2/3 in the other."""
    monkeypatch.chdir(tmp_path)
    for place, station, numbers in (("ours.db", "MVD-1", "AB"), ("theirs.db", "PTY-2", "BCD")):
        with make(place, station) as ledger:
            issue(ledger, f"job of {station}", numbers)
    return Path("ours.db"), Path("theirs.db")


def ours(*args: str | Path) -> tuple[int, str, str]:
    command, *rest = args
    return run("ledger", command, *rest, "--ledger", "ours.db", "--station", "MVD-1")


def test_merge_says_what_came(ledgers: tuple[Path, Path]) -> None:
    assert ours("merge", "theirs.db") == (
        1,
        "6 new entries from theirs.db\n"
        "  PTY-2  1 to 6\n"
        "1 conflict, MVD-1/7; see `markcode ledger resolve`\n",
        "",
    )
    assert ours("merge", "theirs.db") == (0, "0 new entries from theirs.db\n", "")


def test_merge_as_json(ledgers: tuple[Path, Path]) -> None:
    status, out, _ = ours("merge", "theirs.db", "--json")
    assert status == 1
    assert json.loads(out) == {
        "source": "theirs.db",
        "entries": 6,
        "chains": {"PTY-2": [1, 6]},
        "conflicts": ["MVD-1/7"],
        "refused": {},
    }


def test_a_refused_chain_is_exit_status_1(ledgers: tuple[Path, Path]) -> None:
    ours("merge", "theirs.db")
    with make("again.db", "PTY-2") as ledger, ledger.writing() as chain:
        add(chain, "seen", {})
    status, out, err = ours("merge", "again.db")
    assert (status, err) == (1, "")
    assert " ".join(out.split()).startswith(
        "0 new entries from again.db refused PTY-2: station PTY-2 has two histories, from entry "
        "2 on: one here, another there."
    )
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("command", ["merge", "import"])
def test_wrong_sources_are_exit_status_2(command: str, ledgers: tuple[Path, Path]) -> None:
    Path("table.csv").write_text("mark\nA\n", encoding="utf-8")
    for source, told in (("table.csv", "is n"), ("nothing.jsonl", "No such file")):
        status, out, err = ours(command, source)
        assert (status, out) == (2, "")
        assert err.startswith(f"markcode: {source}: {told}")
        assert err.count("\n") == 1


def test_own_entries_that_were_lost_are_exit_status_2(ledgers: tuple[Path, Path]) -> None:
    ours("export", "all.jsonl")
    make("restored.db").close()
    entry = entries("ours.db")[0]
    assert entries("restored.db") == [entry]
    choices = ("--ledger", "restored.db", "--station", "MVD-1")
    status, out, err = run("ledger", "import", "all.jsonl", *choices)
    assert (status, out) == (2, "")
    assert err.startswith("markcode: all.jsonl holds entries of station MVD-1, which is this ")
    assert "--adopt-own" in err
    status, out, err = run("ledger", "import", "all.jsonl", "--adopt-own", *choices)
    assert (status, out) == (0, "4 new entries from all.jsonl\n  MVD-1  2 to 5\n")


def test_export_and_import(ledgers: tuple[Path, Path]) -> None:
    status, out, err = run("ledger", "export", "all.jsonl.gz", "--ledger", "theirs.db")
    assert (status, out, err) == (0, "6 entries of 1 station: all.jsonl.gz\n  PTY-2  1 to 6\n", "")
    assert ours("import", "all.jsonl.gz")[:2] == (
        1,
        "6 new entries from all.jsonl.gz\n"
        "  PTY-2  1 to 6\n"
        "1 conflict, MVD-1/7; see `markcode ledger resolve`\n",
    )
    status, out, _ = run(
        "ledger", "export", "part.jsonl", "--station", "PTY-2", "--after", "PTY-2/4", "--json",
        "--ledger", "ours.db",
    )  # fmt: skip
    found = json.loads(out)
    assert status == 0
    assert len(found.pop("sha256")) == 64
    assert found == {"out": "part.jsonl", "entries": 2, "chains": {"PTY-2": [5, 6]}}
    status, out, err = run("ledger", "export", "-", "--ledger", "theirs.db")
    assert (status, err) == (0, "")
    assert out.count("\n") == 8
    assert run("ledger", "export", "x", "--station", "NO-1", "--ledger", "theirs.db") == (
        2, "", "markcode: no station is called NO-1; there are: PTY-2\n",
    )  # fmt: skip


def test_conflicts_are_listed_and_decided(ledgers: tuple[Path, Path]) -> None:
    assert ours("resolve") == (0, "no conflict is open\n", "")
    ours("merge", "theirs.db")
    times = {str(entry.ref): entry.time for entry in entries("ours.db")}
    listed = (
        "MVD-1/7  test number: CO B\n"
        f"  first  MVD-1/4  {times['MVD-1/4']}  CO INDU B\n"
        f"  later  PTY-2/3  {times['PTY-2/3']}  CO INDU B\n"
    )
    assert ours("resolve") == (1, listed, "")
    status, out, _ = ours("resolve", "--json")
    assert status == 1
    sides = {
        side: {
            "entry": name,
            "station": name.partition("/")[0],
            "kind": "issued",
            "time": times[name],
            "text": "CO INDU B",
        }
        for side, name in (("holder", "MVD-1/4"), ("later", "PTY-2/3"))
    }
    claims = [{"slot": "test number", "value": ["CO", "B"]}]
    assert json.loads(out) == {"conflict": "MVD-1/7", "claims": claims, **sides, "decision": None}
    assert ours("resolve", "MVD-1/7", "--void", "PTY-2/3", "--note", "never struck") == (
        0,
        "MVD-1/7: void PTY-2/3 (MVD-1/9)\n",
        "",
    )
    assert ours("resolve") == (0, "no conflict is open\n", "")
    assert ours("resolve", "--decided") == (
        0,
        f"{listed}  decided: void PTY-2/3 (MVD-1/9): never struck\n",
        "",
    )
    assert ours("resolve", "MVD-1/7", "--both") == (
        2,
        "",
        "markcode: MVD-1/7: was decided before, as void (MVD-1/9); what was decided stays\n",
    )


@pytest.mark.parametrize(
    "args",
    [
        ["MVD-1/7"],
        ["--both"],
        ["MVD-1/7", "--both", "--same-arm"],
        ["MVD-1/7", "--both", "--decided"],
        ["nonsense", "--both"],
    ],
)
def test_wrong_use_of_resolve(args: list[str], ledgers: tuple[Path, Path]) -> None:
    ours("merge", "theirs.db")
    before = entries("ours.db")
    status, out, err = ours("resolve", *args)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert entries("ours.db") == before


@pytest.mark.parametrize("command", ["export", "import", "merge", "resolve"])
def test_the_help_fits_80_columns(command: str) -> None:
    status, out, _ = run("ledger", command, "--help")
    assert status == 0
    assert max(map(len, out.splitlines())) <= 80
