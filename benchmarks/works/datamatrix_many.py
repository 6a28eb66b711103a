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
_FEW, _OF_FEW = 1_000, "20 A-Z 0-9"
_COMPARED = 20_000
"""Payloads of a kind whose size is compared."""
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


class Kind(NamedTuple):
    """One kind of payload."""

    what: str
    draw: Callable[[random.Random], str]
    default: float
    """How many times zint's default mode ours is to be."""
    fast: float
    """And its FAST mode."""


KINDS = {
    "20 A-Z 0-9": Kind("20 characters A-Z 0-9", _twenty, 25, 8),
    "marks": Kind("marks with spaces", _mark, 20, 6),
    "mixture": Kind("texts of seven kinds, 1 to 60 characters", _mixed, 20, 6),
    "IUID": Kind("IUID messages (ISO/IEC 15434) of three parts", _iuid, 15, 5),
}


def works(quick: bool) -> Iterator[Work]:
    """Give one work a kind of payload, and one of few rows."""
    rows, share = _ROWS // (_QUICK if quick else 1), _QUICK if quick else 1
    for name, kind in KINDS.items():
        yield Work(
            name=f"encode_many {name}",
            what=f"`encode_many` of {rows:,} payloads, a list, on one core: {kind.what}. The peers "
            "make fewer, the ASCII ones among the first, row by row.",
            rows=rows,
            make=partial(_contest, name, rows, share),
            targets=(Target("times", kind.default, _DEFAULT), Target("times", kind.fast, _FAST)),
        )
    few = KINDS[_OF_FEW]
    yield Work(
        name=f"encode_many {_FEW:,} rows",
        what=f"`encode_many` of {_FEW:,} payloads, a list, on one core: {few.what}.",
        rows=_FEW,
        make=partial(_contest, _OF_FEW, _FEW, share),
        targets=(Target("times", 3, _DEFAULT),),
    )


def texts(name: str, rows: int) -> list[str]:
    """Return random payloads of one kind."""
    rng = random.Random(name)
    return [KINDS[name].draw(rng) for _ in range(rows)]


def _contest(name: str, rows: int, share: int) -> Contest:
    drawn = texts(name, rows)
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
    some = ascii_texts[: _COMPARED // share]
    return Contest(partial(encode_many, drawn), peers, partial(_size_notes, some))


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
    """The sides of the squares that hold one payload."""

    payload: str
    ours: int
    default: int | None
    fast: int | None
    """zint's; None where it refuses the payload."""

    def __str__(self) -> str:
        default, fast = (f"{side}x{side}" if side else "none" for side in (self.default, self.fast))
        return f"`{self.payload!r}` {self.ours}x{self.ours}, zint {default}, FAST {fast}"


def compared_sizes(payloads: list[str]) -> list[Sizes]:
    """Return our size of each payload and zint's two."""
    return [
        Sizes(text, symbol.rows, *(_zint_side(text, is_fast=is_fast) for is_fast in (False, True)))
        for text, symbol in zip(payloads, encode_many(payloads), strict=True)
        if symbol is not None
    ]


def _size_notes(payloads: list[str]) -> Iterator[str]:
    try:
        sizes = compared_sizes(payloads)
    except ImportError:
        return
    smaller = [each for each in sizes if each.default is None or each.ours < each.default]
    fast = sum(each.fast is None or each.ours < each.fast for each in sizes)
    larger = sum(each.ours > min(each.default or 999, each.fast or 999) for each in sizes)
    yield (
        f"of {len(sizes):,} symbols, smaller than zint's: {len(smaller):,}, than its FAST mode's: "
        f"{fast:,}; larger than either: {larger:,}"
    )
    if smaller:
        yield f"such as {smaller[0]}"


def main() -> None:
    """Print every payload whose symbol is not of zint's size."""
    for name in KINDS:
        for sizes in compared_sizes([text for text in texts(name, _COMPARED) if text.isascii()]):
            if sizes.ours != sizes.default:
                print(sizes)


if __name__ == "__main__":
    main()
