"""Columns of payloads to Data Matrix, beside zint, zxing-cpp and ppf.datamatrix row by row.

Ours is one call on one core; the peers' results are fetched as bytes and dropped. A zint symbol
holds a bitmap of 29 KB, so that 200,000 kept ones would measure the memory.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import NamedTuple

from benchmarks.work import Call, Contest, Peer, Target, Work, peer
from markcode.symbols.datamatrix import encode_many

_ROWS, _ZINT_ROWS, _ZXING_ROWS, _PPF_ROWS = 200_000, 20_000, 10_000, 1_000
_QUICK = 4
"""Divides the rows of a quick run."""
_FEW = 1_000
_DEFAULT, _FAST = "zint default", "zint FAST"

_BOTH = string.digits + string.ascii_uppercase
_KINDS = (
    string.digits,
    _BOTH,
    _BOTH + "  -/",
    string.ascii_letters + string.digits + " .-/",
    string.ascii_lowercase + " ",
    "".join(map(chr, range(32, 127))),
    "".join(map(chr, range(192, 256))) + string.ascii_lowercase,
)


def _twenty(rng: random.Random) -> str:
    return "".join(rng.choices(_BOTH, k=20))


def _mark(rng: random.Random) -> str:
    maker, model = rng.choices(string.ascii_uppercase, k=4), rng.choices(_BOTH, k=3)
    return f"CO {''.join(maker)} {''.join(model)} {rng.randrange(100):02} {rng.randrange(10**5):05}"


def _mixed(rng: random.Random) -> str:
    return "".join(rng.choices(rng.choice(_KINDS), k=rng.randint(1, 60)))


def _iuid(rng: random.Random) -> str:
    enterprise, part, serial = (
        "".join(rng.choices(_BOTH, k=length)) for length in (5, rng.randint(6, 12), 8)
    )
    return f"[)>\x1e06\x1d17V{enterprise}\x1d1P{part}\x1dS{serial}\x1e\x04"


PAYLOADS: dict[str, Callable[[random.Random], str]] = {
    "20 characters A-Z 0-9": _twenty,
    "marks with spaces": _mark,
    "mixture of 1 to 60 characters": _mixed,
    "IUID messages": _iuid,
}
_TIMES = dict(zip(PAYLOADS, ((25, 8), (20, 6), (20, 6), (15, 5)), strict=True))
"""How many times zint's default mode, and its FAST mode."""


def works(quick: bool) -> Iterator[Work]:
    """Give one work a kind of payload, and one of few rows."""
    share = _QUICK if quick else 1
    for kind, (default, fast) in _TIMES.items():
        yield Work(
            name=f"encode_many {kind}",
            what=f"Data Matrix of each of {_ROWS // share:,} payloads, a list, on one core.",
            rows=_ROWS // share,
            make=partial(_contest, kind, _ROWS // share, share),
            targets=(Target("times", default, _DEFAULT), Target("times", fast, _FAST)),
        )
    yield Work(
        name=f"encode_many {_FEW:,} rows",
        what=f"Data Matrix of each of {_FEW:,} payloads of 20 characters A-Z 0-9, on one core.",
        rows=_FEW,
        make=partial(_contest, "20 characters A-Z 0-9", _FEW, share),
        targets=(Target("times", 3, _DEFAULT),),
    )


def texts(kind: str, rows: int) -> list[str]:
    """Return random payloads of one kind."""
    rng = random.Random(kind)
    return [PAYLOADS[kind](rng) for _ in range(rows)]


def _contest(kind: str, rows: int, share: int) -> Contest:
    drawn = texts(kind, rows)
    # Not every peer takes other texts.
    ascii_texts = [text for text in drawn if text.isascii()]

    def rival(package: str, make: Callable[[list[str]], Call], most: int) -> Peer:
        some = ascii_texts[: most // share]
        return peer(package, partial(make, some), len(some))

    peers = {
        _DEFAULT: rival("zint-bindings", partial(_zint, is_fast=False), _ZINT_ROWS),
        _FAST: rival("zint-bindings", partial(_zint, is_fast=True), _ZINT_ROWS),
        "zxing-cpp": rival("zxing-cpp", _zxing, _ZXING_ROWS),
        "ppf.datamatrix": rival("ppf.datamatrix", _ppf, _PPF_ROWS),
    }
    return Contest(partial(encode_many, drawn), peers)


def _zint(rows: list[str], *, is_fast: bool) -> Call:
    import zint

    # In its FAST mode it says of a few texts of 60 characters that they are too long.
    taken = [row for row in rows if _zint_side(row, is_fast=is_fast) is not None]
    data = [row.encode() for row in (*taken, *taken[: len(rows) - len(taken)])]

    def call() -> None:
        for row in data:
            symbol = zint.Symbol()
            symbol.symbology = zint.Symbology.DATAMATRIX
            if is_fast:
                symbol.input_mode = zint.InputMode.FAST
            symbol.encode(row)
            bytes(symbol.encoded_data[: symbol.rows])

    return call


def _zint_side(text: str, *, is_fast: bool) -> int | None:
    """Return the rows of zint's square; None where it refuses the text."""
    import zint

    symbol = zint.Symbol()
    symbol.symbology = zint.Symbology.DATAMATRIX
    symbol.option_3 = int(zint.DataMatrixOptions.SQUARE)
    if is_fast:
        symbol.input_mode = zint.InputMode.FAST
    try:
        symbol.encode(text.encode())
    except RuntimeError:
        return None
    return symbol.rows


def _zxing(rows: list[str]) -> Call:
    import zxingcpp

    form = zxingcpp.BarcodeFormat.DataMatrix

    def call() -> None:
        for row in rows:
            zxingcpp.create_barcode(row, form).to_image(scale=1)

    return call


def _ppf(rows: list[str]) -> Call:
    make = import_module("ppf.datamatrix").DataMatrix

    def call() -> None:
        for row in rows:
            make(row).matrix.copy()

    return call


class Sizes(NamedTuple):
    """How our symbols of one kind of payload compare with zint's."""

    kind: str
    payloads: int
    smaller_than_default: int
    smaller_than_fast: int
    """Those that its FAST mode refuses among them."""
    larger: int
    """Than either; none may be."""


def compared_sizes(count: int = 20_000) -> Iterator[Sizes]:
    """Give of each kind of payload in which our symbol is smaller than zint's, ASCII alone."""
    for kind in PAYLOADS:
        drawn = [text for text in texts(kind, count) if text.isascii()]
        ours = [symbol.rows for symbol in encode_many(drawn) if symbol is not None]
        default, fast = (
            [_zint_side(text, is_fast=is_fast) or 999 for text in drawn]
            for is_fast in (False, True)
        )
        yield Sizes(
            kind,
            len(drawn),
            sum(a < b for a, b in zip(ours, default, strict=True)),
            sum(a < b for a, b in zip(ours, fast, strict=True)),
            sum(a > min(b, c) for a, b, c in zip(ours, default, fast, strict=True)),
        )


if __name__ == "__main__":
    for sizes in compared_sizes():
        print(sizes)
