"""Country codes that mislead: each row of both tables of the notes on instruments, section 15."""

from __future__ import annotations

import string

import pycountry
import pytest

from markcode import Event, Firearm, InvalidMark, get_format
from markcode.reference import countries

MOSAIC = get_format("mosaic-0530")

# alpha-2, alpha-3, number, last year, alpha-2 of some successors; ISO 3166-3.
ENDED = [
    ("SU", "SUN", "810", 1992, "RU UA UZ"),
    ("YU", "YUG", "891", 2003, "RS HR SI"),
    ("CS", "CSK", "200", 1993, "CZ SK"),
    ("CS", "SCG", "891", 2006, "RS ME"),
    ("DD", "DDR", "278", 1990, "DE"),
    ("ZR", "ZAR", "180", 1997, "CD"),
    ("BU", "BUR", "104", 1989, "MM"),
    ("RH", "RHO", "716", 1980, "ZW"),
    ("HV", "HVO", "854", 1984, "BF"),
    ("DY", "DHY", "204", 1977, "BJ"),
    ("VD", "VDR", "", 1977, "VN"),
    ("YD", "YMD", "720", 1990, "YE"),
    ("TP", "TMP", "626", 2002, "TL"),
]
# alpha-2, former and present alpha-3, former number, last year, first year of the present holder.
REUSED = [
    ("BY", "BYS", "BLR", "112", 1992, 1993),
    ("AI", "AFI", "AIA", "262", 1977, 1985),
    ("GE", "GEL", "GEO", "296", 1979, 1992),
    ("SK", "SKM", "SVK", "", 1975, 1993),
]


def mark(country: str, year: int) -> str:
    return f"{country} ERFT {year % 100:02} 07 01238 09"


def arm(country: str, year: int) -> Firearm:
    """Return the arm that bears `mark`."""
    return Firearm(
        country=country,
        manufacturer="ERFT",
        year=year,
        model="07",
        serial="01238",
        calibre="09",
    )


def alpha3(text: str, year: int | None = None) -> str:
    found = countries.find(text, year)
    assert found is not None, text
    return found.alpha3


# Former countries -----------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "three", "numeric", "last", "successors"), ENDED)
def test_a_former_country_by_each_code(
    code: str, three: str, numeric: str, last: int, successors: str
) -> None:
    assert alpha3(code, last) == alpha3(three, last) == alpha3(three) == three
    country = countries.by_alpha3(three)
    assert country is not None
    assert (country.alpha2, country.numeric, country.withdrawn) == (code, numeric, last)
    assert country.existed(last)
    assert not country.existed(last + 1)
    assert country in countries.former(code)
    assert set(successors.split()) <= set(country.successors)
    assert not countries.is_assigned(code)
    if numeric:
        assert alpha3(numeric, last - 1) == three


@pytest.mark.parametrize(("code", "three", "numeric", "last", "successors"), ENDED)
def test_a_former_code_is_read_on_old_arms_and_refused_on_later_ones(
    code: str, three: str, numeric: str, last: int, successors: str
) -> None:
    report = MOSAIC.verify(mark(code, last))
    assert report.verdict == "valid"
    assert [(f.code, f.severity, f.span) for f in report.findings] == [
        ("country.former", "info", (0, 2))
    ]
    report = MOSAIC.verify(mark(code, last + 1))
    assert report.verdict == "invalid"
    assert [(f.code, f.severity, f.span) for f in report.findings] == [
        ("country.ended", "error", (0, 2))
    ]


@pytest.mark.parametrize(("code", "three", "numeric", "last", "successors"), ENDED)
def test_encode_knows_the_end_of_a_country(
    code: str, three: str, numeric: str, last: int, successors: str
) -> None:
    for text in (code, three):
        made = MOSAIC.encode(arm(text, last))
        assert made.text == mark(code, last)
        with pytest.raises(InvalidMark) as raised:
            MOSAIC.encode(arm(text, last + 1))
        assert [finding.code for finding in raised.value.findings] == ["country.ended"]


@pytest.mark.parametrize(("year", "three"), [(1985, "CSK"), (1993, "CSK"), (2003, "SCG")])
def test_cs_is_czechoslovakia_or_serbia_and_montenegro_by_year(year: int, three: str) -> None:
    assert alpha3("CS", year) == three
    assert countries.by_alpha2("CS", year) == countries.by_alpha3(three)
    assert MOSAIC.verify(mark("CS", year)).verdict == "valid"


@pytest.mark.parametrize("year", [1994, 1998, 2002, 2007, 2026])
def test_cs_was_nobodys_between_and_after(year: int) -> None:
    assert not any(country.existed(year) for country in countries.former("CS"))
    assert [f.code for f in MOSAIC.verify(mark("CS", year)).findings] == ["country.ended"]


def test_cs_in_any_year_has_both_holders() -> None:
    assert [country.alpha3 for country in countries.former("CS")] == ["CSK", "SCG"]
    assert alpha3("CS") == "SCG"


@pytest.mark.parametrize(("code", "former", "present", "numeric", "last", "first"), REUSED)
def test_a_code_that_another_country_has_now(
    code: str, former: str, present: str, numeric: str, last: int, first: int
) -> None:
    assert alpha3(code) == alpha3(code, first) == alpha3(code, 2026) == present
    assert alpha3(code, last - 1) == alpha3(former) == former
    assert [country.alpha3 for country in countries.former(code)] == [former]
    assert [country.numeric for country in countries.former(code)] == [numeric]
    assert [country.withdrawn for country in countries.former(code)] == [last]
    assert countries.is_assigned(code)
    for year in (last - 1, first):
        assert MOSAIC.verify(mark(code, year)).findings == ()


# Codes that are no country's ------------------------------------------------------------------

USER_ASSIGNED = [
    "AA",
    "ZZ",
    *("Q" + letter for letter in "MNOPQRSTUVWXYZ"),
    *("X" + letter for letter in string.ascii_uppercase if letter != "K"),
]


@pytest.mark.parametrize("code", USER_ASSIGNED)
def test_user_assigned_codes(code: str) -> None:
    trap = countries.trap(code)
    assert trap is not None
    assert (trap.code, trap.reason, trap.meant, trap.evidence) == (code, "user_assigned", None, "C")
    assert [f.code for f in MOSAIC.verify(mark(code, 2026)).findings] == ["country.unknown"]


def test_the_ranges_end_where_the_standard_says() -> None:
    pairs = [a + b for a in string.ascii_uppercase for b in string.ascii_uppercase]
    found = {p for p in pairs if (t := countries.trap(p)) and t.reason == "user_assigned"}
    assert found == set(USER_ASSIGNED)
    assert countries.trap("QL") is None


@pytest.mark.parametrize(
    ("code", "reason", "meant", "evidence"),
    [
        ("XK", "kosovo", None, "C"),
        ("EU", "deactivation_mark", None, "C"),
        ("UK", "eu_usage", "GB", "U"),
        ("EL", "eu_usage", "GR", "U"),
        ("GUA", "own_letters", "GT", "C"),
        ("PTY", "own_letters", "PA", "C"),
        ("D", "vehicle_sign", "DE", "U"),
        ("A", "vehicle_sign", "AT", "U"),
        ("F", "vehicle_sign", "FR", "U"),
    ],
)
def test_letters_that_people_use(code: str, reason: str, meant: str | None, evidence: str) -> None:
    trap = countries.trap(code)
    assert trap is not None
    assert (trap.reason, trap.meant, trap.evidence) == (reason, meant, evidence)
    assert trap.note
    assert countries.find(code) is None
    assert not countries.is_assigned(code)
    assert MOSAIC.verify(mark(code, 2026)).verdict == "invalid"
    if len(code) == 2:
        assert [f.code for f in MOSAIC.verify(mark(code, 2026)).findings] == ["country.unknown"]


@pytest.mark.parametrize(("ours", "iso"), [("GUA", "GTM"), ("PTY", "PAN")])
def test_own_letters_are_not_the_alpha_3_code(ours: str, iso: str) -> None:
    trap = countries.trap(ours)
    meant = countries.by_alpha3(iso)
    assert trap is not None
    assert meant is not None
    assert trap.meant == meant.alpha2


def test_no_assigned_or_former_code_is_a_trap() -> None:
    """Switzerland's vehicle sign is its ISO code, so that it is none."""
    for country in [*pycountry.countries, *pycountry.historic_countries]:
        assert countries.trap(country.alpha_2) is None
        assert countries.trap(country.alpha_3) is None
    for text in ("", "uk", "xk", "U", "QM-QZ", " UK"):
        assert countries.trap(text) is None


def test_ca_is_canada_in_a_code_and_california_as_a_state() -> None:
    assert alpha3("CA") == "CAN"
    assert countries.trap("CA") is None
    report = MOSAIC.verify("CA 27", event="import")
    assert report.verdict == "valid"
    rule = get_format("us-478-92")
    weapon = Firearm(serial="TEST-77", manufacturer="FOREIGN ARMS", country="CA", calibre=".22 LR")
    place = {"city": "ANYTOWN", "state": "CA"}
    with pytest.raises(InvalidMark) as raised:
        rule.encode(weapon, Event("import", importer="EXAMPLE IMPORTS", extra=place))
    faults = [(finding.code, finding.element) for finding in raised.value.findings]
    assert faults == [("element.value", "country")]


def test_alpha_2_and_alpha_3_in_one_string() -> None:
    """The GRIP proposal of 2004 has CH and SAU in one mark; ours has alpha-2 only."""
    assert (alpha3("CH"), alpha3("SAU")) == ("CHE", "SAU")
    assert MOSAIC.verify(mark("CH", 2004)).verdict == "valid"
    assert MOSAIC.verify(mark("SAU", 2004)).verdict == "invalid"


# German Land letters --------------------------------------------------------------------------

LANDS = {land.code: land.name for land in pycountry.subdivisions}
LAND_LETTERS = "BW BY BE BB HB HH HE MV NI NW RP SL SN ST SH TH".split()
# The notes, section 15: Botswana, Belarus, Belgium, Barbados, Maldives, Nicaragua, Sierra Leone,
# Senegal, Sao Tome, Saint Helena, Thailand.
ALSO_COUNTRIES = {
    **{"BW": "BWA", "BY": "BLR", "BE": "BEL", "BB": "BRB", "MV": "MDV", "NI": "NIC"},
    **{"SL": "SLE", "SN": "SEN", "ST": "STP", "SH": "SHN", "TH": "THA"},
}


@pytest.mark.parametrize("letters", LAND_LETTERS)
def test_german_land_letters(letters: str) -> None:
    land = countries.land_letters(letters)
    assert land is not None
    assert land.letters == letters
    assert land.name == LANDS[f"DE-{letters}"]
    assert land.country == (letters if letters in ALSO_COUNTRIES else None)


@pytest.mark.parametrize(("letters", "three"), ALSO_COUNTRIES.items())
def test_land_letters_are_a_country_where_a_country_is_asked(letters: str, three: str) -> None:
    assert alpha3(letters) == three
    assert MOSAIC.verify(mark(letters, 2026)).verdict == "valid"


@pytest.mark.parametrize("letters", sorted(set(LAND_LETTERS) - set(ALSO_COUNTRIES)))
def test_the_other_land_letters_are_no_country(letters: str) -> None:
    assert not countries.is_assigned(letters)
    assert [f.code for f in MOSAIC.verify(mark(letters, 2026)).findings] == ["country.unknown"]


def test_there_are_sixteen_lands() -> None:
    pairs = [a + b for a in string.ascii_uppercase for b in string.ascii_uppercase]
    assert {pair for pair in pairs if countries.land_letters(pair)} == set(LAND_LETTERS)
    assert countries.land_letters("by") is None


def test_ni_is_nicaragua_in_every_year_and_niedersachsen_by_its_letters() -> None:
    assert {alpha3("NI", year) for year in (None, 1970, 1990, 2026)} == {"NIC"}
    assert countries.former("NI") == ()


# Words on old arms ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("USSR", "SU"),
        ("U.S.S.R.", "SU"),
        ("CCCP", "SU"),
        ("СССР", "SU"),  # the same in Cyrillic
        ("Soviet Union, Unión Soviética, União Soviética, Union soviétique", "SU"),
        ("URSS", "SU"),
        ("West Germany, W. Germany, W.Germany", "DE"),
        ("Alemania Occidental, Alemanha Ocidental, Allemagne de l'Ouest", "DE"),
        ("East Germany, Alemania Oriental, Alemanha Oriental, Allemagne de l'Est", "DD"),
        ("German Democratic Republic, DDR, RDA", "DD"),
        ("Czechoslovakia, Checoslovaquia, Tchecoslováquia, Tchécoslovaquie", "CS"),
        ("Czecho, Checoeslovaquia", "CS"),
        ("Yugoslavia, Iugoslávia, Jugoslávia, Yougoslavie", "YU"),
        ("Zaire, Zaïre", "ZR"),
        ("Burma, Birmania, Birmânia, Birmanie", "BU"),
        ("Rhodesia, Southern Rhodesia, Rodesia, Rodésia, Rhodésie", "RH"),
        ("Made in Czechoslovakia, MADE IN CZECHOSLOVAKIA", "CS"),
        ("Made in USSR, Made in the USSR, Made in U.S.S.R.", "SU"),
        ("Made in W. Germany, MADE IN GERMANY", "DE"),
        ("Made in U.S.A., Made in USA, U.S.A., U.S.", "US"),
        ("Hecho en México, HECHO EN MEXICO", "MX"),
        ("Hecho en El Salvador, Fabricado en El Salvador", "SV"),
        ("Hecho en la Argentina, Fabricado en Argentina", "AR"),
        ("Fabricado no Brasil, Feito no Brasil", "BR"),
        ("Fabricado em Portugal", "PT"),
        ("Fabriqué en France", "FR"),
        ("Fabriqué aux États-Unis", "US"),
    ],
)
def test_names_as_old_arms_have_them(words: str, code: str) -> None:
    for text in words.split(", "):
        found = countries.find(text)
        assert found is not None, text
        assert found.alpha2 == code, text


@pytest.mark.parametrize(
    "text",
    [
        *("Made in", "made in ", "Made in Made in Italy", "Made", "in Italy", "Made in Narnia"),
        *("Made inItaly", "Italy made in", "U.K.", "u.s.a.", "U.S.A.R.", "Made in UK", "Hecho en"),
        *("8.40", "U..S", ".US", "CO.L"),
    ],
)
def test_words_that_name_no_country(text: str) -> None:
    assert countries.find(text) is None


@pytest.mark.parametrize(
    ("name", "year", "code"),
    [
        ("USSR", 1970, "SU"),
        ("Made in Czechoslovakia", 1985, "CS"),
        ("Serbia y Montenegro", 2005, "CS"),
        ("West Germany", 1975, "DE"),
        ("Allemagne de l'Est", 1985, "DD"),
        ("Iugoslávia", 1980, "YU"),
    ],
)
def test_encode_takes_the_names_of_the_time(name: str, year: int, code: str) -> None:
    assert MOSAIC.encode(arm(name, year)).text == mark(code, year)


def test_names_that_no_source_shows_are_told_apart() -> None:
    germany, soviet = countries.find("DE"), countries.find("SU")
    czech = countries.find("CS", 1985)
    assert germany is not None
    assert soviet is not None
    assert czech is not None
    assert germany.unconfirmed_names == ("West Germany", "W. Germany", "W.Germany")
    assert "CCCP" in soviet.unconfirmed_names
    assert "USSR" not in soviet.unconfirmed_names  # its name in ISO 3166-3
    assert czech.unconfirmed_names == ("Czecho",)
    for country in (germany, soviet, czech):
        assert set(country.unconfirmed_names) <= set(country.other_names)


def test_west_germany_was_never_a_code_of_its_own() -> None:
    assert alpha3("West Germany", 1960) == alpha3("DE", 1960) == "DEU"
    assert countries.former("DE") == ()


def test_the_united_states_want_the_name_of_the_time() -> None:
    rule = get_format("us-478-92")
    place = {"city": "ANYTOWN", "state": "NV"}
    for name in ("YUGOSLAVIA", "CZECHOSLOVAKIA", "USSR", "WEST GERMANY", "W. GERMANY"):
        weapon = Firearm(
            serial="TEST-77", manufacturer="FOREIGN ARMS", country=name, calibre="7.62X39"
        )
        made = rule.encode(weapon, Event("import", importer="EXAMPLE IMPORTS", extra=place))
        assert name in made.lines
