"""Marks that are to be issued, made as a batch makes them; the same ones every time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import cache

import numpy as np

from markcode import Format, get_format
from markcode.arrow import Strings
from markcode.columns.encoding import EncodeKernel
from markcode.jobs.registration import NewMarks, of_encoded
from markcode.notation import DIGITS, UPPER

__all__ = ["KIND", "MAKERS", "profile", "random_serials", "running_serials", "some"]

MAKERS = ("INDU", "TAUR", "GLOC", "BERE", "COLT", "RUGE", "SIGS", "CZUB")
KIND = "manufacture"
_COUNTRIES = ("CO", "BR", "AT", "IT", "US", "US", "DE", "CZ")
_CALIBRES = ("09", "22", "380", "45")
_RANDOM_LENGTH = 9


@cache
def profile() -> Format:
    """Return the format of the marks."""
    return get_format("mosaic-0530", check="iso7064-mod37-36")


def running_serials(first: int, count: int) -> list[str]:
    """Return serials that run on, maker by maker, from the ``first`` arm of all."""
    return [f"{(first + at) // len(MAKERS):07}" for at in range(count)]


def random_serials(first: int, count: int) -> list[str]:
    """Return serials without any order, so that each stands elsewhere in every index."""
    drawn = random.Random(first)
    texts = {"".join(drawn.choices(DIGITS + UPPER, k=_RANDOM_LENGTH)) for _ in range(count)}
    while len(texts) < count:
        texts.add("".join(drawn.choices(DIGITS + UPPER, k=_RANDOM_LENGTH)))
    ordered = sorted(texts)
    drawn.shuffle(ordered)
    return ordered


def some(first: int, serials: Sequence[str]) -> NewMarks:
    """Return marks of arms of all makers in turn, the ``first`` of them in row ``first``.

    Raises `ValueError` for a row that the kernel does not prove.
    """
    arms = range(first, first + len(serials))
    columns = {
        "country": [_COUNTRIES[arm % len(_COUNTRIES)] for arm in arms],
        "manufacturer": [MAKERS[arm % len(MAKERS)] for arm in arms],
        "year": ["2026"] * len(serials),
        "model": [f"{arm // 1000 % 100:02}" for arm in arms],
        "serial": serials,
        "calibre": [_CALIBRES[arm // 8 % len(_CALIBRES)] for arm in arms],
    }
    fmt = profile()
    rule = fmt.rule(KIND)
    cells = {name: Strings.joined([t.encode() for t in texts]) for name, texts in columns.items()}
    (encoded,) = EncodeKernel(fmt, rule, list(columns), {}, False).encode(cells)
    if len(encoded.rows) != len(serials):
        raise ValueError(f"{len(serials) - len(encoded.rows)} rows could not be proven")
    numbers = np.arange(first, first + len(serials)) + 2
    return of_encoded(encoded, numbers, [element.name for element in rule.elements])
