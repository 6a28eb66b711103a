"""Exports: read by a program that knows only the description of the file, and taken in again."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger_work import entries, issue, lookups, merged
from ledgers import make
from markcode.errors import LedgerError
from markcode.ledger.exchange import export, is_export, write
from markcode.ledger.refs import Ref

NUMBERS = ["A1", "tab\t\\ \u2028 {", "Ñ\u00e9", "0" * 300]


@pytest.fixture
def exported(ledger_place: str, tmp_path: Path) -> Path:
    out = tmp_path / "all.jsonl"
    with make(ledger_place) as ledger:
        issue(ledger, "one", NUMBERS)
        export(ledger, out)
    return out


def test_the_description_is_enough_to_verify_an_export(exported: Path, ledger_place: str) -> None:
    *lines, closing = exported.read_bytes().splitlines(keepends=True)
    assert json.loads(closing) == {
        "entries": len(lines) - 1,
        "sha256": hashlib.sha256(b"".join(lines)).hexdigest(),
    }
    first = json.loads(lines[0])
    assert first == {
        "markcode_ledger": 1,
        "chains": {"MVD-1": {"first": 1, "last": len(lines) - 1, "prev": "00" * 32}},
    }
    prev = bytes.fromhex(first["chains"]["MVD-1"]["prev"])
    for seq, line in enumerate(lines[1:], start=1):
        found = json.loads(line)
        assert found["entry"] == f"MVD-1/{seq}"
        parts = ["MVD-1", str(seq), found["kind"], found["time"], found["about"] or ""]
        prev = hashlib.sha256(prev + "\x1f".join([*parts, found["data"]]).encode()).digest()
        assert found["hash"] == prev.hex()
    assert [json.loads(line)["data"] for line in lines[1:]] == [
        entry.data for entry in entries(ledger_place)
    ]


@pytest.mark.parametrize("name", ["all.jsonl", "all.jsonl.gz"])
def test_what_is_exported_comes_in_again(name: str, ledger_place: str, tmp_path: Path) -> None:
    source, out = f"sqlite:///{tmp_path / 'source.db'}", tmp_path / name
    with make(source, "PTY-2") as ledger:
        issue(ledger, "one", NUMBERS)
        first = export(ledger, out)
        assert export(ledger, out) == first
        piped = io.BytesIO()
        with ledger.reading() as connection:
            write(connection, piped)
    opened = gzip.decompress if name.endswith(".gz") else bytes
    assert opened(out.read_bytes()) == piped.getvalue()
    assert sorted(path.name for path in tmp_path.glob("*all*")) == [name]
    came = merged(ledger_place, out, "MVD-1")
    assert (dict(came.chains), came.entries, came.refused) == ({"PTY-2": (1, 7)}, 7, {})
    assert entries(ledger_place, "PTY-2") == entries(source)
    assert lookups(ledger_place) == lookups(source)
    before = entries(ledger_place)
    assert merged(ledger_place, out, "MVD-1").entries == 0
    assert entries(ledger_place) == before


def test_what_follows_an_entry_is_enough_for_who_has_the_rest(tmp_path: Path) -> None:
    source, place = tmp_path / "source.db", tmp_path / "ledger.db"
    whole, news = tmp_path / "whole.jsonl", tmp_path / "news.jsonl.gz"
    with make(source, "PTY-2") as ledger:
        issue(ledger, "one", ["1"])
        export(ledger, whole)
        issue(ledger, "two", ["2"])
        export(ledger, news, ["PTY-2"], [Ref("PTY-2", 4)])
        with pytest.raises(LedgerError, match=r"no entry PTY-2/99: the last .* is 7"):
            export(ledger, news, (), [Ref("PTY-2", 99)])
        with pytest.raises(LedgerError, match="no station is called X"):
            export(ledger, news, ["X"])
    lacking = merged(place, news, "MVD-1")
    assert lacking.refused == {
        "PTY-2": f"the entries 1 to 4 of station PTY-2 are missing: {news} begins with 5"
    }
    merged(place, whole, "MVD-1")
    assert dict(merged(place, news, "MVD-1").chains) == {"PTY-2": (5, 7)}
    assert entries(place, "PTY-2") == entries(source)


def cut(data: bytes) -> bytes:
    return data[:-200]


def cut_at_a_line(data: bytes) -> bytes:
    return b"".join(data.splitlines(keepends=True)[:-1])


def changed(data: bytes) -> bytes:
    return data.replace(b'"A1', b'"A2', 1)


def longer(data: bytes) -> bytes:
    return data + b"\n"


DAMAGES = [cut, cut_at_a_line, changed, longer]


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("packed", [False, True])
def test_nothing_is_taken_of_a_damaged_export(
    damage: Callable[[bytes], bytes], packed: bool, exported: Path, tmp_path: Path
) -> None:
    place, data = tmp_path / "other.db", damage(exported.read_bytes())
    assert data != exported.read_bytes()
    exported.write_bytes(gzip.compress(data) if packed else data)
    with pytest.raises(LedgerError, match="get the whole file again"):
        merged(place, exported, "PTY-2")
    assert len(entries(place)) == 1


def test_a_compressed_export_that_is_cut_off(exported: Path, tmp_path: Path) -> None:
    exported.write_bytes(gzip.compress(exported.read_bytes())[:-20])
    with pytest.raises(LedgerError, match="cut off or damaged"):
        merged(tmp_path / "other.db", exported, "PTY-2")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "row,mark\n",
        "{}\n",
        "[]\n",
        '{"markcode_ledger": 1}\n',
        '{"markcode_ledger": 1, "chains": {"a b": {"first": 1, "last": 1, "prev": ""}}}\n',
        '{"markcode_ledger": 1, "chains": {"MVD-1": {"first": 2, "last": 1, "prev": ""}}}\n',
    ],
)
def test_what_is_no_export(text: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8")
    assert not is_export(path)
    with pytest.raises(LedgerError, match="neither a ledger nor an export"):
        merged(tmp_path / "ledger.db", path, "MVD-1")


def test_an_export_of_a_later_version(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text('{"markcode_ledger": 2}\n', encoding="utf-8")
    with pytest.raises(LedgerError, match="version 2, which this markcode does not know"):
        is_export(path)
