"""Serial numbers that we issue."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markcode.jobs.serials import SerialError, Serials, is_doubtful
from markcode.reference.lookalikes import LOOKALIKES, SAFE_ALPHABET


@pytest.mark.parametrize(
    ("pattern", "alphabet", "number", "serial"),
    [
        ("A{6}", "digits", 1, "A000001"),
        ("A{6}", "digits", 999_999, "A999999"),
        ("{3}", "digits", 42, "042"),
        ("TEST-{2}", "alphanumeric", 35, "TEST-0Z"),
        ("TEST-{2}", "alphanumeric", 36, "TEST-10"),
        # 19 characters: 3 4 7 9 A C E F H J K M N P R T W X Y
        ("A{3}", "safe", 1, "A334"),
        ("A{3}", "safe", 18, "A33Y"),
        ("A{3}", "safe", 19, "A343"),
        ("A{2}", "XYZ", 3, "AYX"),
    ],
)
def test_known_serials(pattern: str, alphabet: str, number: int, serial: str) -> None:
    assert Serials.parse(pattern, alphabet).text(number) == serial


def test_the_default_alphabet_has_no_look_alike() -> None:
    plan = Serials.parse("{4}")
    assert plan.alphabet == SAFE_ALPHABET
    assert LOOKALIKES.isdisjoint(plan.alphabet)
    assert plan.last == 19**4 - 1


@given(
    st.integers(1, 6),
    st.sampled_from(["safe", "digits", "alphanumeric", "ZA", "xyz"]),
    st.data(),
)
def test_serials_grow_with_their_numbers(length: int, alphabet: str, data: st.DataObject) -> None:
    plan = Serials.parse(f"P{{{length}}}", alphabet)
    numbers = data.draw(st.lists(st.integers(1, plan.last), min_size=2, unique=True))
    by_place = {char: chr(at) for at, char in enumerate(plan.alphabet)}
    keys = [[by_place[char] for char in plan.text(number)[1:]] for number in sorted(numbers)]
    assert keys == sorted(keys)
    assert len(set(map(tuple, keys))) == len(numbers)
    assert {len(key) for key in keys} == {length}


@pytest.mark.parametrize(
    "pattern", ["A", "A{}", "A{0}", "A{41}", "A{6}B", "A{6", "{A}", "A{٣}", ""]
)
def test_patterns_that_are_none(pattern: str) -> None:
    with pytest.raises(SerialError, match="is not a prefix and a number of characters"):
        Serials.parse(pattern)


@pytest.mark.parametrize("alphabet", ["", "A", "AA", "A B", "AÑ", "unknown name"])
def test_alphabets_that_are_none(alphabet: str) -> None:
    with pytest.raises(SerialError, match="serial alphabet"):
        Serials.parse("A{6}", alphabet)


@pytest.mark.parametrize("number", [0, -1, 100])
def test_numbers_that_the_pattern_does_not_hold(number: int) -> None:
    with pytest.raises(SerialError, match="holds numbers 1 to 99"):
        Serials.parse("A{2}", "digits").text(number)


@pytest.mark.parametrize(
    ("check", "doubtful"),
    [
        (None, False),
        ("R", False),
        ("3W", False),
        ("0", True),
        ("*", True),
        ("3*", True),
        ("8", True),
    ],
)
def test_checks_that_are_not_issued(check: str | None, doubtful: bool) -> None:
    assert is_doubtful(check) is doubtful
