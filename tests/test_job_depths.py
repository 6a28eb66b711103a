"""`markcode batch` says when what it marks would miss the depth that the format asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli_runner import run

TABLE = (
    "Serial number,Manufacturer,City,State,Model,Calibre\n"
    "AB123,ACME ARMS,RENO,NV,M1,9MM\nAB124,ACME ARMS,RENO,NV,M1,9MM\n"
)
DOTS = ("text=dots-5x7", "cells=dots")
PULSE = ("machine=needle-pulse", "dwell_unit=seconds")


def told(folder: Path, *settings: str, lang: str = "en", symbol: bool = True) -> list[str]:
    """Return the notes of a job of two arms; 27 CFR 478.92 asks for 0.0762 mm."""
    source = folder / "arms.csv"
    source.write_text(TABLE, encoding="utf-8")
    options = [part for setting in settings for part in ("--setting", setting)]
    drawn = ("--symbol", "datamatrix") if symbol else ()
    ran = run(
        *("batch", source, "--format", "us-478-92", "--equipment", "gcode", "--lang", lang),
        *(*drawn, *options, "--out", folder / "job"),
    )
    assert ran.status == 0
    return ran.err.splitlines()


def test_dots_that_are_too_small_for_the_cone(tmp_path: Path) -> None:
    """Dots of 60 % of 0.4 mm are 0.24 mm wide, and 0.24 / (2 tan 60) = 0.0693 mm deep."""
    text, symbol = told(tmp_path, *PULSE, *DOTS, "dot=60%", "cone=120")
    assert text == (
        "markcode: The dots of the text are 0.24 mm wide: with a cone of 120 degrees that is "
        "about 0.069282 mm deep, and 0.0762 mm is asked for. A dot of 0.263965 mm would reach it, "
        "or a cone of 90 degrees."
    )
    assert symbol.startswith("markcode: The dots of the symbol are 0.24 mm wide")


def test_one_line_in_the_language_of_the_operator(tmp_path: Path) -> None:
    notes = told(tmp_path, *PULSE, *DOTS, "dot=60%", "cone=120", lang="fr", symbol=False)
    assert len(notes) == 1
    assert notes[0].startswith("markcode: Les points du texte ont 0.24 mm de large")


@pytest.mark.parametrize(
    "settings",
    [
        (*PULSE, *DOTS, "dot=60%", "cone=90"),
        (*PULSE, *DOTS, "dot=60%"),
        ("machine=needle-z", "depth=76.2um", *DOTS, "cone=120"),
        ("machine=laser", "power=1", "cone=120"),
    ],
)
def test_nothing_is_said_where_nothing_is_missed_or_known(
    tmp_path: Path, settings: tuple[str, ...]
) -> None:
    assert told(tmp_path, *settings) == []


def test_a_program_that_does_not_go_deep_enough(tmp_path: Path) -> None:
    notes = told(tmp_path, "machine=needle-z", "depth=76.1um", *DOTS)
    assert notes == ["markcode: The mark is 0.0761 mm deep; us-478-92 asks for at least 0.0762 mm."]
