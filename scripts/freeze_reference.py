"""Write `markcode/reference/countries.csv` anew: ISO 3166 codes and the names of countries.

Codes and English names come from pycountry (iso-codes), names in four languages from CLDR through
Babel. What neither has stands below: former countries' successors and translations, and what old
arms say. Mistakes of a source are repaired here, never in the output::

    pip install babel pycountry
    python scripts/freeze_reference.py
"""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path
from typing import Any

import babel
import pycountry

TARGET = Path(__file__).parents[1] / "markcode" / "reference" / "countries.csv"
LANGUAGES = ("en", "es", "pt", "fr")
VARIANTS = ("en_GB", "es_MX", "pt_PT", "fr_CA")
COLUMNS = (
    *("alpha2", "alpha3", "numeric", "started", "withdrawn", "successors"),
    *(*LANGUAGES, "other", "unconfirmed"),
)

# The first year of a present country whose letters or name were another's before (ISO 3166-3),
# and of one that kept its number under new letters.
STARTED = {
    **{"AI": 1985, "BQ": 2010, "BY": 1992, "GE": 1992, "SK": 1993, "TL": 2002},
    **{"BF": 1984, "BJ": 1977, "CD": 1997, "DJ": 1977, "KI": 1979, "MM": 1989, "VU": 1980},
    "ZW": 1980,
}

# Marks may be in Greek or Cyrillic letters (Directive (EU) 2019/68, Annex): names in the country's
# own language, from CLDR.
OWN_SCRIPT = {
    **{"BG": "bg", "BY": "be", "CY": "el", "GR": "el"},
    **{"MK": "mk", "RS": "sr", "RU": "ru", "UA": "uk"},
}

# Other names of present countries, also as old arms say them.
OTHER = {
    "BO": "Bolivia",
    "CD": "DR Congo|Democratic Republic of the Congo|República Democrática del Congo"
    "|República Democrática do Congo|République démocratique du Congo",
    "CG": "Republic of the Congo|República del Congo|República do Congo|République du Congo",
    "CI": "Ivory Coast",
    "CV": "Cape Verde",
    "CZ": "Czech Republic|República Checa|República Tcheca|République tchèque",
    "DE": "West Germany|W. Germany|W.Germany|Federal Republic of Germany|Alemania Occidental"
    "|Alemania del Oeste|Alemania Federal|República Federal de Alemania|Alemanha Ocidental"
    "|República Federal da Alemanha|Allemagne de l'Ouest|Allemagne occidentale"
    "|République fédérale d'Allemagne|RFA",
    "GB": "Great Britain|England|Gran Bretaña|Grã-Bretanha|Grande-Bretagne",
    "KP": "North Korea|Corea del Norte|Coreia do Norte|Corée du Nord",
    "KR": "South Korea|Republic of Korea|Corea del Sur|República de Corea|Coreia do Sul"
    "|República da Coreia|Corée du Sud|République de Corée",
    "MM": "Myanmar|Mianmar",
    "NL": "Holland|Holanda|Hollande",
    "RU": "Russia|Federación de Rusia|Federación Rusa|Federação Russa|Fédération de Russie",
    "SZ": "Swaziland|Swazilandia|Suazilândia",
    "TR": "Turkey",
    "TZ": "Tanzania",
    "US": "United States of America|Estados Unidos de América|EE. UU.|EEUU|EUA"
    "|Estados Unidos da América|États-Unis d'Amérique",
    "VE": "Venezuela",
    "VN": "Vietnam|Viet Nam",
}

# By alpha-4 code of ISO 3166-3: successors, names in four languages, other names (ours).
FORMER: dict[str, tuple[str, tuple[str, str, str, str], str]] = {
    "AIDJ": (
        "DJ",
        (
            "French Afars and Issas",
            "Territorio Francés de los Afares y los Issas",
            "Território Francês dos Afares e dos Issas",
            "Territoire français des Afars et des Issas",
        ),
        "",
    ),
    "ANHH": (
        "BQ CW SX",
        (
            "Netherlands Antilles",
            "Antillas Neerlandesas",
            "Antilhas Neerlandesas",
            "Antilles néerlandaises",
        ),
        "Antillas Holandesas|Antilhas Holandesas",
    ),
    "BQAQ": (
        "AQ",
        (
            "British Antarctic Territory",
            "Territorio Antártico Británico",
            "Território Antártico Britânico",
            "Territoire britannique de l'Antarctique",
        ),
        "",
    ),
    "BUMM": ("MM", ("Burma", "Birmania", "Birmânia", "Birmanie"), ""),
    "BYAA": (
        "BY",
        (
            "Byelorussian SSR",
            "RSS de Bielorrusia",
            "RSS da Bielorrússia",
            "RSS de Biélorussie",
        ),
        "Byelorussian Soviet Socialist Republic",
    ),
    "CSHH": (
        "CZ SK",
        ("Czechoslovakia", "Checoslovaquia", "Tchecoslováquia", "Tchécoslovaquie"),
        "Checoslováquia|Checoeslovaquia|Czecho-Slovakia|Czecho",
    ),
    "CSXX": (
        "RS ME",
        (
            "Serbia and Montenegro",
            "Serbia y Montenegro",
            "Sérvia e Montenegro",
            "Serbie-et-Monténégro",
        ),
        "Serbie et Monténégro",
    ),
    "CTKI": (
        "KI",
        (
            "Canton and Enderbury Islands",
            "Islas Canton y Enderbury",
            "Ilhas Canton e Enderbury",
            "Îles Canton et Enderbury",
        ),
        "",
    ),
    "DDDE": (
        "DE",
        (
            "East Germany",
            "Alemania Oriental",
            "Alemanha Oriental",
            "Allemagne de l'Est",
        ),
        "E. Germany|E.Germany|German Democratic Republic|República Democrática Alemana"
        "|Alemania del Este|Alemanha de Leste|Alemanha do Leste|Allemagne orientale"
        "|República Democrática Alemã|République démocratique allemande|RDA",
    ),
    "DYBJ": ("BJ", ("Dahomey", "Dahomey", "Daomé", "Dahomey"), ""),
    "FQHH": (
        "AQ TF",
        (
            "French Southern and Antarctic Territories",
            "Territorios Australes y Antárticos Franceses",
            "Territórios Austrais e Antárticos Franceses",
            "Terres australes et antarctiques françaises",
        ),
        "",
    ),
    "FXFR": (
        "FR",
        (
            "Metropolitan France",
            "Francia metropolitana",
            "França Metropolitana",
            "France métropolitaine",
        ),
        "",
    ),
    "GEHH": (
        "KI TV",
        (
            "Gilbert and Ellice Islands",
            "Islas Gilbert y Ellice",
            "Ilhas Gilbert e Ellice",
            "Îles Gilbert-et-Ellice",
        ),
        "",
    ),
    "HVBF": ("BF", ("Upper Volta", "Alto Volta", "Alto Volta", "Haute-Volta"), ""),
    "JTUM": ("UM", ("Johnston Island", "Isla Johnston", "Ilha Johnston", "Île Johnston"), ""),
    "MIUM": ("UM", ("Midway Islands", "Islas Midway", "Ilhas Midway", "Îles Midway"), ""),
    "NHVU": (
        "VU",
        ("New Hebrides", "Nuevas Hébridas", "Novas Hébridas", "Nouvelles-Hébrides"),
        "",
    ),
    "NQAQ": (
        "AQ",
        (
            "Dronning Maud Land",
            "Tierra de la Reina Maud",
            "Terra da Rainha Maud",
            "Terre de la Reine-Maud",
        ),
        "",
    ),
    "NTHH": ("IQ SA", ("Neutral Zone", "Zona Neutral", "Zona Neutra", "Zone neutre"), ""),
    "PCHH": (
        "FM MH MP PW",
        (
            "Trust Territory of the Pacific Islands",
            "Territorio en Fideicomiso de las Islas del Pacífico",
            "Território Fiduciário das Ilhas do Pacífico",
            "Territoire sous tutelle des îles du Pacifique",
        ),
        "",
    ),
    "PUUM": (
        "UM",
        (
            "US Miscellaneous Pacific Islands",
            "Islas diversas del Pacífico de Estados Unidos",
            "Ilhas diversas do Pacífico dos Estados Unidos",
            "Îles diverses du Pacifique des États-Unis",
        ),
        "",
    ),
    "PZPA": (
        "PA",
        (
            "Panama Canal Zone",
            "Zona del Canal de Panamá",
            "Zona do Canal do Panamá",
            "Zone du canal de Panama",
        ),
        "",
    ),
    "RHZW": (
        "ZW",
        ("Southern Rhodesia", "Rodesia del Sur", "Rodésia do Sul", "Rhodésie du Sud"),
        "Rhodesia|Rodesia|Rodésia|Rhodésie",
    ),
    "SKIN": ("IN", ("Sikkim", "Sikkim", "Siquim", "Sikkim"), ""),
    "SUHH": (
        "AM AZ BY EE GE KG KZ LT LV MD RU TJ TM UA UZ",
        ("Soviet Union", "Unión Soviética", "União Soviética", "Union soviétique"),
        "USSR|URSS|CCCP|СССР|Union of Soviet Socialist Republics"
        "|Unión de Repúblicas Socialistas Soviéticas"
        "|União das Repúblicas Socialistas Soviéticas"
        "|Union des républiques socialistes soviétiques",
    ),
    "TPTL": (
        "TL",
        ("East Timor", "Timor Oriental", "Timor Português", "Timor portugais"),
        "Portuguese Timor",
    ),
    "VDVN": (
        "VN",
        ("North Vietnam", "Vietnam del Norte", "Vietnã do Norte", "Viêt Nam du Nord"),
        "North Viet-Nam|Vietname do Norte|Democratic Republic of Viet-Nam",
    ),
    "WKUM": ("UM", ("Wake Island", "Isla Wake", "Ilha Wake", "Île de Wake"), ""),
    "YDYE": (
        "YE",
        (
            "Democratic Yemen",
            "Yemen Democrático",
            "Iêmen Democrático",
            "Yémen démocratique",
        ),
        "South Yemen|Yemen del Sur|Iêmen do Sul|Iémen do Sul|Yémen du Sud",
    ),
    "YUCS": (
        "BA HR ME MK RS SI",
        ("Yugoslavia", "Yugoslavia", "Iugoslávia", "Yougoslavie"),
        "Jugoslavia|Jugoslávia|Jugoslavija",
    ),
    "ZRCD": ("CD", ("Zaire", "Zaire", "Zaire", "Zaïre"), ""),
}
# `CS` was given twice (standards: ISO 3166-3); only the second time has a first year.
FORMER_STARTED = {"CSXX": 2003}
# Said to stand on old arms (notes on instruments, section 15), without a source that shows one.
UNCONFIRMED = (
    *("West Germany", "W. Germany", "W.Germany", "E. Germany", "E.Germany"),
    *("CCCP", "СССР", "Czecho"),
)


def main() -> None:
    """Write the file."""
    rows = [*present(), *former()]
    rows.sort(key=lambda row: (row["alpha2"], row["withdrawn"] or 9999))
    text = io.StringIO()
    text.write(
        "# Countries of ISO 3166-1 and former countries of ISO 3166-3.\n"
        f"# Source: codes and English names, pycountry {pycountry.__version__}; names, CLDR in "
        f"Babel {babel.__version__} (Unicode License v3);\n"
        "# successors and translations of former names, scripts/freeze_reference.py, which wrote "
        "this file.\n"
        f"# Frozen: {datetime.datetime.now(datetime.UTC).date()}\n"
        "# started, withdrawn: first and last year, where they decide between holders of a code.\n"
        "# successors: alpha-2 codes; other: further names, separated by |.\n"
        "# unconfirmed: those of the names that no source shows on an arm; the others are names "
        "of codes or translations.\n"
    )
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    TARGET.write_text(text.getvalue(), encoding="utf-8", newline="\n")


def present() -> list[dict[str, Any]]:
    """Return a row for each code that is assigned."""
    rows = []
    for country in pycountry.countries:
        code = country.alpha_2
        names = {language: territory(language, code) for language in LANGUAGES}
        others = [territory(variant, code) for variant in VARIANTS]
        others += [
            getattr(country, key)
            for key in ("name", "common_name", "official_name")
            if hasattr(country, key)
        ]
        others += OTHER.get(code, "").split("|")
        if code in OWN_SCRIPT:
            others.append(territory(OWN_SCRIPT[code], code))
        rows.append(
            {
                "alpha2": code,
                "alpha3": country.alpha_3,
                "numeric": country.numeric,
                "started": STARTED.get(code, ""),
                "withdrawn": "",
                "successors": "",
                **names,
                "other": distinct(others, names),
                "unconfirmed": unconfirmed(others),
            }
        )
    return rows


def former() -> list[dict[str, Any]]:
    """Return a row for each code that was withdrawn."""
    rows = []
    for country in pycountry.historic_countries:
        successors, words, others = FORMER[country.alpha_4]
        names = dict(zip(LANGUAGES, words, strict=True))
        further = [country.name, *others.split("|")]
        rows.append(
            {
                "alpha2": country.alpha_2,
                "alpha3": country.alpha_3,
                "numeric": getattr(country, "numeric", ""),
                "started": FORMER_STARTED.get(country.alpha_4, ""),
                "withdrawn": int(country.withdrawal_date[:4]),
                "successors": successors,
                **names,
                "other": distinct(further, names),
                "unconfirmed": unconfirmed(further),
            }
        )
    return rows


def territory(locale: str, code: str) -> str:
    """Return the name of a country in CLDR."""
    return str(babel.Locale.parse(locale).territories[code])


def distinct(others: list[str], names: dict[str, str]) -> str:
    """Return the further names, each once, without those that ``names`` has."""
    known = {*names.values(), ""}
    return "|".join(name for name in dict.fromkeys(others) if name not in known)


def unconfirmed(others: list[str]) -> str:
    """Return those of the names that no source shows on an arm."""
    return "|".join(name for name in others if name in UNCONFIRMED)


if __name__ == "__main__":
    main()
