"""States of marks, against a slow reading of all entries; and the kinds that make them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from ledger_marks import issue
from ledgers import make
from markcode.errors import LedgerError
from markcode.ledger.chain import Entry
from markcode.ledger.kinds import event_kind, kind, known
from markcode.ledger.refs import Ref
from markcode.ledger.schema import ENTRY
from markcode.ledger.states import (
    Happened,
    History,
    State,
    folded,
    standing,
    states,
    states_between,
)

EFFECTS = {
    "started": "unknown",
    "unknown": "unknown",
    "marked": "struck",
    "verified": "struck",
    "remarked": "struck",
    "rejected": "rejected",
    "void": "void",
}
"""As the notes on equipment, 7, have it."""


def slow(entries: list[Entry], mark: Ref) -> str | None:
    """Return the state of a mark by reading everything, in the plainest way."""
    issued = [entry for entry in entries if entry.ref == mark and entry.kind == "issued"]
    if not issued:
        return None
    state = "struck" if issued[0].content.get("struck") else "issued"
    about = [entry for entry in entries if entry.about == mark and entry.kind != "issued"]
    wrong = [entry.content.get("corrects") for entry in about]
    for entry in sorted(about, key=lambda e: (e.time, e.station, e.seq)):
        if str(entry.ref) not in wrong and state != "void":
            state = EFFECTS.get(entry.kind, state)
    return state


STEPS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from([*EFFECTS, "corrected", "stolen", "put-on-display"]),
        st.none() | st.integers(0, 20),
    ),
    max_size=25,
)


@pytest.fixture
def history(ledger_place: str) -> Any:
    with make(ledger_place) as ledger, make(ledger_place, "PTY-2") as other:
        yield ledger, other


@given(data=st.data())
def test_states_are_a_slow_reading(data: st.DataObject, tmp_path_factory: Any) -> None:
    check(make(tmp_path_factory.mktemp("states") / "l.db"), data.draw(STEPS))


def test_states_are_a_slow_reading_on_both(ledger_place: str) -> None:
    steps = [
        (0, "marked", None), (1, "started", None), (0, "rejected", None), (0, "corrected", 2),
        (2, "void", None), (2, "marked", None), (3, "void", None), (3, "corrected", 6),
        (3, "put-on-display", None), (1, "corrected", 0),
    ]  # fmt: skip
    check(make(ledger_place), steps)


def check(ledger: Any, steps: list[tuple[int, str, int | None]]) -> None:
    with ledger:
        with ledger.writing() as chain:
            marks = [*issue(chain, ["A", "B", "C"]), *issue(chain, ["D"], struck=True)]
            # A further mark of an arm is about its first one, and is no event.
            further = issue(chain, ["E"], about=marks[0])
        made: list[Ref] = []
        for at, name, corrected in steps:
            ref = None if corrected is None or corrected >= len(made) else made[corrected]
            with ledger.writing() as chain:
                said = {"note": 'not "corrects":'} if ref is None else {"corrects": str(ref)}
                made.append(chain.append(name, said, marks[at]))
        asked = [*marks, *further, Ref("MVD-1", 1), Ref("MVD-1", 10**6), Ref("NOBODY", 2)]
        with ledger.reading() as connection:
            entries = [Entry.of(row) for row in connection.execute(select(ENTRY))]
            expected = {ref: slow(entries, ref) for ref in asked}
            found = states(connection, asked)
            between = states_between(connection, "MVD-1", marks[0].seq, further[0].seq)
        assert found == {ref: state for ref, state in expected.items() if state is not None}
        assert {Ref("MVD-1", seq): state for seq, state in between.items()}.items() <= found.items()
        rest = {ref for ref in found if ref.seq not in between}
        assert all(found[ref] is State.ISSUED for ref in rest)


def test_events_count_in_the_order_of_recording_whoever_wrote_them() -> None:
    early, late = "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"
    marked = Happened(late, Ref("AAA", 2), "marked")
    rejected = Happened(early, Ref("ZZZ", 9), "rejected")
    assert folded([marked, rejected]) is State.STRUCK
    assert folded([marked._replace(time=early), rejected]) is State.REJECTED


def test_nothing_follows_void_but_a_void_by_mistake_can_be_corrected() -> None:
    void = Happened("1", Ref("A", 5), "void")
    marked = Happened("2", Ref("A", 6), "marked")
    assert folded([void, marked]) is State.VOID
    assert folded([void, marked, Happened("3", Ref("A", 7), "corrected", void.ref)]) == "struck"


_STEPS = st.tuples(
    st.sampled_from(["1", "1", "2"]),
    st.sampled_from([*EFFECTS, "corrected", "failed", "shipped"]),
    st.none() | st.integers(1, 8),
)


@given(st.lists(_STEPS, max_size=12))
def test_events_added_one_by_one_are_as_all_at_once(
    steps: list[tuple[str, str, int | None]],
) -> None:
    history, all_of_them = History(), list[Happened]()
    for seq, (time, name, corrected) in enumerate(steps, start=1):
        # What corrects names what is there already.
        ref = None if corrected is None or corrected >= seq else Ref("MVD-1", corrected)
        all_of_them.append(Happened(time, Ref("MVD-1", seq), name, ref))
        history.add(all_of_them[-1])
        assert history.standing() == standing(all_of_them)


def test_effects_are_those_of_the_notes() -> None:
    for name, state in EFFECTS.items():
        assert kind(name).state == state
        assert kind(name).records == "manufacture"
    assert [name for name, one in known().items() if one.reported] == ["lost", "stolen", "diverted"]
    assert kind("recovered").reported is False


def test_every_event_of_the_issue_is_declared() -> None:
    said = (
        "marked verified imported transferred confiscated inspected lost stolen recovered "
        "deactivated exported"
    )
    for name in said.split():
        assert kind(name).source and not kind(name).ledger


def test_every_kind_has_its_labels() -> None:
    for one in known().values():
        assert set(one.labels) == {"en", "es", "pt", "fr"}
        assert all(text.strip() == text != "" for text in one.labels.values()), one.name


@pytest.mark.parametrize("name", ["", "Marked", "a b", "1st", "-a", "a" * 41, "é", "a\n"])
def test_what_cannot_name_an_event(name: str) -> None:
    with pytest.raises(LedgerError, match="an event cannot be called"):
        event_kind(name)


@pytest.mark.parametrize(
    "name",
    "station series block drawn job issued registered written conflict resolved merged".split(),
)
def test_the_ledgers_own_kinds_are_no_events(name: str) -> None:
    with pytest.raises(LedgerError, match="written by the ledger itself"):
        event_kind(name)


def test_any_other_word_is_an_event_without_effect() -> None:
    assert event_kind("put-on-display").state is None
    assert re.fullmatch("[a-z-]+", event_kind("put-on-display").name)
    assert json.dumps(event_kind("x").label()) == '"x"'
