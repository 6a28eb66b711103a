"""Reference data: against pycountry, and the notes that name each table's source."""

from __future__ import annotations

import string
import unicodedata

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markcode.reference import countries, data, labels, lookalikes
from markcode.reference.names import plain

# Countries ------------------------------------------------------------------------------------


def test_present_countries_are_those_of_iso_3166_1() -> None:
    ours = {
        (c.alpha2, c.alpha3, c.numeric)
        for code in countries.assigned()
        if (c := countries.by_alpha2(code))
    }
    assert ours == {(c.alpha_2, c.alpha_3, c.numeric) for c in pycountry.countries}


def test_former_countries_are_those_of_iso_3166_3() -> None:
    theirs = {
        (c.alpha_2, c.alpha_3, getattr(c, "numeric", ""), int(c.withdrawal_date[:4]))
        for c in pycountry.historic_countries
    }
    ours = {
        (c.alpha2, c.alpha3, c.numeric, c.withdrawn)
        for first in string.ascii_uppercase
        for second in string.ascii_uppercase
        for c in countries.former(first + second)
    }
    assert ours == theirs


@pytest.mark.parametrize("country", list(pycountry.countries), ids=lambda c: c.alpha_2)
def test_every_code_and_english_name_is_found(country: pycountry.db.Country) -> None:
    texts = [country.alpha_2, country.alpha_3, country.numeric, country.name, country.name.upper()]
    found = {c.alpha2 for text in texts if (c := countries.find(text))}
    assert found == {country.alpha_2}
    assert all(countries.find(text) for text in texts)


def test_every_name_is_found_and_no_present_ones_collide() -> None:
    for name in countries.names():
        assert countries.find(name) is not None, name
        assert countries.by_alpha2(name) is None, f"{name} looks like a code"
        assert countries.by_alpha3(name) is None, f"{name} looks like a code"
    for code in countries.assigned():
        country = countries.by_alpha2(code)
        assert country is not None
        for name in (*country.names.values(), *country.other_names):
            assert countries.find(name) == country, name


def test_successors_exist() -> None:
    for code in {c.alpha2 for name in countries.names() if (c := countries.find(name))}:
        for country in countries.former(code):
            assert country.successors
            assert all(countries.is_assigned(after) for after in country.successors)


@pytest.mark.parametrize(
    "code",
    # User-assigned (ISO 3166-1 8.1.3), other people's usage, and former ones.
    ["XK", "AA", "ZZ", "EU", "UK", "EL", "GUA", "PTY", "SU", "YU", "us", "USA", "", "U", "840"]
    + ["Q" + letter for letter in "MNOPQRSTUVWXYZ"]
    + ["X" + letter for letter in string.ascii_uppercase],
)
def test_what_is_not_assigned(code: str) -> None:
    assert not countries.is_assigned(code)


@pytest.mark.parametrize("text", ["XK", "EU", "UK", "EL", "GUA", "PTY", "us", "usa", "cz", "", " "])
def test_what_is_no_country(text: str) -> None:
    assert countries.find(text) is None


@pytest.mark.parametrize(
    ("text", "year", "alpha3"),
    [
        # ISO 3166-3; the traps of the notes on instruments, section 15.
        ("CS", 1985, "CSK"),
        ("CS", 1993, "CSK"),
        ("CS", 1998, "CSK"),
        ("CS", 2003, "SCG"),
        ("CS", 2006, "SCG"),
        ("CS", 2020, "SCG"),
        ("CS", None, "SCG"),
        ("SK", None, "SVK"),
        ("SK", 1970, "SKM"),
        ("SK", 2020, "SVK"),
        ("AI", 1970, "AFI"),
        ("GE", 1975, "GEL"),
        ("GE", 1995, "GEO"),
        ("BY", 1980, "BYS"),
        ("BY", 1992, "BLR"),
        ("BY", 2000, "BLR"),
        ("SU", 1980, "SUN"),
        ("SU", 2010, "SUN"),
        ("891", 2000, "YUG"),
        # A country that kept its number under new letters.
        ("180", 1990, "ZAR"),
        ("180", 2000, "COD"),
        ("180", None, "COD"),
        ("104", 1980, "BUR"),
        ("104", 1995, "MMR"),
        ("716", 1975, "RHO"),
        ("854", 1975, "HVO"),
        ("204", 1970, "DHY"),
        ("262", 1970, "AFI"),
        ("296", 1970, "GEL"),
        ("548", 1970, "NHB"),
        ("891", 2005, "SCG"),
        ("SUN", None, "SUN"),
        ("DE", 1960, "DEU"),
        ("USSR", None, "SUN"),
        ("CCCP", None, "SUN"),
        ("U.S.S.R.", None, "SUN"),
        ("Unión Soviética", None, "SUN"),
        ("Yugoslavia", None, "YUG"),
        ("Czechoslovakia", None, "CSK"),
        ("TCHÉCOSLOVAQUIE", None, "CSK"),
        ("East Germany", None, "DDR"),
        ("West Germany", None, "DEU"),
        ("W. Germany", None, "DEU"),
        ("Timor oriental", 1990, "TMP"),
        ("Timor oriental", None, "TLS"),
        ("estados unidos", None, "USA"),
        ("Cote d'Ivoire", None, "CIV"),
        ("Perú", None, "PER"),
        ("BRESIL", None, "BRA"),
    ],
)
def test_codes_and_names_by_year(text: str, year: int | None, alpha3: str) -> None:
    found = countries.find(text, year)
    assert found is not None
    assert found.alpha3 == alpha3


def test_both_holders_of_a_former_code() -> None:
    assert [c.alpha3 for c in countries.former("CS")] == ["CSK", "SCG"]
    assert countries.former("CO") == ()
    assert [c.successors for c in countries.former("CS")] == [("CZ", "SK"), ("RS", "ME")]


def test_names_in_four_languages() -> None:
    germany = countries.by_alpha2("DE")
    assert germany is not None
    assert dict(germany.names) == {
        "en": "Germany",
        "es": "Alemania",
        "pt": "Alemanha",
        "fr": "Allemagne",
    }


@given(st.text(max_size=20))
def test_any_text_may_be_looked_up(text: str) -> None:
    countries.find(text)
    countries.by_alpha2(text)
    assert plain(plain(text)) == plain(text)


# Look-alikes ----------------------------------------------------------------------------------


def test_the_safe_alphabet() -> None:
    # Counted by hand from the seven classes of the notes on instruments, section 13.
    assert lookalikes.SAFE_ALPHABET == "3479ACEFHJKMNPRTWXY"
    assert set(lookalikes.SAFE_ALPHABET).isdisjoint(lookalikes.LOOKALIKES)


def test_alternatives_are_mutual() -> None:
    for character in string.printable:
        for other in lookalikes.alternatives(character):
            assert other != character
            assert character in lookalikes.alternatives(other)
    assert lookalikes.alternatives("") == ""


def test_homoglyphs_have_the_names_of_what_they_resemble() -> None:
    greek = {"ALPHA": "A", "BETA": "B", "EPSILON": "E", "ETA": "H", "IOTA": "I", "KAPPA": "K"}
    greek |= {"MU": "M", "NU": "N", "OMICRON": "O", "RHO": "P", "TAU": "T", "CHI": "X"}
    greek |= {"UPSILON": "Y", "ZETA": "Z"}
    for name, latin in greek.items():
        letter = unicodedata.lookup(f"GREEK CAPITAL LETTER {name}")
        assert (lookalikes.homoglyph(letter), lookalikes.script(letter)) == (latin, "Greek")
    cyrillic = {"A": "A", "VE": "B", "ES": "C", "IE": "E", "EN": "H", "KA": "K", "EM": "M"}
    cyrillic |= {"O": "O", "ER": "P", "TE": "T", "HA": "X", "DZE": "S", "JE": "J"}
    for name, latin in cyrillic.items():
        letter = unicodedata.lookup(f"CYRILLIC CAPITAL LETTER {name}")
        assert (lookalikes.homoglyph(letter), lookalikes.script(letter)) == (latin, "Cyrillic")


@pytest.mark.parametrize(
    ("character", "ascii_character", "script"),
    [
        ("\uff21", "A", "Latin"),
        ("\uff11", "1", "Common"),
        ("\uff0d", "-", "Common"),
        ("\u2013", "-", "Common"),
        ("\u0663", "3", "Common"),
        ("\u0969", "3", "Common"),
        ("\U0001d7d8", "0", "Common"),
        ("\u00b2", None, "Common"),  # superscript two is no decimal digit
        ("\u0416", None, "Cyrillic"),
        ("\u212a", None, "Latin"),
        ("\u4e2d", None, "Cjk"),
        ("A", None, "Latin"),
        ("7", None, "Common"),
        ("\x00", None, "Common"),
    ],
)
def test_other_characters(character: str, ascii_character: str | None, script: str) -> None:
    assert lookalikes.homoglyph(character) == ascii_character
    assert lookalikes.script(character) == script


@given(st.characters())
def test_homoglyphs_are_ascii_and_never_of_ascii(character: str) -> None:
    found = lookalikes.homoglyph(character)
    assert found is None or (found.isascii() and len(found) == 1 and not character.isascii())
    assert lookalikes.script(character)


# Labels ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("file", [labels.ARMS, labels.EVENTS])
def test_no_label_stands_for_two_elements(file: str) -> None:
    meanings: dict[str, set[str]] = {}
    for row in data.rows(file):
        meanings.setdefault(labels.key(row["label"]), set()).add(row["element"])
    assert {key: found for key, found in meanings.items() if len(found) > 1} == {}


def test_every_detail_of_an_event_has_a_label_in_every_language() -> None:
    details = {row["element"] for row in data.rows(labels.EVENTS)}
    told = (
        "mark kind date time place authority operator document photo note machine result grade "
        "reader_text corrects arm"
    ).split()
    assert details == set(told)
    for detail in details:
        for language in countries.LANGUAGES:
            shown = labels.label(detail, language, labels.EVENTS)
            assert shown != detail
            assert labels.element_of(shown, labels.EVENTS) == detail


def test_every_element_has_a_label_in_every_language() -> None:
    rows = data.rows("labels.csv")
    elements = {row["element"] for row in rows}
    assert elements >= set("manufacturer country serial year model calibre type".split())
    assert elements >= {"importer", "force", "number", "event.country", "event.year"}
    assert elements >= {"city", "state", "licence", "mark", "row", "payload", "check"}
    assert elements >= set("place address authority owner entity contract class land".split())
    assert elements >= set("factory company import_lot check_digit legend".split())
    assert elements >= set(
        "year_made country_made year_import country_import country_third".split()
    )
    assert elements >= set("symbol code buyer destination date unit".split())
    assert elements >= set("gtin giai grai cpid cpid_serial secondary_serial".split())
    assert elements >= set("additional_id customer_part production_date".split())
    for element in elements:
        for language in countries.LANGUAGES:
            shown = labels.label(element, language)
            assert shown != element
            assert labels.element_of(shown) == element.removeprefix("firearm.")


@pytest.mark.parametrize(
    ("header", "element"),
    [
        ("Nº de serie", "serial"),
        ("N° de série", "serial"),
        ("n.º de série", "serial"),
        ("No. Serie", "serial"),
        ("NUMERO_DE_SERIE", "serial"),
        ("Numero de serie", "serial"),
        ("Serie", "serial"),
        ("Matrícula", "serial"),
        ("Serial No.", "serial"),
        ("serial.no", "serial"),
        ("SerialNumber", "serial"),
        ("Serial #", "serial"),
        ("S/N", "serial"),
        ("Numéro de série", "serial"),
        ("  Serial\nnumber ", "serial"),
        ("Fabricante", "manufacturer"),
        ("Marca", "manufacturer"),
        ("Marque", "manufacturer"),
        ("Make", "manufacturer"),
        ("Maker", "manufacturer"),
        ("Modelo", "model"),
        ("Calibre", "calibre"),
        ("CALIBER", "calibre"),
        ("País", "country"),
        ("Pais", "country"),
        ("Pays", "country"),
        ("País de fabricación", "country"),
        ("País de fabrico", "country"),
        ("País de importación", "event.country"),
        ("Pays d’importation", "event.country"),
        ("Año", "year"),
        ("Ano", "year"),
        ("Année", "year"),
        ("AÑO FABRICACION", "year"),
        ("Ano de importação", "event.year"),
        ("Tipo", "type"),
        ("Clase", "type"),
        ("Espécie", "type"),
        ("Type d'arme", "type"),
        ("Importador", "importer"),
        ("Marcaje", "mark"),
        ("Número", "number"),
        ("Lugar de fabricación", "place"),
        ("Dirección del importador", "address"),
        ("Nº de contrato", "contract"),
        ("Letra de clase", "class"),
        ("Clase de arma", "type"),
        ("Lote de importación", "import_lot"),
        ("Dígito verificador", "check_digit"),
        ("Caractere verificador", "check"),
        ("Código de fábrica", "factory"),
        ("Número de fábrica", None),  # in Spain's rule, the whole serial number
        ("Año de fabricación", "year"),
        ("Año de fabricación del arma", "year_made"),
        ("País de importación del arma", "country_import"),
        ("GTIN", "gtin"),
        ("Nº", None),
        ("N.º", None),
        ("N°", None),
        ("№", None),
        ("#", None),
        ("No.", None),
        ("Calibre real", None),
        ("Observaciones", None),
        ("", None),
    ],
)
def test_headers_of_real_tables(header: str, element: str | None) -> None:
    assert labels.element_of(header) == element


def test_every_file_names_its_source() -> None:
    from importlib import resources

    files = [f for f in resources.files("markcode.reference").iterdir() if f.name.endswith(".csv")]
    assert files
    for file in files:
        head = file.read_text(encoding="utf-8")[:1000]
        assert head.startswith("# ")
        assert "Source: " in head
        assert "Frozen: " in head or "Edition: " in head
