"""Heights and depths of marks, compared as whole nanometres (instruments.md section 0.2)."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import markcode
from markcode import ProfileError, get_format, lengths, list_formats
from markcode.errors import LengthError
from markcode.sizes import SizeReport, check_size

# The table of the notes: height, depth in nanometres, the day the depth holds from.
MINIMA: dict[str, tuple[int | None, int | None]] = {
    "us-478-92": (1_587_500, 76_200),
    "us-pmf": (1_587_500, 76_200),
    "ca-2004-275": (1_580_000, 76_000),
    "eu-2021-555": (1_600_000, 76_200),
    "es-28": (1_600_000, 76_200),
    "za-23": (None, 200_000),
    "ni-28-2005": (None, 200_000),
    "br-7dlog-2006": (None, 100_000),
}
FROM = datetime.date(2025, 7, 22)
BEFORE = datetime.date(2025, 7, 21)


def report(name: str, height: int | None, depth: int | None, **more: Any) -> SizeReport:
    (found,) = check_size(height, depth, name, **more)
    assert found.format == name
    return found


def told(found: SizeReport) -> list[tuple[str, str, object]]:
    return [(f.code, f.severity, f.params["reason"]) for f in found.findings]


def test_the_minima_are_those_of_the_table() -> None:
    found = check_size(0, 0)
    minima = {r.format: (r.requirements.height_nm, r.requirements.depth_nm) for r in found}
    assert minima == MINIMA
    assert {r.format for r in found if r.requirements.depth_from == FROM} == {
        "eu-2021-555",
        "es-28",
    }
    assert all(r.requirements.source for r in found)


@pytest.mark.parametrize("name", MINIMA)
def test_each_boundary_to_the_nanometre(name: str) -> None:
    height, depth = MINIMA[name]
    assert report(name, height, depth).ok
    if height is not None:
        low = report(name, height - 1, depth)
        assert (low.ok, told(low)) == (False, [("size.too_small", "error", "height")])
        assert low.findings[0].params["found_nm"] == height - 1
        assert low.findings[0].params["least_nm"] == height
    assert depth is not None
    shallow = report(name, height, depth - 1)
    assert (shallow.ok, told(shallow)) == (False, [("size.too_small", "error", "depth")])
    assert report(name, 10**9, 10**9).ok


@pytest.mark.parametrize(
    ("height", "depth", "satisfied"),
    [
        # A mark of the US minimum fails the EU by 12,500 nm.
        ("0.0625in", ".003in", {"us-478-92", "us-pmf", "ca-2004-275"}),
        ("1.58mm", "0.076mm", {"ca-2004-275"}),
        ("1.6mm", "0.0762mm", {"us-478-92", "us-pmf", "ca-2004-275", "eu-2021-555", "es-28"}),
        ("1.6mm", "0.1mm", set(MINIMA) - {"za-23", "ni-28-2005"}),
        ("1.6mm", "0.2mm", set(MINIMA)),
        ("0.1mm", "0.2mm", {"za-23", "ni-28-2005", "br-7dlog-2006"}),
        ("1.5mm", "0.01mm", set()),
    ],
)
def test_which_instruments_a_mark_satisfies(height: str, depth: str, satisfied: set[str]) -> None:
    found = check_size(lengths.parse(height), lengths.parse(depth))
    assert {r.format for r in found if r.ok} == satisfied
    assert [r.format for r in found] == [name for name in list_formats() if name in MINIMA]


@pytest.mark.parametrize("name", ["eu-2021-555", "es-28"])
def test_a_depth_that_holds_from_a_day(name: str) -> None:
    assert report(name, 1_600_000, 1, as_of=BEFORE).ok
    assert report(name, 1_600_000, None, as_of=BEFORE).ok
    assert told(report(name, 1_600_000, 1, as_of=FROM)) == [("size.too_small", "error", "depth")]
    assert told(report(name, 1_600_000, 1)) == [("size.too_small", "error", "depth")]
    assert told(report(name, 1_599_999, 1, as_of=BEFORE)) == [("size.too_small", "error", "height")]
    # No such day stands in the others' rules.
    assert not report("us-pmf", 1_587_500, 1, as_of=datetime.date(1900, 1, 1)).ok


def test_what_was_not_measured_is_not_satisfied() -> None:
    found = report("us-pmf", 1_587_500, None)
    assert (found.ok, found.untested, found.findings) == (False, ("depth",), ())
    assert report("us-pmf", None, None).untested == ("height", "depth")
    assert report("za-23", None, 200_000).ok
    assert report("eu-2021-555", 1_600_000, None, as_of=FROM).untested == ("depth",)


def test_a_format_without_a_minimum_is_satisfied_by_any_mark() -> None:
    for name in set(list_formats()) - set(MINIMA):
        found = report(name, 1, 1)
        assert (found.ok, found.findings, found.untested) == (True, (), ())


@pytest.mark.parametrize(
    ("height", "depth", "message"),
    [
        (-1, None, "height: -1 nm is less than nothing"),
        (None, -5, "depth: -5 nm is less than nothing"),
        (1.6, None, "height: 1.6 is no whole number of nanometres"),
        (True, None, "height: True is no whole number of nanometres"),
        (1, "76200", "depth: '76200' is no whole number of nanometres"),
    ],
)
def test_wrong_measures(height: Any, depth: Any, message: str) -> None:
    with pytest.raises(LengthError) as caught:
        check_size(height, depth)
    assert str(caught.value) == message


def test_an_unknown_format() -> None:
    with pytest.raises(ProfileError, match="did you mean us-pmf"):
        check_size(1, 1, "us-pmff")


def test_a_format_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'extends = "ni-28-2005"\nname = "own"\nheight = "3mm"\ndepth = "0.25mm"\n', encoding="utf-8"
    )
    for chosen in (str(own), get_format(own)):
        (found,) = check_size(3_000_000, 250_000, chosen)
        assert (found.format, found.ok) == ("own", True)
        (found,) = check_size(2_999_999, 249_999, chosen)
        assert told(found) == [
            ("size.too_small", "error", "height"),
            ("size.too_small", "error", "depth"),
        ]


def test_as_plain_data() -> None:
    found = report("eu-2021-555", 1_587_500, None)
    plain = found.to_dict("es")
    (finding,) = plain.pop("findings")
    assert plain == {
        "format": "eu-2021-555",
        "ok": False,
        "height_nm": 1_600_000,
        "depth_nm": 76_200,
        "untested": ["depth"],
    }
    assert finding["message"] == found.findings[0].message("es")
    assert "1.5875 mm" in finding["message"]


@given(
    st.integers(0, 3_000_000),
    st.integers(0, 300_000),
    st.one_of(st.none(), st.dates(datetime.date(2020, 1, 1), datetime.date(2030, 1, 1))),
)
def test_a_larger_mark_satisfies_no_less(
    height: int, depth: int, as_of: datetime.date | None
) -> None:
    def ok(height: int, depth: int) -> set[str]:
        return {r.format for r in markcode.check_size(height, depth, as_of=as_of) if r.ok}

    assert ok(height, depth) <= ok(height + 1, depth) <= ok(height + 1, depth + 1)
    for name, (least_height, least_depth) in MINIMA.items():
        if height >= (least_height or 0) and depth >= (least_depth or 0):
            assert name in ok(height, depth)
