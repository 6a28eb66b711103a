"""How deep dots are (equipment.md 6.1), and what misses a format's depth."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markcode import get_format, messages
from markcode.engraving.depth import (
    CONES,
    _tangent,
    depth_nm,
    dot_nm,
    judge,
    least_cell_nm,
    widest_cone,
)
from markcode.errors import JobError, LengthError
from markcode.model import Requirements

US = get_format("us-478-92").requirements
ALL_CONES = st.integers(30, 150)
SIZES = st.integers(0, 10**8)


def mm(nanometres: int, places: int) -> str:
    """Return the millimetres, rounded as the notes round them."""
    return str(round(Decimal(nanometres) / 10**6, places))


def tangent(degrees: Decimal) -> Decimal:
    """Return the tangent to 40 digits, from the series of sine and cosine."""
    with localcontext() as context:
        context.prec = 50
        pi = Decimal("3.14159265358979323846264338327950288419716939937510582")
        angle = degrees * pi / 180
        terms = [angle**n / math.factorial(n) for n in range(60)]
        sine = sum((-1) ** (n // 2) * terms[n] for n in range(1, 60, 2))
        cosine = sum((-1) ** (n // 2) * terms[n] for n in range(0, 60, 2))
        return Decimal(sine) / Decimal(cosine)


class TestKnownAnswers:
    """Those of equipment.md 6.1."""

    @pytest.mark.parametrize(("cone", "depth"), [(120, "0.087"), (90, "0.150")])
    def test_a_dot_of_0_30_mm(self, cone: int, depth: str) -> None:
        assert mm(depth_nm(300_000, cone), 3) == depth

    @pytest.mark.parametrize(
        ("cone", "dot", "cell"), [(120, "0.264", "0.25"), (90, "0.152", "0.15")]
    )
    def test_a_depth_of_three_thousandths_of_an_inch(self, cone: int, dot: str, cell: str) -> None:
        assert mm(dot_nm(76_200, cone), 3) == dot
        assert mm(least_cell_nm(76_200, cone), 2) == cell
        assert mm(least_cell_nm(76_200, 90), 3) == "0.145"

    def test_the_right_angle_is_exact(self) -> None:
        assert depth_nm(300_000, 90) == 150_000
        assert dot_nm(150_000, 90) == 300_000

    @pytest.mark.parametrize("cone", range(30, 151))
    def test_no_cone_is_off_by_more_than_its_rounding(self, cone: int) -> None:
        twice = 2 * tangent(Decimal(cone) / 2)
        parts = tangent(Decimal(cone) / 2) * 10**12
        assert parts - Decimal("1e-20") <= _tangent(cone) < parts + 2
        assert depth_nm(10**6, cone) == int(10**6 / twice + (0 if cone != 90 else Decimal("0.1")))
        exact = 10**6 * twice
        assert exact - Decimal("1e-9") <= dot_nm(10**6, cone) < exact + 1 + Decimal("1e-5")


class TestRounding:
    @given(SIZES, ALL_CONES)
    def test_a_dot_as_wide_as_asked_is_deep_enough(self, depth: int, cone: int) -> None:
        dot = dot_nm(depth, cone)
        assert depth_nm(dot, cone) >= depth
        assert dot == 0 or depth_nm(dot - 1, cone) < depth

    @given(SIZES, ALL_CONES)
    def test_no_depth_is_claimed_that_the_rule_does_not_give(self, dot: int, cone: int) -> None:
        exact = dot / (2 * tangent(Decimal(cone) / 2))
        assert exact - Decimal("1.001") < depth_nm(dot, cone) <= exact + Decimal("1e-20")

    @given(SIZES, st.integers(30, 149))
    def test_a_wider_cone_is_less_deep(self, dot: int, cone: int) -> None:
        assert depth_nm(dot, cone + 1) <= depth_nm(dot, cone)

    @given(SIZES, ALL_CONES, st.integers(60, 105))
    def test_the_dot_of_the_least_cell_is_wide_enough(
        self, depth: int, cone: int, fill: int
    ) -> None:
        cell = least_cell_nm(depth, cone, fill)
        assert cell * fill >= 100 * dot_nm(depth, cone) > (cell - 1) * fill


class TestWrongUse:
    @pytest.mark.parametrize("cone", [29, 151, 0, -90, 90.0, True, "90"])
    def test_what_is_no_cone(self, cone: int) -> None:
        with pytest.raises(JobError, match="30 to 150"):
            depth_nm(300_000, cone)

    @pytest.mark.parametrize("value", [-1, 0.3, "1", True])
    def test_what_is_no_length(self, value: int) -> None:
        for call in (depth_nm, dot_nm, least_cell_nm):
            with pytest.raises(LengthError, match=r"nothing|no whole number"):
                call(value, 120)

    @pytest.mark.parametrize("fill", [0, -60, 0.6])
    def test_what_is_no_fill(self, fill: int) -> None:
        with pytest.raises(JobError, match="fill_percent"):
            least_cell_nm(76_200, 120, fill)


class TestWidestCone:
    def test_it_is_the_widest_that_reaches_the_depth(self) -> None:
        for dot in range(80_000, 280_000, 7_000):
            cones = [cone for cone in CONES if dot_nm(76_200, cone) <= dot]
            assert widest_cone(dot, 76_200) == (cones[-1] if cones else None)
        assert widest_cone(87_000, 76_200) is None
        assert widest_cone(88_000, 76_200) == 60


class TestJudge:
    def test_the_text_is_a_warning_and_the_symbol_a_note(self) -> None:
        found = judge(US, 120, symbol_dot_nm=250_000, text_dot_nm=250_000)
        assert [(f.code, f.severity, f.params["part"]) for f in found] == [
            ("depth.missed", "warning", "text"),
            ("depth.missed", "info", "symbol"),
        ]

    def test_what_would_meet_it(self) -> None:
        (found,) = judge(US, 120, symbol_dot_nm=200_000, fill_percent=80)
        assert dict(found.params) | {"reason": ""} == {
            "dot": "0.2 mm",
            "depth": "0.057735 mm",
            "required": "0.0762 mm",
            "needed_dot": "0.263965 mm",
            "needed_cell": "0.329957 mm",
            "dot_nm": 200_000,
            "depth_nm": 57_735,
            "required_nm": 76_200,
            "needed_dot_nm": 263_965,
            "needed_cell_nm": 329_957,
            "part": "symbol",
            "reason": "",
            "cone": 120,
            "needed_cone": 90,
        }
        needs = found.params
        assert not judge(US, 120, symbol_dot_nm=needs["needed_dot_nm"])
        assert not judge(US, needs["needed_cone"], symbol_dot_nm=200_000)

    def test_a_text_has_no_cell(self) -> None:
        (found,) = judge(US, 120, text_dot_nm=200_000)
        assert found.params["needed_cell_nm"] is None

    @given(st.integers(1, 10**6), st.integers(1, 10**6), ALL_CONES)
    def test_it_is_told_just_where_the_dot_is_too_small(
        self, dot: int, depth: int, cone: int
    ) -> None:
        found = judge(Requirements(depth_nm=depth), cone, text_dot_nm=dot)
        assert bool(found) == (dot < dot_nm(depth, cone))

    def test_nothing_is_told_where_nothing_is_asked_or_given(self) -> None:
        assert judge(Requirements(), 120, symbol_dot_nm=1, text_dot_nm=1) == []
        assert judge(US, 120) == []

    def test_a_depth_that_does_not_hold_yet_is_not_asked_for(self) -> None:
        needs = get_format("eu-2021-555").requirements
        day = needs.depth_from
        assert day is not None
        before = day - datetime.timedelta(days=1)
        assert judge(needs, 120, text_dot_nm=100_000, as_of=before) == []
        assert len(judge(needs, 120, text_dot_nm=100_000, as_of=day)) == 1
        assert len(judge(needs, 120, text_dot_nm=100_000)) == 1

    @pytest.mark.parametrize("language", messages.LANGUAGES)
    @pytest.mark.parametrize("dot", [50_000, 200_000])
    def test_the_words_hold_every_measure(self, language: str, dot: int) -> None:
        for found in judge(US, 120, symbol_dot_nm=dot, text_dot_nm=dot):
            words = found.message(language)
            assert "?" not in words and "{" not in words
            for name in ("dot", "depth", "required", "needed_dot", "needed_cell", "needed_cone"):
                value = found.params.get(name)
                assert value is None or str(value) in words

    def test_the_words(self) -> None:
        text, symbol = judge(US, 120, symbol_dot_nm=200_000, text_dot_nm=50_000)
        assert text.message() == (
            "The dots of the text are 0.05 mm wide: with a cone of 120 degrees that is about "
            "0.014433 mm deep, and 0.0762 mm is asked for. A dot of 0.263965 mm would reach it."
        )
        assert symbol.message().endswith(
            "A dot of 0.263965 mm in a cell of at least 0.251396 mm would reach it, "
            "or a cone of 90 degrees."
        )
