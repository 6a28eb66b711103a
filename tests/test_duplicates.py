"""Repeats of unique keys over a table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markcode.jobs.duplicates import Duplicates, scratch
from markcode.model import Finding, Severity
from markcode.writing import UniqueKey


def error(*value: str) -> UniqueKey:
    return UniqueKey("duplicate.key", "error", tuple("abcdef"[: len(value)]), value)


def warning(value: str, distinct: str) -> UniqueKey:
    return UniqueKey("duplicate.serial", "warning", ("serial",), (value,), (distinct,))


def found(rows: dict[int, list[UniqueKey]]) -> dict[int, tuple[Finding, ...]]:
    """Return the findings of each row that has any."""
    with closing(scratch()) as database:
        duplicates = Duplicates(database)
        for row, keys in rows.items():
            duplicates.add(row, keys)
        duplicates.finish()
        every = {row: duplicates.of(row) for row in sorted(rows)}
        return {row: findings for row, findings in every.items() if findings}


def named(rows: dict[int, list[UniqueKey]]) -> dict[int, tuple[int, ...]]:
    return {row: findings[0].params["rows"] for row, findings in found(rows).items()}


def test_all_rows_of_a_group_name_each_other() -> None:
    rows = {2: [error("A", "1")], 3: [error("A", "2")], 5: [error("A", "1")], 9: [error("A", "1")]}
    assert named(rows) == {2: (5, 9), 5: (2, 9), 9: (2, 5)}


def test_the_finding_says_what_is_repeated() -> None:
    finding = found({2: [error("A", "1")], 3: [error("A", "1")]})[2][0]
    assert (finding.code, finding.severity) == ("duplicate.key", "error")
    assert dict(finding.params) == {
        "elements": ("a", "b"),
        "value": ("A", "1"),
        "rows": (3,),
        "count": 1,
    }


def test_at_most_ten_rows_are_named_and_all_are_counted() -> None:
    finding = found({row: [error("A")] for row in range(2, 32)})[20][0]
    assert finding.params["rows"] == tuple(range(2, 12))
    assert finding.params["count"] == 29


def test_values_are_not_run_together() -> None:
    assert found({2: [error("A", "BC")], 3: [error("AB", "C")]}) == {}


def test_a_warning_needs_another_variant() -> None:
    assert found({2: [warning("1", "pistol")], 3: [warning("1", "pistol")]}) == {}
    rows = {
        2: [warning("1", "pistol")],
        3: [warning("1", "rifle")],
        4: [warning("1", "pistol")],
        5: [warning("2", "rifle")],
    }
    assert named(rows) == {2: (3,), 3: (2, 4), 4: (3,)}
    assert found(rows)[3][0].severity == "warning"


def test_marks_equal_without_separators_are_compared_whatever_their_elements() -> None:
    joined = [
        UniqueKey("duplicate.key", "error", elements, ("CO1234",))
        for elements in (("country", "model", "serial"), ("country", "serial"))
    ]
    assert named({2: joined[:1], 3: joined[1:]}) == {2: (3,), 3: (2,)}
    # The serial of one element is another matter.
    alone = UniqueKey("duplicate.key", "error", ("serial",), ("CO1234",))
    assert found({2: joined[:1], 3: [alone]}) == {}


def test_keys_repeated_by_the_same_rows_are_one_finding() -> None:
    keys = [error("A"), error("A", "1")]
    assert [len(findings) for findings in found({2: keys, 3: keys}).values()] == [1, 1]


def _brute(rows: dict[int, list[UniqueKey]]) -> Iterator[tuple[int, int, Severity]]:
    for row, keys in rows.items():
        for other, others in rows.items():
            for key in keys:
                for mate in others:
                    same = (key.code, key.elements, key.value) == (
                        mate.code,
                        mate.elements,
                        mate.value,
                    )
                    differs = key.severity == "error" or key.distinct != mate.distinct
                    if row != other and same and differs:
                        yield row, other, key.severity


_KEYS = st.one_of(
    st.builds(error, st.sampled_from("AB")),
    st.builds(error, st.sampled_from("AB"), st.sampled_from("12")),
    st.builds(warning, st.sampled_from("AB"), st.sampled_from("xyz")),
)


# A format gives a row no more than one key of a kind.
_ROW = st.lists(_KEYS, max_size=2, unique_by=lambda key: key.elements)


@given(st.lists(_ROW, max_size=9))
def test_the_pairs_are_those_of_comparing_all_rows(
    keys: list[list[UniqueKey]],
) -> None:
    rows = dict(enumerate(keys, start=2))
    pairs = {
        (row, other, finding.severity)
        for row, findings in found(rows).items()
        for finding in findings
        for other in finding.params["rows"]
    }
    assert pairs == set(_brute(rows))


def test_rows_can_be_left_out_when_asking() -> None:
    with closing(scratch()) as database:
        duplicates = Duplicates(database)
        for row in range(2, 10):
            duplicates.add(row, [error(str(row % 2))])
        duplicates.finish()
        assert duplicates.of(7)[0].params["rows"] == (3, 5, 9)
        assert duplicates.of(8)[0].params["rows"] == (2, 4, 6)


@pytest.mark.parametrize("count", [1, 4_999, 5_000, 5_001])
def test_no_key_is_lost_where_a_bundle_is_written(count: int) -> None:
    rows = {row: [error(str(row))] for row in range(2, 2 + count)} | {90_000: [error("2")]}
    assert named(rows) == {2: (90_000,), 90_000: (2,)}
