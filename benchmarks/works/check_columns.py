"""Check characters over a column, beside python-stdnum row by row."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module

import polars as pl

from benchmarks.work import Call, Contest, Target, Work, peer
from markcode import checks

_PEER = "python-stdnum"
_TIMES = 40
_ROWS, _PEER_ROWS = 1_000_000, 50_000
_QUICK = 4
"""Divides the rows of a quick run."""

_DIGITS, _BOTH = string.digits, string.digits + string.ascii_uppercase
_SYSTEMS = (
    ("iso7064-mod37-36", "iso7064.mod_37_36", "calc_check_digit", _BOTH),
    ("iso7064-mod97-10", "iso7064.mod_97_10", "calc_check_digits", _DIGITS),
    ("luhn", "luhn", "calc_check_digit", _DIGITS),
    ("damm", "damm", "calc_check_digit", _DIGITS),
    ("verhoeff", "verhoeff", "calc_check_digit", _DIGITS),
)
"""Our name, module of stdnum, its function, characters."""


def works(quick: bool) -> Iterator[Work]:
    """Give one work a system."""
    share = _QUICK if quick else 1
    rows, theirs = _ROWS // share, _PEER_ROWS // share
    for name, module, function, characters in _SYSTEMS:
        yield Work(
            name=f"check {name}",
            what=f"Check of each of {rows:,} texts of 12 to 20 characters, a polars Series.",
            rows=rows,
            make=partial(_contest, name, module, function, characters, rows, theirs),
            targets=(Target("times", _TIMES, _PEER),),
        )


def _contest(
    name: str, module: str, function: str, characters: str, rows: int, theirs: int
) -> Contest:
    drawn = random.Random(name)
    texts = ["".join(drawn.choices(characters, k=drawn.randint(12, 20))) for _ in range(rows)]
    stdnum = peer(_PEER, partial(_stdnum, module, function, texts[:theirs]), theirs)
    return Contest(partial(checks.get(name).compute_column, pl.Series(texts)), {_PEER: stdnum})


def _stdnum(module: str, function: str, texts: list[str]) -> Call:
    check: Callable[[str], str] = getattr(import_module(f"stdnum.{module}"), function)
    return lambda: [check(text) for text in texts]
