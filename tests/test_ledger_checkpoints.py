"""Signed checkpoints: what a chain cannot show of itself."""

from __future__ import annotations

import json
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ledgers import make
from markcode.errors import LedgerError
from markcode.ledger import Ledger, checkpoints, keys
from markcode.ledger.audit import Report, audit
from markcode.ledger.refs import Ref
from markcode_cli.main import markcode
from tampering import Clerk, Tamperer, settle_triggers

HERE = "station = 'MVD-1' AND seq = ?"


@pytest.fixture
def ledger(ledger_place: str) -> Iterator[Ledger]:
    with make(ledger_place) as ledger:
        settle_triggers(ledger)
        Clerk(ledger).job([(f"A{n}", f"text-{n}") for n in range(5)])
        yield ledger


@pytest.fixture
def key(tmp_path: Path) -> Path:
    file = tmp_path / "key.pem"
    keys.keygen(file)
    return file


def public(key: Path) -> Path:
    return key.with_name("key.pub.pem")


def signed(ledger: Ledger, key: Path, name: str = "point.json") -> Path:
    out = key.with_name(name)
    checkpoints.write(checkpoints.make(ledger), key, out)
    return out


def compared(ledger: Ledger, key: Path, *files: Path) -> Report:
    return audit(ledger, [checkpoints.read(file, public(key)) for file in files])


def codes(report: Report) -> list[tuple[str, str]]:
    return [(fault.code, str(fault.ref)) for fault in report.faults]


def test_a_checkpoint_covers_what_was_there(ledger: Ledger, key: Path) -> None:
    file = signed(ledger, key)
    report = compared(ledger, key, file)
    assert report.is_clean
    assert report.uncovered == 0
    Clerk(ledger).event("marked", Ref("MVD-1", 3))
    assert compared(ledger, key, file).uncovered == 1
    with make(ledger.place, "PTY-2"):
        pass
    report = compared(ledger, key, file)
    assert report.is_clean
    assert {name: station.uncovered for name, station in report.stations.items()} == {
        "MVD-1": 1,
        "PTY-2": 1,
    }


def test_newest_entries_that_were_removed(ledger: Ledger, key: Path) -> None:
    for mark in (3, 4):
        Clerk(ledger).event("marked", Ref("MVD-1", mark))
    file = signed(ledger, key)
    tamperer = Tamperer(ledger)
    tamperer.sql(f"DELETE FROM entry WHERE {HERE}", 10)
    assert codes(audit(ledger)) == []
    assert codes(compared(ledger, key, file)) == [("entry.missing", "MVD-1/10")]
    tamperer.sql(f"DELETE FROM entry WHERE {HERE}", 9)
    report = compared(ledger, key, file)
    (fault,) = report.faults
    assert (str(fault.ref), str(fault.last)) == ("MVD-1/9", "MVD-1/10")
    assert (
        "MVD-1/9 to MVD-1/10 were deleted: the checkpoint of 2026-01-02T03:04:" in fault.message()
    )


def test_a_station_that_was_removed(ledger: Ledger, key: Path) -> None:
    with make(ledger.place, "PTY-2"):
        pass
    file = signed(ledger, key)
    Tamperer(ledger).sql("DELETE FROM entry WHERE station = 'PTY-2'")
    assert codes(audit(ledger)) == []
    assert codes(compared(ledger, key, file)) == [("entry.missing", "PTY-2/1")]


def test_a_chain_that_was_built_anew(ledger: Ledger, key: Path) -> None:
    early = signed(ledger, key, "early.json")
    mark = Clerk(ledger).event("marked", Ref("MVD-1", 3), date="2026-11-25")
    Clerk(ledger).event("inspected", Ref("MVD-1", 3))
    late = signed(ledger, key, "late.json")
    Tamperer(ledger).rebuild("MVD-1", mark.seq, date="2024-01-01")
    assert codes(audit(ledger)) == []
    assert codes(compared(ledger, key, early)) == []
    report = compared(ledger, key, late, early)
    assert codes(report) == [("entry.rebuilt", "MVD-1/10")]
    assert (
        report.faults[0].message().endswith("the chain was built anew from somewhere after 8 on.")
    )
    # What a checkpoint contradicts, it does not cover.
    assert report.stations["MVD-1"].covered == 8


def test_a_fault_of_the_chain_is_not_told_twice(ledger: Ledger, key: Path) -> None:
    file = signed(ledger, key)
    Tamperer(ledger).sql(f"UPDATE entry SET hash = ? WHERE {HERE}", bytes(32), 8)
    assert codes(compared(ledger, key, file)) == [("entry.edited", "MVD-1/8")]


def test_openssl_checks_the_signature(ledger: Ledger, key: Path, tmp_path: Path) -> None:
    said = json.loads(signed(ledger, key).read_text(encoding="utf-8"))
    (tmp_path / "signature").write_bytes(bytes.fromhex(said.pop("signature")))
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    (tmp_path / "signed").write_bytes(text.encode())
    command = "openssl pkeyutl -verify -pubin -inkey key.pub.pem -rawin -in signed -sigfile"
    run = subprocess.run(
        [*command.split(), "signature"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout.strip()) == (0, "Signature Verified Successfully")


def test_keys(key: Path) -> None:
    if os.name == "posix":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
    assert public(key).read_bytes().startswith(b"-----BEGIN PUBLIC KEY-----")
    before = key.read_bytes(), public(key).read_bytes()
    with pytest.raises(LedgerError, match="is there already, and is not overwritten"):
        keys.keygen(key)
    public(key).unlink()
    with pytest.raises(LedgerError, match="is there already, and is not overwritten"):
        keys.keygen(key)
    assert key.read_bytes() == before[0]


CHANGES = {
    "a head": ("heads", {"MVD-1": {"seq": 8, "hash": "00" * 32}}),
    "a number": ("heads", {"MVD-1": {"seq": 7, "hash": "00" * 32}}),
    "the time": ("time", "2027-01-01T00:00:00Z"),
    "the signature": ("signature", "00" * 64),
    "no signature": ("signature", None),
    "no hexadecimal": ("signature", "x"),
    "something more": ("more", 1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_checkpoint_that_was_changed(tmp_path: Path, key: Path, change: str) -> None:
    with make(tmp_path / "ledger.db") as ledger:
        file = signed(ledger, key)
    said = json.loads(file.read_text(encoding="utf-8"))
    name, value = CHANGES[change]
    file.write_text(json.dumps({**said, name: value}), encoding="utf-8")
    with pytest.raises(LedgerError, match="the signature is wrong: the checkpoint was changed"):
        checkpoints.read(file, public(key))


def test_layout_of_the_file_is_not_signed(tmp_path: Path, key: Path) -> None:
    with make(tmp_path / "ledger.db") as ledger:
        file = signed(ledger, key)
    before = checkpoints.read(file, public(key))
    said = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(dict(reversed(said.items()))), encoding="utf-8")
    assert checkpoints.read(file, public(key)) == before


def test_another_key(tmp_path: Path, key: Path) -> None:
    with make(tmp_path / "ledger.db") as ledger:
        file = signed(ledger, key)
    other = keys.keygen(tmp_path / "other.pem")
    with pytest.raises(LedgerError, match=r"signed with another key \([0-9a-f]{16}\.\.\.\) than"):
        checkpoints.read(file, other)
    # Who changes also the name of the key has still not signed.
    said = json.loads(file.read_text(encoding="utf-8"))
    name = keys.fingerprint(keys.public_key(other))
    file.write_text(json.dumps({**said, "key": name}), encoding="utf-8")
    with pytest.raises(LedgerError, match="the signature is wrong"):
        checkpoints.read(file, other)


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"type": "x"}', "\xff", "[" * 100_000])
def test_files_that_are_no_checkpoint(tmp_path: Path, key: Path, text: str) -> None:
    file = tmp_path / "file.json"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(LedgerError, match="no checkpoint"):
        checkpoints.read(file, public(key))


def test_a_checkpoint_of_another_version(tmp_path: Path, key: Path) -> None:
    with make(tmp_path / "ledger.db") as ledger:
        file = signed(ledger, key)
    said = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**said, "version": 2}), encoding="utf-8")
    with pytest.raises(LedgerError, match="a checkpoint of version 2, and this markcode reads 1"):
        checkpoints.read(file, public(key))


def test_keys_that_are_none(tmp_path: Path, key: Path) -> None:
    for file in (public(key), tmp_path / "text.pem"):
        (tmp_path / "text.pem").write_text("-----BEGIN PRIVATE KEY-----\nSECRET", encoding="utf-8")
        with pytest.raises(LedgerError, match="no private Ed25519 key in PEM") as told:
            keys.private_key(file)
        assert "SECRET" not in str(told.value)
    with pytest.raises(LedgerError, match="no public Ed25519 key in PEM"):
        keys.public_key(key)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(markcode, ["ledger", *map(str, arguments)])


def test_the_command_line(tmp_path: Path) -> None:
    place, key, point = tmp_path / "ledger.db", tmp_path / "k.pem", tmp_path / "point.json"
    with make(place) as ledger:
        settle_triggers(ledger)
        clerk = Clerk(ledger)
        clerk.series()
        clerk.job([("A1", "t-1"), ("A2", "t-2")], draw=("S", 1))
        result = run("keygen", key)
        assert result.output == f"private key  {key}\npublic key   {tmp_path / 'k.pub.pem'}\n"
        assert run("keygen", key).exit_code == 2
        result = run("checkpoint", "--ledger", place, "--key", key, "--out", point)
        assert result.exit_code == 0
        assert result.output.endswith("  MVD-1  to entry 8\n")
        assert run("checkpoint", "--ledger", place, "--key", key, "--out", point).exit_code == 2
        clerk.event("marked", Ref("MVD-1", 6))
    checked = ("audit", "--ledger", place, "--checkpoint", point, "--key", tmp_path / "k.pub.pem")
    result = run(*checked)
    assert (result.exit_code, result.output) == (0, ACCOUNT)
    assert json.loads(run(*checked, "--json").output)["uncovered"] == 1
    with make(place) as ledger:
        Tamperer(ledger).sql(f"UPDATE entry SET data = '{{}}' WHERE {HERE}", 7)
    result = run(*checked)
    assert result.exit_code == 1
    assert (
        "faults: 1\n  entry.edited: MVD-1/7 is not as it was written: what it says and its hash"
        " do\n    not go together.\n" in result.output
    )
    result = run(*checked, "--lang", "pt")
    assert "falhas: 1\n  entry.edited: MVD-1/7 não está como foi escrita: " in result.output
    assert result.output.endswith("1 falha, 0 conflitos em aberto.\n")
    (fault,) = json.loads(run(*checked, "--json", "--lang", "fr").output)["faults"]
    assert set(fault) == {"code", "ref", "last", "message"}
    assert fault["message"].startswith("MVD-1/7 n'est pas telle qu'elle a été écrite")


ACCOUNT = """\
station  entries  covered by a checkpoint
MVD-1    9        to entry 8

series  numbers  on marks  drawn, on none  free in blocks  in no block
S       1-1000   2         0               0               998

job      folder       marks
MVD-1/3  not written  1 issued, 1 struck; 2 numbers drawn, 0 on no mark

marks  1 issued, 1 struck

The newest entry of 9 is covered by no checkpoint: it could be removed without a
trace. `markcode ledger checkpoint` makes one.
All is as it was written, and every number is accounted for.
"""


def test_wrong_use(tmp_path: Path, key: Path) -> None:
    place = tmp_path / "ledger.db"
    make(place).close()
    for arguments in (("--checkpoint", tmp_path / "x.json"), ("--key", key)):
        result = run("audit", "--ledger", place, *arguments)
        assert result.exit_code == 2
        assert "a signature that nobody checks is worth nothing" in result.output
    result = run("audit", "--ledger", place, "--checkpoint", "no.json", "--key", public(key))
    assert (result.exit_code, result.output) == (
        2,
        "markcode: no.json: No such file or directory\n",
    )
    assert run("audit", "--ledger", tmp_path / "none.db").exit_code == 2
