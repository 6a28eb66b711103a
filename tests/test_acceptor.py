"""Good marks judged at once: the same report, in every word, as the judge makes in full."""

from __future__ import annotations

import datetime
import json
import pickle
import random
from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markcode import Firearm, Format, InvalidMark, Payload, checks, get_format, list_formats
from markcode.acceptor import Acceptor
from markcode.code_lists import CodeList
from markcode.errors import ProfileError
from markcode.strategies import sample

MOSAIC = "CO INDU 26 07 01238 09 R"
GS1 = "010952012345678821ABC123"
ODD = "0Oo1IlA9Z-/. *★<>():\n\r\x1d^%é\u0410"
DAYS = (None, datetime.date(1999, 12, 31), datetime.date(2026, 11, 25))


def with_options(name: str) -> Iterator[Format]:
    plain = get_format(name)
    yield plain
    for option in plain.declaration.options:
        values = {"year_window": ("none",)}.get(option.key, option.values)
        for value in values:
            try:
                yield get_format(name, options={option.key: value})
            except ProfileError:  # the value needs another option beside it
                continue


def with_checks(name: str) -> Iterator[Format]:
    for over in get_format(name).declaration.check_over:
        for check in checks.names():
            try:
                yield get_format(name, check=check, check_over=over)
            except ProfileError:  # this check cannot cover these elements
                continue


def profiles(name: str) -> list[Format]:
    """Return the format with each of its options, and with a few of the checks that it takes."""
    checked = list(with_checks(name))
    return [*with_options(name), *random.Random(name).sample(checked, min(4, len(checked)))]


def sources(fmt: Format, kind: str, choose: random.Random) -> Iterator[str | Payload]:
    """Yield what says one arm: text, payload, record, and each of them with one fault."""
    try:
        marking = fmt.encode(*sample(fmt, choose.randrange, kind), accept_provisional=True)
    except InvalidMark:  # no serial number bears this check
        return
    good: list[str | Payload] = [
        marking.text,
        marking.payload,
        marking.record,
        str(marking.payload),
    ]
    yield from good
    for source in good:
        data = source.data if isinstance(source, Payload) else source
        assert isinstance(data, str)
        bad = faulty(data, choose)
        yield Payload(bad, source.gs1) if isinstance(source, Payload) else bad


def faulty(text: str, choose: random.Random) -> str:
    at = choose.randrange(len(text) + 1)
    odd = choose.choice(ODD + text)
    return choose.choice(
        (
            text[:at] + odd + text[at + 1 :],
            text[:at] + odd + text[at:],
            text[:at] + text[at + 1 :],
            text[:at] + text[at : at + 2][::-1] + text[at + 2 :],
            text[:at] + text,
        )
    )


def told(fmt: Format, source: Any, kind: str, *more: Any) -> tuple[Any, ...]:
    """Return all that a format says of a text; the order of what it tells too."""
    report = fmt.verify(source, kind, *more)
    return report, json.dumps(report.to_dict()), fmt.readings(source, kind, more[0])


def told_in_full(fmt: Format, source: Any, kind: str, *more: Any) -> tuple[Any, ...]:
    with mock.patch.object(Acceptor, "accept", lambda acceptor, text, is_gs1: None):
        return told(fmt, source, kind, *more)


def expect_the_same(fmt: Format, source: Any, kind: str, *more: Any) -> None:
    full = told_in_full(fmt, source, kind, *more)
    for _ in range(2):  # the first of a shape is judged in full, and learnt from
        assert told(fmt, source, kind, *more) == full


def is_accepted(fmt: Format, source: str | Payload, kind: str | None = None) -> bool:
    """Return whether a text is judged at once, when one like it was judged before."""
    fmt.verify(source, kind)
    with mock.patch("markcode.format.judge", side_effect=AssertionError):
        try:
            fmt.verify(source, kind)
        except AssertionError:
            return False
    return True


@pytest.mark.parametrize("name", list_formats())
def test_every_profile_of_every_format_says_the_same(name: str) -> None:
    choose = random.Random(name)
    for fmt in profiles(name):
        for kind in fmt.events:
            for number in range(2):
                for source in sources(fmt, kind, choose):
                    day, pedantic = DAYS[2 * number], bool(number)
                    expect_the_same(fmt, source, kind, day, pedantic)


@given(st.sampled_from(list_formats()), st.randoms(use_true_random=False))
def test_any_mark_and_any_faults_say_the_same(name: str, choose: random.Random) -> None:
    fmt = get_format(name)
    for source in sources(fmt, choose.choice(fmt.events), choose):
        data = source.data if isinstance(source, Payload) else source
        assert isinstance(data, str)
        text = faulty(data, choose) if choose.random() < 0.5 else data
        expect_the_same(
            fmt,
            choose.choice((text, text.encode(), Payload(text), Payload(text, gs1=True))),
            choose.choice(fmt.events),
            choose.choice(DAYS),
            choose.random() < 0.5,
        )


GS1_TEXTS = [
    GS1,
    GS1 + "\x1d",
    "\x1d" + GS1,
    "0109520123456788\x1d21ABC123",
    "21ABC123\x1d0109520123456788",
    "010952012345678821ABC123\x1d21ABC123",
    "010952012345678821ABC123\x1d21ABC124",
    "0109520123456788422170" + "21ABC123",
    "010952012345678821ABC123\x1d422999",
    "010952012345678821ABC123\x1d240X\x1d11260229",
    "010952012345678821ABC123\x1d11260200",
    "010952012345678821ABC123\x1d17260200",
    "8004952012345\x1d10A",
    "8003009520123456788",
    "8003009520123456788A7",
    "8010952012345\x1d8011012",
    "8010952012345\x1d801112",
    "8010952012345",
    "",
    "\x1d",
    "01",
    "(01)09520123456788(21)ABC123",
    "(01)09520123456788(21)A(7)",
    "(01)09520123456788(21)A\\(7)",
    "(01)09520123456788(21)A)7",
    "(21)ABC123(01)09520123456788",
    "(01)09520123456788\n(21)ABC123",
    "(01)09520123456788 (21)ABC123",
    "(01)09520123456788(21)ABC123\n",
    "(01)09520123456788(21)serial: 7",
    "(01)09520123456788\nserial: 7",
    "(01)09520123456789(21)ABC123",
    "(1)09520123456788",
]


@pytest.mark.parametrize("text", GS1_TEXTS)
@pytest.mark.parametrize("check", [None, "iso7064-mod37-36"])
def test_gs1_data_say_the_same_however_they_are_written(text: str, check: str | None) -> None:
    fmt = get_format("gs1", check=check)
    for source in (text, Payload(text), Payload(text, gs1=True)):
        for number in range(2):
            expect_the_same(fmt, source, "manufacture", None, bool(number))


def test_a_code_of_a_list_is_named_and_one_of_none_is_told() -> None:
    codes = {"manufacturer": CodeList("manufacturer", {"INDU": "Industrias Ejemplo"})}
    fmt = get_format("mosaic-0530", check="iso7064-mod37-36", codes=codes)
    other = fmt.encode(
        Firearm(country="CO", manufacturer="INDU", year=2026, model="07", serial="7", calibre="09")
    ).text
    assert is_accepted(fmt, MOSAIC)
    assert fmt.verify(MOSAIC).data["names"] == {"manufacturer": "Industrias Ejemplo"}
    for text in (MOSAIC, other, MOSAIC.replace("INDU", "INDX"), "CO INDX 26 07 01238 09 9"):
        expect_the_same(fmt, text, "manufacture", None, True)


@pytest.mark.parametrize("name", list_formats())
def test_what_fits_a_type_has_no_fault(name: str) -> None:
    choose = random.Random(name)
    fmt = get_format(name)
    for element in (element for kind in fmt.events for element in fmt.elements(kind)):
        for _ in range(10):
            token = element.type.write(element.type.sample(choose.randrange))
            assert element.type.fits(token)
            for text in (token, faulty(token, choose), faulty(faulty(token, choose), choose)):
                assert element.type.fits(text) == (element.type.fault(text) is None), text


class TestWhatIsJudgedAtOnce:
    """Else the other tests would hold nothing against each other."""

    def test_good_marks(self) -> None:
        checked = get_format("mosaic-0530", check="iso7064-mod37-36")
        assert is_accepted(checked, MOSAIC)
        assert is_accepted(checked, Payload(MOSAIC))
        assert is_accepted(get_format("mosaic-0530"), "CO 26 A1", "import")
        assert is_accepted(get_format("us-pmf"), "12345678-A1")
        for source in (Payload(GS1, gs1=True), "(01)09520123456788(21)ABC123"):
            assert is_accepted(get_format("gs1"), source)

    @pytest.mark.parametrize(
        "text",
        [
            MOSAIC[:-1] + "S",
            MOSAIC.replace("CO", "CS"),
            MOSAIC.replace("CO", "ZZ"),
            MOSAIC.replace("INDU", "iNDU"),
            "serial: 7",
            "",
        ],
    )
    def test_no_bad_ones(self, text: str) -> None:
        assert not is_accepted(get_format("mosaic-0530", check="iso7064-mod37-36"), text)

    def test_every_line_that_is_read_has_such_marks(self) -> None:
        slow = set()
        for name in list_formats():
            fmt = get_format(name)
            for kind in fmt.events:
                if fmt.declaration.syntax is None and fmt.rule(kind).readable:
                    arm = sample(fmt, random.Random(name).randrange, kind)
                    text = fmt.encode(*arm, accept_provisional=True).text
                    if not is_accepted(fmt, text, kind):
                        slow.add((name, kind))
        # A symbol must not stand beside the one, what the other's last digit must be is not known.
        assert slow == {("recsa", "import"), ("pe-sucamec", "import")}


def test_another_mark_of_the_same_shape_has_its_own_data() -> None:
    fmt = get_format("mosaic-0530")
    first, second = (fmt.verify(f"CO INDU 26 07 {serial} 09") for serial in ("01238", "01239"))
    assert first.firearm is not None
    assert second.firearm is not None
    assert (first.firearm.serial, second.firearm.serial) == ("01238", "01239")
    assert hash(first) != hash(second)


def test_what_was_judged_at_once_is_a_value_as_any() -> None:
    fmt = get_format("gs1")
    fmt.verify(Payload(GS1, gs1=True))
    report = fmt.verify(Payload(GS1, gs1=True))
    assert pickle.loads(pickle.dumps(report)) == report
    with pytest.raises(AttributeError):
        report.verdict = "invalid"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(fmt)).verify(Payload(GS1, gs1=True)) == report
