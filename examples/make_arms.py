"""Draw a table of arms from the real producers of 2023, with invented serials.

Each arm is drawn in proportion to what each producer made of each type; its model is one that is
known of the maker and type, where our list has one. Serials are `TEST000001` and so on. The same
number of arms always gives the same table, and a smaller table is the beginning of a larger one::

    python examples/make_arms.py 2000 --out demo
    python examples/make_arms.py 50 --out armas.csv --language es --delimiter ";" --bom

Names of makers and models do not fit a mark of `[0-9A-Z]`, so two code lists are made beside the
table: `makers.csv` and `models.csv`. Sources of the data: `examples/data/README.md`.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, islice
from pathlib import Path
from random import Random
from typing import NamedTuple, TypeVar

DATA = Path(__file__).parent / "data"
YEAR = 2023
SOURCE = "made by examples/make_arms.py for demonstrations; no authority issued these codes"

TYPES = {
    "pistols": "pistol",
    "revolvers": "revolver",
    "rifles": "rifle",
    "shotguns": "shotgun",
    "other": "receiver",
}
"""Type of an arm by the column of the producers; most of what is reported as other is receivers."""

UNLISTED = ("TEST1", "TEST2", "TEST3")
"""Models of a maker of whom our list has none of the type: neutral, and plainly invented."""

CALIBRES = {
    "pistol": ("9MM", "9MM", "45ACP", "380ACP", "22LR"),
    "revolver": ("38SPL", "357MAG", "22LR"),
    "rifle": ("556", "556", "308WIN", "22LR", "300BLK"),
    "shotgun": ("12GA", "12GA", "20GA"),
    "receiver": ("MULTI",),
}
"""Calibres of such models, the frequent ones twice."""

HEADERS = {
    "en": ("Manufacturer", "Country", "Serial number", "Year", "Model", "Calibre", "Type"),
    "es": ("Fabricante", "País", "Nº de serie", "Año", "Modelo", "Calibre", "Tipo"),
    "pt": ("Fabricante", "País", "Número de série", "Ano", "Modelo", "Calibre", "Tipo"),
    "fr": ("Fabricant", "Pays", "Numéro de série", "Année", "Modèle", "Calibre", "Type"),
}
WORDS = {
    "en": ("pistol", "revolver", "rifle", "shotgun", "receiver"),
    "es": ("pistola", "revólver", "fusil", "escopeta", "cajón de mecanismos"),
    "pt": ("pistola", "revólver", "fuzil", "espingarda", "caixa da culatra"),
    "fr": ("pistolet", "revolver", "fusil", "fusil de chasse", "boîte de culasse"),
}

_COMPANY = re.compile(r"\b(INC|LLC|L L C|CORP|CORPORATION|CO|COMPANY|LTD|LP)\b")
_DIGITS = "123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBERS = ("", *_DIGITS, *(first + second for first in _DIGITS for second in _DIGITS))
T = TypeVar("T")


class Model(NamedTuple):
    """A model that is known of a maker."""

    name: str
    calibre: str


class Arm(NamedTuple):
    """One arm as drawn."""

    manufacturer: str
    type: str
    model: Model
    serial: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the table and the two code lists."""
    parser = argparse.ArgumentParser(description="Draw a table of arms with invented serials.")
    parser.add_argument("count", type=_count, help="how many arms")
    parser.add_argument(
        "--out", type=Path, required=True, help="the table, or a folder for arms.csv and the lists"
    )
    parser.add_argument("--codes", type=Path, help="code list of makers (beside the table)")
    parser.add_argument("--models", type=Path, help="code list of models (beside the table)")
    parser.add_argument("--language", choices=HEADERS, default="en", help="of headers and types")
    parser.add_argument("--delimiter", choices=(",", ";", "|", "tab"), default=",")
    parser.add_argument("--bom", action="store_true", help="begin with a byte order mark")
    given = parser.parse_args(arguments)

    out: Path = given.out if given.out.suffix else given.out / "arms.csv"
    out.parent.mkdir(parents=True, exist_ok=True)
    makers = given.codes or out.parent / "makers.csv"
    models = given.models or out.parent / "models.csv"
    arms = list(islice(draw(), given.count))
    delimiter = "\t" if given.delimiter == "tab" else given.delimiter
    write_table(out, arms, given.language, delimiter, given.bom)
    write_codes(makers, "Makers", maker_codes(read("producers-2023.csv")))
    write_codes(models, "Models", model_codes(read("models.csv")))
    print(
        f"{len(arms)} arms of {len({arm.manufacturer for arm in arms})} makers in {out}; "
        f"code lists: {makers}, {models}"
    )
    return 0


def _count(text: str) -> int:
    count = int(text)
    if count < 0:
        raise argparse.ArgumentTypeError("a number of arms is not negative")
    return count


def read(name: str) -> list[dict[str, str]]:
    """Return the rows of a file of `examples/data`."""
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def draw() -> Iterator[Arm]:
    """Yield arms without end, always the same ones."""
    made = [
        (row["manufacturer"], kind, int(row[column]))
        for row in read("producers-2023.csv")
        for column, kind in TYPES.items()
    ]
    totals = list(accumulate(count for _, _, count in made))
    known = known_models()
    random = Random(YEAR)
    number = 0
    while True:
        number += 1
        manufacturer, kind, _ = random.choices(made, cum_weights=totals)[0]
        models = known.get((manufacturer, kind))
        if models is not None:
            model = pick(random, models)
        else:
            model = Model(pick(random, UNLISTED), pick(random, CALIBRES[kind]))
        yield Arm(manufacturer, kind, model, f"TEST{number:06}")


def pick(random: Random, things: Sequence[T]) -> T:
    """Return one of ``things``, the same one in every version of Python."""
    return things[int(random.random() * len(things))]


def known_models() -> dict[tuple[str, str], list[Model]]:
    """Return the models that are known, by maker and type."""
    makers: dict[str, list[str]] = {}
    for row in read("makes.csv"):
        makers.setdefault(row["make"], []).append(row["manufacturer"])
    known: dict[tuple[str, str], list[Model]] = {}
    for row in read("models.csv"):
        for maker in makers[row["make"]]:
            models = known.setdefault((maker, row["type"]), [])
            models.append(Model(row["model"], row["calibre"]))
    return known


def maker_codes(producers: Iterable[dict[str, str]]) -> dict[str, str]:
    """Return code and name of every producer, the largest first.

    The code is the first four letters or digits of the name; where that is taken, the first three
    and a further character.
    """
    names = [row["manufacturer"] for row in producers]
    return codes(names, lambda name: _COMPANY.sub("", name), 4)


def model_codes(models: Iterable[dict[str, str]]) -> dict[str, str]:
    """Return code and name of every model: its letters and digits, ten at most."""
    names = dict.fromkeys([row["model"] for row in models])
    return codes([*names, *UNLISTED], lambda name: re.sub(r"\(.*\)", "", name), 10)


def codes(names: Sequence[str], shorten: Callable[[str], str], length: int) -> dict[str, str]:
    """Return code and name of each of ``names``; no code is another one's code or name."""
    found: dict[str, str] = {}
    taken = {name.upper() for name in names}
    for name in names:
        base = re.sub("[^0-9A-Z]", "", shorten(name).upper()) or "X"
        tries = (base[: length - len(number)] + number for number in _NUMBERS)
        code = next(code for code in tries if code == name.upper() or code not in taken)
        taken.add(code)
        found[code] = name
    return found


def write_table(path: Path, arms: Iterable[Arm], language: str, delimiter: str, bom: bool) -> None:
    """Write the arms with headers and types in ``language``."""
    words = dict(zip(TYPES.values(), WORDS[language], strict=True))
    with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)  # CR LF, as spreadsheets write it
        writer.writerow(HEADERS[language])
        for arm in arms:
            model = arm.model
            row = (arm.manufacturer, "US", arm.serial, YEAR, model.name, model.calibre)
            writer.writerow((*row, words[arm.type]))


def write_codes(path: Path, title: str, entries: dict[str, str]) -> None:
    """Write a code list as `markcode --codes` reads it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(f"# source: {title}, {SOURCE}\n# date: {YEAR}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("code", "name"))
        writer.writerows(entries.items())


if __name__ == "__main__":
    sys.exit(main())
