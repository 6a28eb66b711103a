"""What each State's law says: hand-written expectations from the notes on instruments."""

from __future__ import annotations

import pycountry
import pytest

from markcode import list_formats
from markcode.formats import declaration
from markcode.reference import data, national

# The formats that the notes and the issue name.
FORMATS = frozenset(
    "un-protocol iti mosaic-0530 oas-cifta eu-2021-555 eu-deact ecowas recsa sadc kinshasa "
    "us-478-92 us-pmf ca-2004-275 de-waffg-24 es-28 za-23 gt-15-2009 co-indumil pa-57-2011 "
    "br-7dlog-2006 ar-395-75 ni-510 ni-28-2005 cr-37985 sv-import pe-sucamec iuid gs1".split()
)
EVENTS = frozenset(
    "manufacture import transfer confiscation deactivation state-owned export registration "
    "possession alteration spare-part".split()
)
STATES = [national.rules(code) for code in national.states()]
RULES = [rule for rules in STATES for rule in rules]
TREATIES = [tie for code in national.states() for tie in national.treaties(code)]


def formats(alpha2: str) -> set[str]:
    return {name for rule in national.rules(alpha2) for name in rule.formats}


@pytest.mark.parametrize(
    ("country", "names"),
    [
        # Sections 5, 6.3, 7, 8, 9, 10 and 12 of the notes.
        ("US", {"us-478-92", "us-pmf", "iuid"}),
        ("CA", {"ca-2004-275"}),
        ("GT", {"gt-15-2009"}),
        ("CO", {"co-indumil"}),
        ("PA", {"pa-57-2011"}),
        ("BR", {"br-7dlog-2006"}),
        ("AR", {"ar-395-75"}),
        ("NI", {"ni-510", "ni-28-2005"}),
        ("CR", {"cr-37985"}),
        ("SV", {"sv-import"}),
        ("PE", {"pe-sucamec"}),
        ("DE", {"de-waffg-24", "eu-deact"}),
        ("ES", {"es-28"}),
        ("ZA", {"za-23"}),
        ("KE", {"recsa"}),
        ("UG", {"recsa"}),
        ("CI", {"ecowas"}),
        ("SL", {"ecowas"}),
        ("BW", {"sadc"}),
    ],
)
def test_each_national_format_has_its_state(country: str, names: set[str]) -> None:
    assert formats(country) == names


@pytest.mark.parametrize("name", list_formats())
def test_formats_and_rules_name_the_same_states(name: str) -> None:
    declared = set(declaration(name).countries)
    told = {rule.country for rule in RULES if name in rule.formats}
    assert not declared or declared == told


@pytest.mark.parametrize(
    "country", ["BS", "BZ", "BO", "CL", "DO", "EC", "GY", "HN", "JM", "MX", "PY", "TT", "UY", "VE"]
)
def test_states_with_a_duty_and_no_format(country: str) -> None:
    """Section 10.3 has a row for each, and section 16 has no profile of it."""
    assert national.rules(country)
    assert formats(country) == set()


def test_peru_has_a_duty_without_form_and_a_pilot_with_one() -> None:
    law, pilot, machines = national.rules("PE")
    assert law.law.startswith("Law 30299 Art. 42; Supreme Decree 010-2017-IN Art. 101")
    assert law.events == ("manufacture", "import", "export")
    assert (law.form, law.form_evidence, law.formats, law.evidence) == ("", "", (), "C")
    assert "later decree" in law.duty
    assert "2016" in pilot.law
    assert (pilot.formats, pilot.form_evidence, pilot.evidence) == (("pe-sucamec",), "P", "C")
    assert pilot.form == "{country}{year}{number}{check}"
    assert (machines.form, machines.formats) == ("", ())


def test_mexico_protects_data_without_a_form() -> None:
    protected, imports, state_owned = national.rules("MX")
    assert "Art. 87 Ter" in protected.law
    assert "unique weapon number" in protected.duty
    assert imports.events == ("import",)
    assert "importer" in imports.duty
    assert state_owned.events == ("state-owned",)
    assert {rule.form for rule in national.rules("MX")} == {""}


def test_chile_prohibits_erased_numbers_and_has_no_form() -> None:
    law, register, later = national.rules("CL")
    assert (law.law, law.events) == ("Law 17.798 Art. 3(f), Law 21.412 of 2022", ("possession",))
    assert "proof bank" in register.duty
    assert later.evidence == "P"
    assert {rule.form for rule in national.rules("CL")} == {""}


@pytest.mark.parametrize(
    ("country", "law", "form"),
    [
        ("GT", "Decree 15-2009 Art. 35", "GUA"),
        ("PA", "Law 57/2011 Arts 22(6), 64", "PTY {serial}"),
        ("CO", "Practice of Indumil", "INDUMIL-COLOMBIA {serial}"),
        ("BR", "Portaria 7-D Log", "R{serial}"),
        ("CA", "SOR/2004-275, s. 3", "CANADA or CA, {yy}"),
        ("NI", "Law 510 Art. 138", "REPUBLICA DE NICARAGUA"),
        ("NI", "Decree 28-2005 Art. 144", "{serial}"),
        ("SV", "Import-marking rule", "{country} {company} {year}"),
        ("ES", "Reglamento de Armas Arts 28-30", "{factory}-{type}-{number}-{yy}"),
        ("US", "478.92(a)(2)", "{8 digits}-"),
    ],
)
def test_forms_that_the_notes_confirm(country: str, law: str, form: str) -> None:
    assert any(law in rule.law and form in rule.form for rule in national.rules(country))


@pytest.mark.parametrize(
    ("country", "names"),
    [
        ("AR", ["un-protocol"]),
        ("IT", ["un-protocol"]),
        ("CO", ["oas-cifta"]),
        ("BR", ["oas-cifta"]),
        ("ES", ["eu-2021-555"]),
        ("FR", ["eu-2021-555"]),
        ("AT", ["eu-2021-555"]),
        ("DE", ["eu-2021-555", "eu-deact"]),
        ("GB", ["eu-deact"]),
        ("KE", ["recsa"]),
        ("UG", ["recsa"]),
        ("CI", ["ecowas"]),
        ("SL", ["ecowas"]),
        # Parties that the notes do not name as such.
        ("PE", []),
        ("ZA", []),
        ("US", []),
        ("MX", []),
    ],
)
def test_treaties_only_where_the_notes_say_so(country: str, names: list[str]) -> None:
    assert [tie.format for tie in national.treaties(country) if tie.format] == names


def test_argentina_and_colombia_name_their_laws() -> None:
    assert any("Law 26.138" in tie.ground for tie in national.treaties("AR"))
    assert any("Law 737/2002" in tie.ground for tie in national.treaties("CO"))
    assert any("3229/1999" in tie.ground for tie in national.treaties("BR"))


def test_the_fourteen_members_of_the_proof_convention() -> None:
    members = {tie.country for tie in TREATIES if tie.instrument.startswith("C.I.P.")}
    names = (
        *("Austria", "Belgium", "Chile", "Czechia", "Finland", "France", "Germany", "Hungary"),
        *("Italy", "Russian Federation", "Slovakia", "Spain", "United Arab Emirates"),
        "United Kingdom",
    )
    assert members == {pycountry.countries.lookup(name).alpha_2 for name in names}


def test_what_is_not_known() -> None:
    assert national.rules("XK") == national.rules("") == national.rules("pe") == ()
    assert national.treaties("ZZ") == ()
    assert "HT" not in national.states()  # the notes: not looked at
    assert list(national.states()) == sorted(set(national.states()))


# Every row ------------------------------------------------------------------------------------


def test_every_row_of_the_files_is_reached() -> None:
    assert len(RULES) == len(data.rows("national.csv"))
    assert len(TREATIES) == len(data.rows("adherence.csv"))
    assert len(set(RULES)) == len(RULES)
    assert len(set(TREATIES)) == len(TREATIES)


@pytest.mark.parametrize("country", national.states())
def test_every_country_is_assigned(country: str) -> None:
    assert pycountry.countries.get(alpha_2=country) is not None


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.country} {rule.law}")
def test_every_rule_is_whole(rule: national.NationalRule) -> None:
    assert rule.law
    assert rule.duty.endswith(".")
    assert rule.evidence in ("C", "P", "U")
    assert rule.form_evidence in (("C", "P", "U") if rule.form else ("",))
    assert set(rule.events) <= EVENTS
    assert set(rule.formats) <= FORMATS
    assert rule.source or rule.evidence == "U"
    assert rule.formats == tuple(dict.fromkeys(rule.formats))


@pytest.mark.parametrize("tie", TREATIES, ids=lambda tie: f"{tie.country} {tie.instrument}")
def test_every_adherence_is_whole(tie: national.Adherence) -> None:
    assert tie.instrument
    assert tie.ground
    assert tie.source
    assert tie.evidence in ("C", "P", "U")
    assert not tie.format or tie.format in FORMATS
