"""`markcode ledger show`, `find` and `event`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_runner import Ran, run
from ledger_marks import Serial, issue, job
from ledgers import make

TEXTS = ["CO INDU\n26 A123", "CO INDU 26 A124", "*POL UG 77"]


@pytest.fixture
def place(ledger_place: str) -> str:
    with make(ledger_place) as ledger, ledger.writing() as chain:
        ordered = job(chain)  # MVD-1/2
        serials: list[list[Serial]] = [
            [("maker", "A-123", "a-123", "CO")],
            [("maker", "A-124", None, "CO")],
            [],
        ]
        issue(chain, TEXTS, ordered, serials)
    return ledger_place


def ledger(place: str, *args: str | Path) -> Ran:
    return run("ledger", *args, "--ledger", place, "--station", "MVD-1")


def test_events_of_marks(place: str) -> None:
    ran = ledger(place, "event", "marked", "MVD-1/3", "A-124", "*POL UG 77", "--place", "Cali")
    assert ran == (0, "MVD-1/7  marked  MVD-1/3\nMVD-1/8  marked  MVD-1/4\n"
                      "MVD-1/9  marked  MVD-1/5\n", "")  # fmt: skip
    assert "marked (MVD-1/3); place Cali" in ledger(place, "show", "MVD-1/3").out
    ran = ledger(place, "event", "corrected", "MVD-1/3", "--corrects", "MVD-1/7", "--json")
    assert json.loads(ran.out) == {
        "entry": "MVD-1/10",
        "kind": "corrected",
        "mark": "MVD-1/3",
        "details": {"corrects": "MVD-1/7"},
    }
    ran = ledger(place, "find", "*", "--limit", "2")
    assert (ran.status, ran.err) == (0, "markcode: there may be more than 2: see --limit\n")
    assert ledger(place, "find", "*").out.splitlines() == [
        "MVD-1/3  CO INDU{LF}26 A123  issued",
        "MVD-1/4  CO INDU 26 A124  struck",
        "MVD-1/5  *POL UG 77  struck",
    ]


def test_a_whole_job(place: str, tmp_path: Path) -> None:
    (tmp_path / "p.jpg").write_bytes(b"x")
    ran = ledger(place, "event", "marked", "--job", "ab" * 4, "--photo", tmp_path / "p.jpg")
    assert ran == (0, "3 events recorded: MVD-1/7 to MVD-1/9\n", "")
    ran = ledger(place, "event", "verified", "--job", "MVD-1/2", "--json")
    assert [json.loads(line)["mark"] for line in ran.out.splitlines()] == [
        "MVD-1/3",
        "MVD-1/4",
        "MVD-1/5",
    ]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("marked",), "name the marks, or --job JOB, or --input TABLE"),
        (("marked", "MVD-1/3", "--job", "MVD-1/2"), "name the marks, or --job"),
        (("--job", "MVD-1/2"), "say what has happened"),
        (("marked", "MVD-1/2"), "is no mark or serial of this ledger"),
        (("marked", "nothing"), "is no mark or serial of this ledger"),
        (("issued", "MVD-1/3"), "written by the ledger itself"),
        (("lost", "MVD-1/3", "--date", "2030-01-01x"), "is no day"),
        (("lost", "MVD-1/3", "--date", "2999-01-01"), "is in the future"),
        (("lost", "MVD-1/3", "--set", "place=x"), "place has a place of its own"),
        (("lost", "MVD-1/3", "--corrects", "x"), "is no entry of a ledger"),
        (("marked", "--job", "12345678"), "no job has a hash that begins with"),
    ],
)
def test_wrong_use(args: tuple[str, ...], told: str, place: str) -> None:
    ran = ledger(place, "event", *args)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert told in ran.err
    assert ledger(place, "find", "*").out.count("issued") == 3


def test_events_of_a_table(place: str, tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(
        "mark,kind,date,place,depth,same_arm_as\n"
        "MVD-1/3,marked,2026-01-01,Cali,0.08,\n"
        "MVD-1/99,marked,,,,\n"
        "A-124,,2026-01-01,,,\n"
        "nothing,,,,,\n"
        "MVD-1/4,same-arm,,,,A-123\n"
        "MVD-1/4,marked,01/02/2026,,,\n"
        ",marked,,Cali,,\n"
        "MVD-1/4,job,,,,\n"
    )
    ran = ledger(place, "event", "inspected", "--input", tmp_path / "events.csv", "--json")
    assert ran.status == 1
    said = [json.loads(line) for line in ran.out.splitlines()]
    assert [(one["mark"], one["kind"]) for one in said] == [
        ("MVD-1/3", "marked"),
        ("MVD-1/4", "inspected"),
        ("MVD-1/4", "same-arm"),
    ]
    assert said[0]["details"] == {
        "date": "2026-01-01",
        "place": "Cali",
        "extra": {"depth": "0.08"},
    }
    assert [line.split(": ")[:2] for line in ran.err.splitlines()] == [
        ["row 3, column mark", "event.mark"],
        ["row 5, column mark", "event.mark"],
        ["row 7, column date", "event.date"],
        ["row 8, column mark", "event.missing"],
        ["row 9, column kind", "event.kind"],
    ]
    shown = json.loads(ledger(place, "show", "MVD-1/3", "--json").out)
    assert [mark["mark"] for mark in shown["marks"]] == ["MVD-1/3", "MVD-1/4"]


HEADERS = [
    "Marca;Tipo de evento;Fecha;Lugar;Autoridad;Operador;Documento;Nota;Corrige;Expediente",
    "marcação;EVENTO;data;local;autoridade;operador;documento;observações;corrige;Expediente",
    "Marque;Événement;Date;Lieu;Autorité;Opérateur;Document;Note;Rectifie;Expediente",
]


@pytest.mark.parametrize("headers", HEADERS)
def test_headers_of_a_table_in_other_languages(headers: str, place: str, tmp_path: Path) -> None:
    ledger(place, "event", "marked", "MVD-1/3")
    file = tmp_path / "events.csv"
    row = "MVD-1/3;stolen;2026-01-01;Cali;Policía;O. P.;77/26;x;MVD-1/7;9"
    file.write_text(f"{headers}\n{row}\n", encoding="utf-8")
    ran = ledger(place, "event", "--input", file, "--json")
    assert (ran.status, ran.err) == (0, "")
    assert json.loads(ran.out)["details"] == {
        "date": "2026-01-01",
        "place": "Cali",
        "authority": "Policía",
        "operator": "O. P.",
        "document": "77/26",
        "note": "x",
        "extra": {"Expediente": "9"},
        "corrects": "MVD-1/7",
    }


def test_rows_are_refused_in_the_language_asked_for(place: str, tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text(
        "Marca,Evento,Fecha\n"
        "MVD-1/3,stolen,1/2/2026\n"
        "nada,stolen,\n"
        "MVD-1/3,,\n"
        "MVD-1/3,stolen,2999-01-01\n"
        "MVD-1/3,stolen,2026-01-01\n"
    )
    ran = ledger(place, "event", "--input", file, "--lang", "es")
    assert (ran.status, ran.out) == (1, "MVD-1/7  robado  MVD-1/3\n")
    assert ran.err.splitlines() == [
        "row 2, column Fecha: event.date: 1/2/2026 no es un día: escriba año-mes-día, como "
        "2026-11-25.",
        "row 3, column Marca: event.mark: nada no es una marca ni un número de serie de este "
        "libro.",
        "row 4, column Evento: event.missing: Falta Tipo.",
        "row 5, column Fecha: event.date: 2999-01-01 está en el futuro: revise la fecha, o "
        "el reloj de la máquina y su huso horario.",
    ]


def test_two_columns_that_hold_the_same(place: str, tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("Marca,Fecha,Date\nMVD-1/3,2026-01-01,\n")
    ran = ledger(place, "event", "stolen", "--input", tmp_path / "events.csv")
    assert (ran.status, ran.out) == (2, "")
    assert "the columns 'Fecha' and 'Date' could each be the date of an event" in ran.err


def test_finding(place: str) -> None:
    assert (
        ledger(place, "find", "CO INDU{LF}26 A123").out == "MVD-1/3  CO INDU{LF}26 A123  issued\n"
    )
    assert json.loads(ledger(place, "find", "a-123", "--json").out) == {
        "mark": "MVD-1/3",
        "text": "CO INDU\n26 A123",
        "state": "issued",
    }
    assert ledger(place, "find", "CO INDV 26 AI2E").status == 1
    assert ledger(place, "find", "C0 1NDU 26 AI24", "--folded").status == 0
    assert ledger(place, "find", "*POL%", "--like").out.startswith("MVD-1/5")
    assert ledger(place, "find", "*POL*", "--exact") == (1, "", "")


def test_the_whole_life_fits_the_screen(place: str) -> None:
    ledger(place, "event", "rejected", "MVD-1/3", "--note", "too shallow " * 20)
    ledger(place, "event", "marked", "MVD-1/3", "--corrects", "MVD-1/7", "--operator", "O. P.")
    ledger(place, "event", "stolen", "MVD-1/3", "--set", "report=77/26")
    ran = ledger(place, "show", "A-123", "--lang", "es")
    assert ran.status == 0
    lines = ran.out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    assert lines[:3] == ["MVD-1/3  ESTAMPADA", "  CO INDU", "  26 A123"]
    said = " ".join(ran.out.split())
    for part in (
        "país CO",
        "trabajo MVD-1/2 abababababab",
        "mosaic-0530 manufacture",
        "carpeta no escrita",
        "CONSTA COMO DESAPARECIDA MVD-1/9",
        "robado (MVD-1/3); report 77/26",
        "fabricante A-123 tecleado a-123, clave A123",
        "CORREGIDO por MVD-1/8",
        "marcado (MVD-1/3); operador O. P.; corrige MVD-1/7",
    ):
        assert part in said
    said = " ".join(ledger(place, "show", "A-123").out.split())
    for part in (
        "MVD-1/3 STRUCK",
        "job MVD-1/2 abababababab",
        "folder not written",
        "REPORTED MVD-1/9",
        "maker A-123 typed a-123, key A123",
        "CORRECTED by MVD-1/8",
        "marked (MVD-1/3); operator O. P.; corrects MVD-1/7",
    ):
        assert part in said


def test_none_and_several(place: str) -> None:
    ran = ledger(place, "show", "nothing")
    assert ran == (1, "", "markcode: there is no mark or serial nothing\n")
    with make(place) as opened, opened.writing() as chain:
        issue(chain, ["XX 1"], None, [[("maker", "A-123", None, "XX")]])
    ran = ledger(place, "show", "A-123")
    assert (ran.status, ran.err) == (1, "markcode: 2 marks fit, name one of them\n")
    assert ran.out == "MVD-1/3  CO INDU{LF}26 A123  issued\nMVD-1/7  XX 1  issued\n"
    assert "may be several marks" in ledger(place, "event", "lost", "A-123").err
    ran = ledger(place, "show", "MVD-1/2")
    assert (ran.status, "is no mark" in ran.err) == (2, True)


def test_kinds_may_be_named_in_each_language(place: str, tmp_path: Path) -> None:
    """An arm that is reported stolen in Spanish is reported."""
    assert ledger(place, "event", "Robada", "MVD-1/3", "--json").status == 0
    source = tmp_path / "eventos.csv"
    source.write_text("marca;tipo;fecha\nMVD-1/4;volée;2026-01-01\nMVD-1/5;expuesta;2026-01-01\n")
    ran = ledger(place, "event", "--input", source, "--json")
    assert ran.status == 0
    assert ran.err == (
        "markcode: expuesta: no kind that is declared; it was recorded, and changes no state\n"
    )
    assert [json.loads(line)["kind"] for line in ran.out.splitlines()] == ["stolen", "expuesta"]
