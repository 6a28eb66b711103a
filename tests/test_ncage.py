"""NATO commercial and governmental entity codes: forms by country, codes of each form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markcode.reference import countries, data, ncage

# Forms as AC/135 CodSP-3 (February 2026) prints them, one line of its table each.
PRINTED = {
    "ARG": ("W***#",),
    "AUT": ("#***N",),
    "BEL": ("B***#",),
    "COL": ("A***Z",),
    "FRA": ("F***#", "M***#"),
    "HUN": ("#***V",),
    "IDN": ("#***Z",),
    "ISL": ("S***#",),
    "ISR": ("#***A",),
    "ITA": ("A***#",),
    "JPN": ("J***#",),
    "USA": ("#***#",),
}
COUNTRIES = sorted({row["alpha3"] for row in data.rows("ncage.csv")})


@pytest.mark.parametrize("country", PRINTED)
def test_forms_as_printed(country: str) -> None:
    assert ncage.forms(country) == PRINTED[country]


@pytest.mark.parametrize(
    ("code", "country"),
    [
        ("0CVA5", "USA"),  # uidlaser.com
        ("A3309", "ITA"),  # Brady, Encoding UII Data
        ("L1234", "CAN"),
        ("12345", "CAN"),  # older codes have the form of the United States
        ("D12A4", "DEU"),
        ("M9999", "FRA"),
    ],
)
def test_a_code_fits_its_country(code: str, country: str) -> None:
    assert ncage.is_ncage(code)
    assert ncage.fits(code, country) is True


@pytest.mark.parametrize(
    ("code", "country"),
    [
        ("A3309", "USA"),
        ("0CVA5", "ITA"),
        ("A12BH", "ITA"),  # Albania's
        ("A3309 ", "ITA"),
        ("A330", "ITA"),
        ("A33099", "ITA"),
        ("AI309", "ITA"),
        ("AO309", "ITA"),
        ("a3309", "ITA"),
        ("A330٩", "ITA"),  # an Arabic digit nine
        ("A3309\n", "ITA"),
        ("", "ITA"),
    ],
)
def test_a_code_that_does_not_fit(code: str, country: str) -> None:
    assert ncage.fits(code, country) is False


@pytest.mark.parametrize("country", ["KEN", "ZAF", "PER", "", "usa", "XXX"])
def test_nothing_is_said_of_a_country_whose_forms_are_not_known(country: str) -> None:
    assert ncage.forms(country) == ()
    assert ncage.fits("0CVA5", country) is None


def test_the_list_names_present_countries_and_stops_at_j() -> None:
    present = {countries.by_alpha2(code) for code in countries.assigned()}
    assert set(COUNTRIES) <= {country.alpha3 for country in present if country}
    assert all(code[0] <= "J" for code in COUNTRIES if code != "USA")


@given(st.sampled_from(COUNTRIES), st.data())
def test_every_code_of_a_form_is_an_ncage(country: str, draws: st.DataObject) -> None:
    form = draws.draw(st.sampled_from(ncage.forms(country)))
    stands_for = {"#": "0123456789", "*": ncage.CHARACTERS}
    code = "".join(draws.draw(st.sampled_from(stands_for.get(sign, sign))) for sign in form)
    assert ncage.is_ncage(code)
    assert ncage.fits(code, country)
