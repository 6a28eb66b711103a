"""Events of marks: what is recorded, what is refused, and the life that they make."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from ledger_marks import issue, job
from ledgers import make
from markcode.errors import LedgerError
from markcode.ledger.chain import entry_of
from markcode.ledger.events import (
    Details,
    Event,
    EventRefused,
    job_named,
    marks_of_job,
    photo_hash,
    record,
    record_many,
    refusals,
)
from markcode.ledger.life import life
from markcode.ledger.refs import Ref
from markcode.ledger.states import State
from markcode.messages import LANGUAGES


def test_an_event_says_what_was_given_and_no_more(ledger_place: str, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"picture")
    digest = hashlib.sha256(b"picture").hexdigest()
    with make(ledger_place) as ledger:
        with ledger.writing() as chain:
            (mark,) = issue(chain, ["A 1"])
            details = Details(
                date="2026-01-02",
                place="Bogotá",
                photo=photo_hash(tmp_path / "photo.jpg"),
                extra={"depth_mm": "0.08"},
            )
            ref = record(chain, mark, "marked", details)
        with ledger.reading() as connection:
            entry = entry_of(connection, ref)
    assert (entry.kind, entry.about) == ("marked", mark)
    assert entry.content == {
        "date": "2026-01-02",
        "place": "Bogotá",
        "photo": digest,
        "extra": {"depth_mm": "0.08"},
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("date", "02/01/2026"),
        ("date", "20260102"),
        ("date", "2026-02-30"),
        ("date", "2026-W01-1"),
        ("photo", "abc"),
        ("note", "\udcff"),
        ("extra", {"date": "2026-01-01"}),
        ("extra", {"": "x"}),
    ],
)
def test_what_is_no_detail(field: str, value: Any) -> None:
    with pytest.raises(EventRefused) as caught:
        Details(**{field: value})
    assert_worded(caught.value)


def assert_worded(fault: EventRefused) -> None:
    """It says what is wrong in each language, and lacks no parameter."""
    told = {fault.finding.message(language) for language in LANGUAGES}
    assert len(told) >= 3
    assert not any("?" in message for message in told), told
    assert str(fault) in told


def test_refusals(ledger_place: str) -> None:
    with make(ledger_place) as ledger, ledger.writing() as chain:
        mark, other, void = issue(chain, ["A", "B", "C"])
        first = record(chain, mark, "marked")
        record(chain, void, "void")
        refused = [
            (Event(Ref("MVD-1", 10**9), "marked"), "event.mark"),
            (Event(first, "marked"), "event.mark"),
            (Event(Ref("MVD-1", 1), "marked"), "event.mark"),
            (Event(mark, "issued"), "event.kind"),
            (Event(mark, "No Name"), "event.kind"),
            (Event(mark, "imported", Details(date="2026-01-04")), "event.date"),
            (Event(void, "marked"), "event.void"),
            (Event(void, "remarked"), "event.void"),
            (Event(other, "corrected", Details(corrects=first)), "event.corrects"),
            (Event(mark, "corrected", Details(corrects=mark)), "event.corrects"),
            (Event(mark, "corrected", Details(corrects=Ref("MVD-1", 99))), "event.corrects"),
            (Event(mark, "same-arm"), "event.arm"),
            (Event(mark, "same-arm", Details(arm=mark)), "event.arm"),
            (Event(mark, "same-arm", Details(arm=first)), "event.arm"),
            (Event(mark, "marked", Details(arm=other)), "event.arm"),
        ]
        good = [
            Event(mark, "imported", Details(date="2026-01-02")),
            # Where a day begins first, it is tomorrow already.
            Event(mark, "imported", Details(date="2026-01-02")),
            Event(mark, "corrected", Details(corrects=first)),
            Event(void, "destroyed"),
            Event(other, "same-arm", Details(arm=mark)),
            Event(other, "void"),
        ]
        found = refusals(chain, [event for event, _ in refused] + good)
        assert {at: fault.code for at, fault in found.items()} == {
            at: code for at, (_, code) in enumerate(refused)
        }
        for fault in found.values():
            assert_worded(fault)
        # One that is made void in the same list is void for what follows.
        assert list(refusals(chain, [Event(other, "void"), Event(other, "marked")])) == [1]
        before = chain.next
        with pytest.raises(EventRefused):
            record_many(chain, [good[0], refused[0][0]])
        assert chain.next == before
        assert record_many(chain, good) == [Ref("MVD-1", before + at) for at in range(len(good))]


def test_jobs_by_name_and_their_marks(ledger_place: str) -> None:
    with make(ledger_place) as ledger, ledger.writing() as chain:
        one, two = job(chain, "ab" * 32), job(chain, "ab" * 4 + "cd" * 28)
        marks = issue(chain, ["A", "B"], one) + issue(chain, ["C"], one)
        issue(chain, ["D"], two)
        connection = chain.connection
        for name in (str(one), "ab" * 32, "ab" * 5):
            assert job_named(connection, name) == one
        assert list(marks_of_job(connection, one)) == marks
        for name, told in {
            "ab" * 4: "several jobs",
            "0123456789": "no job has",
            "ab": "names no job",
            "AB" * 4: "names no job",
            str(marks[0]): "is no job",
            "MVD-1/999": "there is no entry",
        }.items():
            with pytest.raises(LedgerError, match=told):
                job_named(connection, name)


def test_the_life_of_an_arm(ledger_place: str) -> None:
    with make(ledger_place) as ledger:
        with ledger.writing() as chain:
            ordered = job(chain, order="June")
            maker = ("maker", "A-123", "a-123", "CO\x1fINDU")
            first, stranger = issue(chain, ["CO INDU\n26 A-123", "ZZ"], ordered, [[maker], []])
            importer = issue(chain, ["UY 26 77"], None, [[("importer", "77", None, "UY")]], first)
            scheme = issue(chain, ["*POL 9"], None, [[("scheme", "9", None, "POL")]], struck=True)
        with ledger.writing() as chain:
            wrong = record(chain, first, "rejected")
        with ledger.writing() as chain:
            right = record(chain, first, "marked", Details(corrects=wrong))
            joined = record(chain, scheme[0], "same-arm", Details(arm=importer[0]))
        with ledger.writing() as chain:
            stolen = record(chain, importer[0], "stolen", Details(place="Salto"))
            conflict = chain.append("conflict", {"slot": "s", "holder": str(first)}, stranger)
        with ledger.reading() as connection:
            lives = [life(connection, ref) for ref in (first, importer[0], scheme[0])]
            alone = life(connection, stranger)
        for one in lives:
            assert one.marks[0].ref in (first, scheme[0])
            assert {mark.ref for mark in one.marks} == {first, *importer, *scheme}
            numbers = {(n.kind, n.stamped, n.typed, n.match) for n in one.numbers}
            assert numbers == {
                ("maker", "A-123", "a-123", "A123"),
                ("importer", "77", "77", "77"),
                ("scheme", "9", "9", "9"),
            }
            assert [event.ref for event in one.events] == [wrong, right, joined, stolen]
            assert [event.corrected_by for event in one.events] == [right, None, None, None]
            assert one.reported is not None and one.reported.ref == stolen
            assert [entry.ref for entry in one.conflicts] == [conflict]
        assert [one.mark.state for one in lives] == ["struck", "issued", "struck"]
        found = lives[0].mark.job
        assert found is not None
        assert (found.ref, found.order, found.written) == (ordered, "June", False)
        assert [mark.ref for mark in alone.marks] == [stranger]
        assert [entry.ref for entry in alone.conflicts] == [conflict]
        with ledger.writing() as chain:
            record(chain, first, "recovered")
            chain.append("resolved", {"decision": "both"}, conflict)
            record(chain, scheme[0], "corrected", Details(corrects=joined))
            chain.append("written", {"manifest": "", "marks": 2}, ordered)
        with ledger.reading() as connection:
            after = life(connection, first)
            assert after.reported is None
            assert after.conflicts == ()
            assert after.mark.state is State.STRUCK
            assert after.mark.job is not None and after.mark.job.written
            # The join was taken back, seen from either side.
            assert {mark.ref for mark in after.marks} == {first, *importer}
            assert [mark.ref for mark in life(connection, scheme[0]).marks] == scheme
            with pytest.raises(LedgerError, match="is no mark"):
                life(connection, stolen)
