"""Check characters: promises proved, other programs agreed with, foreign characters refused."""

from __future__ import annotations

import copy
import itertools
import pickle
import random
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

import barcode
import polars as pl
import pytest
import stdnum.damm
import stdnum.ean
import stdnum.iso7064.mod_11_2
import stdnum.iso7064.mod_11_10
import stdnum.iso7064.mod_37_2
import stdnum.iso7064.mod_37_36
import stdnum.iso7064.mod_97_10
import stdnum.luhn
import stdnum.verhoeff
from hypothesis import given, settings
from hypothesis import strategies as st

from markcode import checks
from markcode.checks import FAULTS, CheckSystem
from markcode.errors import CheckError, ElementError, MarkcodeError, ProfileError

SYSTEMS = [checks.get(name) for name in checks.names()]
PAIRS = [system for system in SYSTEMS if system.length == 2 and system.name != "gs1-pair"]
LOCAL = FAULTS[:5]
DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
each_system = pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
each_pair = pytest.mark.parametrize("system", PAIRS, ids=lambda system: system.name)


def payloads(system: CheckSystem, longest: int = 23) -> st.SearchStrategy[str]:
    """Return a strategy for payloads that ``system`` takes."""
    return st.text(system.alphabet, min_size=1, max_size=longest)


def swapped(text: str, *pieces: tuple[int, str]) -> str:
    """Return ``text`` with single characters replaced."""
    characters = list(text)
    for place, character in pieces:
        characters[place] = character
    return "".join(characters)


def others(system: CheckSystem, text: str, place: int) -> Iterator[str]:
    """Yield the other characters that may stand at ``place`` of a checked text."""
    in_check = place >= len(text) - system.length
    for character in system.check_alphabet if in_check else system.alphabet:
        if character != text[place]:
            yield character


def faults_at(system: CheckSystem, text: str, kind: str, i: int) -> Iterator[str]:
    """Yield ``text`` with every fault of one local kind that begins at place ``i``."""
    if kind == "single-substitution":
        for other in others(system, text, i):
            yield swapped(text, (i, other))
        return
    j = i + (2 if "jump" in kind else 1)
    if j >= len(text):
        return
    if "transposition" in kind:
        if text[i] != text[j]:
            yield swapped(text, (i, text[j]), (j, text[i]))
    elif text[i] == text[j]:
        for other in others(system, text, i):
            yield swapped(text, (i, other), (j, other))


def faults(system: CheckSystem, text: str, kind: str) -> Iterator[str]:
    """Yield ``text`` with every single fault of ``kind``, anywhere; some, for those of no place."""
    if kind == "double-substitution":
        for i, j in itertools.combinations(range(len(text)), 2):
            first = next(others(system, text, i))
            for second in others(system, text, j):
                yield swapped(text, (i, first), (j, second))
    elif kind == "circular-shift":
        for i in range(1, len(text)):
            if text[i:] + text[:i] != text:
                yield text[i:] + text[:i]
    else:
        for i in range(len(text)):
            yield from faults_at(system, text, kind, i)


def small_payloads(system: CheckSystem, budget: int) -> Iterator[str]:
    """Yield every payload of 1, 2, 3 ... characters, as long as they are at most ``budget``."""
    for length in itertools.count(1):
        if len(system.alphabet) ** length > budget:
            return
        yield from map("".join, itertools.product(system.alphabet, repeat=length))


class TestPromises:
    """What ``detects`` names is always found; what it does not name is not."""

    @each_system
    def test_every_fault_in_every_small_text_is_found(self, system: CheckSystem) -> None:
        for kind in system.detects:
            budget = 1_000 if kind == "single-substitution" else 20_000
            for payload in small_payloads(system, budget):
                text = system.append(payload)
                for fault in faults(system, text, kind):
                    assert not system.is_valid(fault), (kind, text, fault)

    @each_system
    def test_a_pair_is_found_at_every_place_of_a_long_text(self, system: CheckSystem) -> None:
        """The places matter where weights or permutations change with them."""
        drawn = random.Random(system.name)
        base = "".join(drawn.choices(system.alphabet, k=system.max_payload or 10))
        pairs = list(itertools.combinations(system.alphabet, 2))
        pairs = drawn.sample(pairs, min(len(pairs), 700))
        for kind in system.detects - {"single-substitution"}:
            step = 2 if "jump" in kind else 1
            for place in range(len(base) - step):
                for a, b in pairs:
                    after = b if "transposition" in kind else a
                    text = system.append(swapped(base, (place, a), (place + step, after)))
                    pieces = (b, a) if "transposition" in kind else (b, b)
                    fault = swapped(text, (place, pieces[0]), (place + step, pieces[1]))
                    assert not system.is_valid(fault), (kind, text, fault)

    @each_system
    @given(data=st.data())
    def test_a_fault_anywhere_is_found(self, system: CheckSystem, data: st.DataObject) -> None:
        text = system.append(data.draw(payloads(system)))
        kind = data.draw(st.sampled_from(sorted(system.detects)))
        for fault in faults(system, text, kind):
            assert not system.is_valid(fault), (kind, text, fault)

    @pytest.mark.parametrize(
        ("system", "kind"),
        [(system, kind) for system in SYSTEMS for kind in FAULTS if kind not in system.detects],
        ids=lambda value: value if isinstance(value, str) else value.name,
    )
    def test_what_is_not_promised_does_go_unnoticed(self, system: CheckSystem, kind: str) -> None:
        drawn = random.Random(system.name + kind)
        for _ in range(20_000):
            payload = "".join(drawn.choices(system.alphabet, k=drawn.randint(1, 20)))
            if any(map(system.is_valid, faults(system, system.append(payload), kind))):
                return
        pytest.fail(f"{system.name} seems to find every {kind}: promise it")

    @each_system
    def test_promises_and_rates_agree(self, system: CheckSystem) -> None:
        assert tuple(system.rates) == FAULTS
        assert system.detects <= set(FAULTS)
        for kind in FAULTS:
            rate = system.rates[kind]
            assert rate is None or 0 <= rate <= 100
            if kind in system.detects:
                assert rate in (None, 100)

    @pytest.mark.parametrize(
        "system", [s for s in SYSTEMS if s.rates["twin"] is not None], ids=lambda s: s.name
    )
    @pytest.mark.parametrize("kind", [kind for kind in FAULTS if kind != "circular-shift"])
    def test_rates_are_about_right(self, system: CheckSystem, kind: str) -> None:
        """The table is drawn anew: 800 faults give it back within four standard errors."""
        drawn, found = random.Random(kind), 0
        for _ in range(800):
            found += not system.is_valid(random_fault(system, kind, drawn))
        rate = system.rates[kind]
        assert rate is not None
        assert found / 8 == pytest.approx(rate, abs=4.0)


def random_fault(system: CheckSystem, kind: str, drawn: random.Random) -> str:
    """Return a random text of 8 characters and their check, with a fault at a random place."""
    step = {"single-substitution": 0}.get(kind, 2 if "jump" in kind else 1)
    i = drawn.randrange(8 + system.length - step)
    while True:
        payload = drawn.choices(system.alphabet, k=8)
        if "twin" in kind and i + step < 8:
            payload[i + step] = payload[i]
        text = system.append("".join(payload))
        if kind == "double-substitution":
            i, j = drawn.sample(range(8), 2)
            a, b = (drawn.choice(list(others(system, text, place))) for place in (i, j))
            return swapped(text, (i, a), (j, b))
        made = list(faults_at(system, text, kind, i))
        if made:
            return drawn.choice(made)


class TestOtherPrograms:
    """python-stdnum and python-barcode give the same check."""

    ORACLES: ClassVar[dict[str, Callable[[str], str]]] = {
        "iso7064-mod11-2": stdnum.iso7064.mod_11_2.calc_check_digit,
        "iso7064-mod37-2": stdnum.iso7064.mod_37_2.calc_check_digit,
        "iso7064-mod11-10": stdnum.iso7064.mod_11_10.calc_check_digit,
        "iso7064-mod27-26": lambda s: stdnum.iso7064.mod_37_36.calc_check_digit(s, LETTERS),
        "iso7064-mod37-36": stdnum.iso7064.mod_37_36.calc_check_digit,
        "luhn": stdnum.luhn.calc_check_digit,
        "luhn-mod36": lambda s: stdnum.luhn.calc_check_digit(s, DIGITS + LETTERS),
        "damm": stdnum.damm.calc_check_digit,
        "verhoeff": stdnum.verhoeff.calc_check_digit,
        "gs1-mod10": stdnum.ean.calc_check_digit,
        "code39-mod43": lambda s: barcode.get("code39", s, None, {"add_checksum": True}).code[-1],
    }

    @pytest.mark.parametrize("name", ORACLES)
    @given(data=st.data())
    def test_it_agrees(self, name: str, data: st.DataObject) -> None:
        payload = data.draw(payloads(checks.get(name), 40))
        assert checks.get(name).compute(payload) == self.ORACLES[name](payload)

    @given(payloads(checks.get("iso7064-mod97-10"), 40))
    def test_mod97_10_agrees_but_for_the_range(self, payload: str) -> None:
        """python-stdnum writes 02 to 98, as IBAN does; the pure rule gives 00 to 96."""
        other = int(stdnum.iso7064.mod_97_10.calc_check_digits(payload))
        assert int(checks.get("iso7064-mod97-10").compute(payload)) == other % 97

    @pytest.mark.parametrize(
        ("name", "modulus", "radix"),
        [("iso7064-mod661-26", 661, 26), ("iso7064-mod1271-36", 1271, 36)],
    )
    @given(data=st.data())
    def test_the_whole_is_one_modulo(
        self, name: str, modulus: int, radix: int, data: st.DataObject
    ) -> None:
        """ISO/IEC 7064's condition, worked in one great number, and the smaller pair of two."""
        system = checks.get(name)
        text = system.append(data.draw(payloads(system, 40)))
        as_int = str.maketrans(LETTERS, (DIGITS + LETTERS)[:26]) if radix == 26 else {}
        assert int(text.translate(as_int), radix) % modulus == 1
        assert int(text[-2:].translate(as_int), radix) < modulus

    @given(payloads(checks.get("gs1-pair")))
    def test_gs1_pair_by_its_definition(self, payload: str) -> None:
        """GS1 General Specifications 7.9.5, written out."""
        order = sorted(checks.get("gs1-pair").alphabet)
        primes = [n for n in range(2, 84) if all(n % d for d in range(2, n))]
        terms = zip(primes, reversed(payload), strict=False)
        high, low = divmod(sum(p * order.index(c) for p, c in terms) % 1021, 32)
        pairs = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
        assert checks.get("gs1-pair").compute(payload) == pairs[high] + pairs[low]


class TestStrictness:
    """Only ASCII characters of the alphabet count; nothing is stripped or folded."""

    # Full-width and Arabic-Indic digits, Cyrillic A, line ends, controls, half of a surrogate pair.
    FOREIGN = ("\uff11", "\u0661", "\u0410", "\u00e9", "\n", "\r", "\0", "\x1d", "\ud800", "\u200b")

    @each_system
    @pytest.mark.parametrize("foreign", FOREIGN, ids=ascii)
    def test_a_foreign_character_is_refused(self, system: CheckSystem, foreign: str) -> None:
        start = system.alphabet[-3:]
        text = system.append(start)
        with pytest.raises(CheckError) as caught:
            system.compute(start + foreign + start[0] + foreign)
        assert caught.value.position == 3
        assert not system.is_valid(text + foreign)
        assert not system.is_valid(foreign + text)
        assert not system.is_valid(text[:2] + foreign + text[3:])
        assert not system.is_valid(text[:-1] + foreign)
        assert not system.is_noncanonical(text + foreign)

    @each_system
    @pytest.mark.parametrize("other", [" ", "-", "a", "{", "A", "\t"])
    def test_what_the_alphabet_lacks_is_refused(self, system: CheckSystem, other: str) -> None:
        if other in system.alphabet:
            assert system.compute(other)
            return
        with pytest.raises(CheckError) as caught:
            system.compute(other)
        assert caught.value.position == 0
        assert not system.is_valid(other + system.compute(system.alphabet[0]))

    @each_system
    def test_lower_case_is_another_text(self, system: CheckSystem) -> None:
        for character in system.alphabet:
            text = system.append(system.alphabet[0] + character)
            if text.lower() != text:
                assert not system.is_valid(text.lower()) or "a" in system.alphabet

    @each_system
    def test_too_short_is_not_valid(self, system: CheckSystem) -> None:
        for length in range(system.length + 1):
            text = system.check_alphabet[0] * length
            empty = system.name == "gs1-pair" and length == 2
            assert system.is_valid(text) is empty
            assert not system.is_noncanonical(text)

    @pytest.mark.parametrize("system", [s for s in SYSTEMS if s.min_payload], ids=lambda s: s.name)
    def test_empty_text_is_refused(self, system: CheckSystem) -> None:
        with pytest.raises(CheckError, match="empty") as caught:
            system.compute("")
        assert caught.value.position is None

    def test_gs1_pair_takes_23_characters(self) -> None:
        system = checks.get("gs1-pair")
        assert system.is_valid(system.append("A" * 23))
        with pytest.raises(CheckError, match="24 characters") as caught:
            system.compute("A" * 24)
        assert caught.value.position is None
        assert not any(
            system.is_valid("A" * 24 + a + b) for a in "23456789" for b in system.check_alphabet
        )

    @each_system
    @pytest.mark.parametrize("value", [None, 7, b"079", ["0", "7"], 7.0])
    def test_no_text_is_an_error_of_ours(self, system: CheckSystem, value: Any) -> None:
        with pytest.raises(ElementError, match="text"):
            system.compute(value)
        assert system.is_valid(value) is False
        assert system.is_noncanonical(value) is False

    @each_system
    @given(text=st.text(max_size=30))
    def test_arbitrary_text_raises_only_our_error(self, system: CheckSystem, text: str) -> None:
        try:
            assert system.is_valid(system.append(text))
        except MarkcodeError:
            assert not system.is_valid(text)

    def test_the_message_says_where_and_what(self) -> None:
        with pytest.raises(CheckError) as caught:
            checks.get("iso7064-mod37-36").compute("5.56")
        assert str(caught.value) == (
            "iso7064-mod37-36: character 2 of '5.56' is '.', and only 0-9 A-Z can be covered: "
            "correct the text, or choose another system"
        )


class TestNonCanonical:
    """Two-character systems of ISO/IEC 7064 have payloads with two pairs; only one is ours."""

    @each_pair
    @given(data=st.data())
    def test_exactly_the_other_pairs_of_the_congruence(
        self, system: CheckSystem, data: st.DataObject
    ) -> None:
        payload = data.draw(payloads(system))
        radix, modulus = len(system.alphabet), int(system.name.split("-")[1][3:])
        ours = system.compute(payload)
        number = system.alphabet.index(ours[0]) * radix + system.alphabet.index(ours[1])
        high, low = divmod(number + modulus, radix)
        expected = {system.alphabet[high] + system.alphabet[low]} if high < radix else set()
        found = {
            a + b
            for a, b in itertools.product(system.alphabet, repeat=2)
            if system.is_noncanonical(payload + a + b)
        }
        assert found == expected
        assert not any(system.is_valid(payload + pair) for pair in found)

    @pytest.mark.parametrize(
        ("name", "alias", "canonical"),
        [
            ("iso7064-mod1271-36", "ZBZC", "ZB01"),
            ("iso7064-mod661-26", "ZLZM", "ZLAB"),
        ],
    )
    def test_published_aliases(self, name: str, alias: str, canonical: str) -> None:
        """The two pairs that LiosK/cdigit names for each (standards: ISO/IEC 7064)."""
        system = checks.get(name)
        assert system.is_noncanonical(alias) and not system.is_valid(alias)
        assert system.is_valid(canonical) and not system.is_noncanonical(canonical)

    def test_mod97_10_has_97_98_and_99_for_00_01_and_02(self) -> None:
        system = checks.get("iso7064-mod97-10")
        aliases = {
            text[-2:]: system.compute(text[:-2])
            for text in (f"{payload}{pair:02}" for payload in range(97) for pair in range(100))
            if system.is_noncanonical(text)
        }
        assert aliases == {"97": "00", "98": "01", "99": "02"}

    @pytest.mark.parametrize("system", [s for s in SYSTEMS if s not in PAIRS], ids=lambda s: s.name)
    @given(text=st.text("0123456789XZ", max_size=6))
    def test_other_systems_have_none(self, system: CheckSystem, text: str) -> None:
        assert not system.is_noncanonical(text)


class Arrow:
    """Any Arrow array of another library: all that is known of it is the stream."""

    def __init__(self, series: pl.Series) -> None:
        self._series = series

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._series.__arrow_c_stream__(requested_schema)


class TestColumns:
    """A column gives what the scalar gives, row for row."""

    @each_system
    @settings(max_examples=15)
    @given(data=st.data())
    def test_columns_equal_scalars(self, system: CheckSystem, data: st.DataObject) -> None:
        good = payloads(system).map(system.append)
        rows = data.draw(st.lists(st.none() | good | payloads(system) | st.text(max_size=5)))

        def computed(text: str | None) -> str | None:
            try:
                return None if text is None else system.compute(text)
            except CheckError:
                return None

        assert system.compute_column(rows).to_list() == [computed(text) for text in rows]
        assert system.is_valid_column(rows).to_list() == [
            None if text is None else system.is_valid(text) for text in rows
        ]

    @pytest.mark.parametrize("wrap", [list, lambda s: s, Arrow], ids=["list", "series", "arrow"])
    def test_every_kind_of_column(self, wrap: Callable[[pl.Series], Any]) -> None:
        column = wrap(pl.Series("serial", ["8", None, "x", "", "83"]))  # 83 -> 8 + 6
        checked = checks.get("luhn").compute_column(column)
        valid = checks.get("luhn").is_valid_column(column)
        assert checked.dtype == pl.String and valid.dtype == pl.Boolean
        assert checked.to_list() == ["3", None, None, None, "6"]
        assert valid.to_list() == [False, None, False, False, True]

    def test_the_name_stays(self) -> None:
        assert checks.get("luhn").compute_column(pl.Series("serial", ["8"])).name == "serial"

    @pytest.mark.parametrize("column", [[], [None, None], pl.Series([], dtype=pl.String)])
    def test_a_column_without_text_in_it(self, column: Any) -> None:
        assert checks.get("damm").compute_column(column).to_list() == [None] * len(column)
        assert checks.get("damm").is_valid_column(column).dtype == pl.Boolean

    @pytest.mark.parametrize("dtype", [pl.Categorical(), pl.Enum(["8", "83"])])
    def test_a_column_of_categories(self, dtype: Any) -> None:
        column = pl.Series(["8", "83", "8"], dtype=dtype)
        assert checks.get("luhn").compute_column(column).to_list() == ["3", "6", "3"]

    @pytest.mark.parametrize("column", [[1, 2], ["1", 2], 5, "83", b"83", [b"83"], [1.5]])
    def test_a_column_of_no_text_is_refused(self, column: Any) -> None:
        with pytest.raises(ElementError):
            checks.get("luhn").compute_column(column)
        with pytest.raises(ElementError):
            checks.get("luhn").is_valid_column(column)


class TestRegistry:
    def test_names(self) -> None:
        assert checks.names() == (
            "iso7064-mod11-2",
            "iso7064-mod37-2",
            "iso7064-mod97-10",
            "iso7064-mod661-26",
            "iso7064-mod1271-36",
            "iso7064-mod11-10",
            "iso7064-mod27-26",
            "iso7064-mod37-36",
            "luhn",
            "luhn-mod36",
            "damm",
            "verhoeff",
            "gs1-mod10",
            "gs1-pair",
            "code39-mod43",
        )

    @each_system
    def test_a_system_describes_itself(self, system: CheckSystem) -> None:
        assert system.title and system.source
        assert system.length in (1, 2)
        assert len(set(system.alphabet)) == len(system.alphabet)
        assert system.alphabet.isascii() and system.check_alphabet.isascii()
        assert (system.max_payload == 23) is (system.name == "gs1-pair")

    @each_system
    def test_a_system_is_one_value(self, system: CheckSystem) -> None:
        assert pickle.loads(pickle.dumps(system)) is system
        assert copy.deepcopy(system) is system
        assert len({system, checks.get(system.name)}) == 1
        with pytest.raises(AttributeError):
            system.name = "other"

    @each_system
    @given(data=st.data())
    def test_the_check_is_of_its_alphabet(self, system: CheckSystem, data: st.DataObject) -> None:
        check = system.compute(data.draw(payloads(system)))
        assert len(check) == system.length
        assert set(check) <= set(system.check_alphabet)

    @pytest.mark.parametrize(
        ("name", "near"),
        [
            ("iso7064-mod36-37", "iso7064-mod37-36"),
            ("LUHN", "luhn"),
            ("verhoef", "verhoeff"),
            ("mod37-36", "iso7064-mod37-36"),
        ],
    )
    def test_an_unknown_name_gets_the_nearest_and_all(self, name: str, near: str) -> None:
        with pytest.raises(ProfileError) as caught:
            checks.get(name)
        assert str(caught.value) == (
            f"{name!r} is no check-character system: did you mean {near}? "
            f"known are {', '.join(checks.names())}"
        )

    def test_a_name_near_nothing(self) -> None:
        with pytest.raises(ProfileError, match=r"'\*' is no check-character system: known are iso"):
            checks.get("*")
