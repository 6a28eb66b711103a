"""`markcode verify --ledger`: typed marks, pictures, tables and jobs against the records."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from cli_runner import python, run
from issued import happen, issue, mosaic
from ledgers import make
from markcode import Payload
from markcode.symbols import make as make_symbol
from markcode.symbols import png

TEXT = "CO INDU 26 07 A123 09"
OTHER = "CO INDU 26 07 B9 09"
NEVER = "CO INDU 26 07 C9 09"
VERIFY = ("verify", "--format", "mosaic-0530")


@pytest.fixture
def place(ledger_place: str) -> str:
    """A ledger with a mark that is struck, whose arm is stolen, and one that is only issued."""
    with make(ledger_place) as ledger:
        struck, _ = issue(ledger, mosaic("A123"), mosaic("B9"), name="Spring")
        happen(ledger, struck, "marked", date="2026-02-03", operator="AB")
    return ledger_place


def reports(*args: str | Path, stdin: str | None = None) -> tuple[int, list[Any]]:
    status, out, err = run(*args, "--json", stdin=stdin)
    assert err == ""
    return status, [json.loads(line) for line in out.splitlines()]


def codes(report: Any) -> list[str]:
    return [f["code"] for f in report["findings"] if f["code"].startswith("ledger.")]


def statuses(found: list[Any]) -> list[str]:
    return [report["data"]["ledger"]["status"] for report in found]


def test_each_text_is_looked_up(place: str) -> None:
    texts = (TEXT, OTHER, NEVER, "CO INDU 25 07 B9 09")
    status, found = reports(*VERIFY, "--ledger", place, *texts)
    assert status == 1
    assert statuses(found) == ["struck", "issued", "unknown", "other_arm"]
    assert [report["verdict"] for report in found] == ["valid", "suspect", "suspect", "invalid"]
    assert found[0]["data"]["ledger"]["order"] == "Spring"


def test_a_struck_mark_is_status_0(place: str) -> None:
    assert reports(*VERIFY, "--ledger", place, TEXT)[0] == 0
    assert reports(*VERIFY, "--ledger", place, OTHER)[0] == 1
    assert reports(*VERIFY, "--ledger", place, "--accept", "suspect", OTHER)[0] == 0


def test_without_a_format_the_recognised_one_counts(place: str) -> None:
    status, (report,) = reports("verify", "--ledger", place, "CO INDU 25 07 B9 09")
    assert (status, codes(report)) == (1, ["ledger.other_arm"])


def test_standard_input(place: str) -> None:
    status, found = reports(*VERIFY, "--ledger", place, "-", stdin=f"{TEXT}\n{NEVER}\n")
    assert (status, statuses(found)) == (1, ["struck", "unknown"])


def test_a_picture(place: str, tmp_path: Path) -> None:
    picture = tmp_path / "mark.png"
    symbol = make_symbol("datamatrix", Payload(TEXT))
    made = png.to_png([], symbol, height_nm=1, module_nm=400_000, dpi=600)
    picture.write_bytes(made.bytes)
    status, (report,) = reports(*VERIFY, "--ledger", place, "--image", picture)
    assert (status, report["data"]["ledger"]["status"]) == (0, "struck")


def test_a_table(place: str, tmp_path: Path) -> None:
    table = tmp_path / "marks.csv"
    table.write_text(f"mark\n{TEXT}\n{OTHER}\n{NEVER}\n", encoding="utf-8")
    status, found = reports(*VERIFY, "--ledger", place, "--input", table)
    assert (status, statuses(found)) == (1, ["struck", "issued", "unknown"])
    assert [report["row"] for report in found] == [2, 3, 4]
    status, out, err = run(*VERIFY, "--ledger", place, "--input", table)
    assert (status, err) == (1, "")
    assert out.splitlines() == [
        "row 4: suspect: warning ledger.not_issued: The records know of no such mark: nobody "
        "entered it as issued.",
        "3 marks: 1 valid, 2 suspect; 1 of them issued, and not recorded as struck",
    ]


def test_a_job_that_was_made_with_the_ledger(ledger_place: str, tmp_path: Path) -> None:
    make(ledger_place).close()
    table, job = tmp_path / "arms.csv", tmp_path / "job"
    table.write_text(
        "country,manufacturer,year,model,serial,calibre\n"
        "CO,INDU,2026,07,A123,09\nCO,INDU,2026,07,A124,09\n",
        encoding="utf-8",
    )
    options = ("--ledger", ledger_place, "--station", "MVD-1")
    made = run("batch", table, "--format", "mosaic-0530", *options, "--out", job)
    assert made.status == 0, made.err
    status, found = reports("verify", "--ledger", ledger_place, "--input", job)
    assert (status, statuses(found)) == (1, ["issued", "issued"])
    status, out, _ = run("verify", "--ledger", ledger_place, "--input", job)
    said = "2 marks: 2 suspect; 2 of them issued, and not recorded as struck\n"
    assert (status, out) == (1, said)
    accepted = ("--accept", "suspect")
    assert run("verify", "--ledger", ledger_place, "--input", job, *accepted).status == 0


def test_what_people_see(place: str) -> None:
    status, out, err = run(*VERIFY, "--ledger", place, TEXT)
    assert (status, err) == (0, "")
    assert out.splitlines()[-2:] == [
        "  MVD-1/3 (MVD-1/2 Spring): issued 2026-01-02T03:04:07Z MVD-1; marked 2026-02-03",
        "    MVD-1 AB",
    ]
    out = run(*VERIFY, "--ledger", place, "--lang", "es", OTHER).out
    assert "pero nadie ha registrado que se haya" in out


@pytest.mark.parametrize(
    "place", ["nowhere.db", "no/such/folder.db", "postgresql://nobody@127.0.0.1:1/none"]
)
def test_a_ledger_that_cannot_be_reached(place: str, tmp_path: Path) -> None:
    given = place if "://" in place else str(tmp_path / place)
    status, found = reports(*VERIFY, "--ledger", given, "--accept", "suspect", TEXT, OTHER)
    assert status == 1
    for report in found:
        assert report["verdict"] == "undetermined"
        assert codes(report) == ["ledger.unreachable"]
        assert report["firearm"]["manufacturer"] == "INDU"


@pytest.mark.parametrize("place", ["mysql://x/y", "nonsense://", "sqlite://"])
def test_what_is_no_url_of_a_ledger_is_wrong_use(place: str) -> None:
    status, out, err = run(*VERIFY, "--ledger", place, TEXT)
    assert (status, out) == (2, "")
    assert err.startswith("markcode: ") and err.count("\n") == 1


def test_a_file_that_is_no_ledger_cannot_tell(tmp_path: Path) -> None:
    file = tmp_path / "ledger.db"
    file.write_text("not a database" * 100, encoding="utf-8")
    status, (report,) = reports(*VERIFY, "--ledger", file, TEXT)
    assert (status, report["verdict"]) == (1, "undetermined")


def test_a_ledger_that_is_lost_in_mid_run(postgres_server: str) -> None:
    from ledgers import new_database

    place = new_database(postgres_server)
    with make(place) as ledger:
        (mark,) = issue(ledger, mosaic("A123"))
        happen(ledger, mark, "marked")
    child = python("-m", "markcode_cli.main", *VERIFY, "--ledger", place, "--json", "-")
    assert child.stdin is not None and child.stdout is not None and child.stderr is not None
    asking, answering = child.stdin, child.stdout

    def ask() -> Any:
        asking.write(f"{TEXT}\n".encode())
        asking.flush()
        return json.loads(answering.readline())

    try:
        assert ask()["verdict"] == "valid"
        admin = sqlalchemy.create_engine(postgres_server, isolation_level="AUTOCOMMIT")
        name = sqlalchemy.make_url(place).database
        with admin.connect() as connection:
            rename = f"ALTER DATABASE {name} RENAME TO gone_{name}"
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                (name,),
            )
            connection.exec_driver_sql(rename)
            lost = ask()
            connection.exec_driver_sql(f"ALTER DATABASE gone_{name} RENAME TO {name}")
        admin.dispose()
        assert (lost["verdict"], codes(lost)) == ("undetermined", ["ledger.unreachable"])
        assert ask()["verdict"] == "valid"
    finally:
        child.stdin.close()
        status = child.wait(30)
        told = child.stderr.read()
        child.stdout.close()
        child.stderr.close()
    assert (status, told) == (1, b"")


def test_without_a_ledger_none_is_loaded() -> None:
    said = (
        "import sys; from markcode_cli.main import main\n"
        f"sys.argv = ['markcode', 'verify', '--format', 'mosaic-0530', {TEXT!r}]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([n for n in sys.modules if n == 'sqlalchemy' or n.startswith('markcode.ledger')])"
    )
    environment = {k: v for k, v in os.environ.items() if k != "MARKCODE_LEDGER"}
    ran = subprocess.run(
        [sys.executable, "-c", said], capture_output=True, encoding="utf-8", env=environment
    )
    assert ran.stdout.splitlines()[-1] == "[]", ran.stderr
