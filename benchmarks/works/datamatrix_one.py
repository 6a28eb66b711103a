"""One payload at a time to Data Matrix, the Python object included, beside other writers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module

from benchmarks.work import Call, Contest, Target, Work, peer
from benchmarks.works.datamatrix_many import KINDS, texts
from markcode.symbols import datamatrix

_PEER = "ppf.datamatrix"
_ROWS = 500
_KINDS = ("20 A-Z 0-9", "marks", "IUID")


def works(quick: bool) -> Iterator[Work]:
    """Give one work a kind of payload."""
    for name in _KINDS:
        yield Work(
            name=f"encode one, {name}",
            what=f"`datamatrix.encode` of {_ROWS} payloads, one after the other: "
            f"{KINDS[name].what}.",
            rows=_ROWS,
            make=partial(_contest, name),
            targets=(Target("times", 4, _PEER),),
        )


def _contest(name: str) -> Contest:
    payloads = texts(name, _ROWS)
    peers = {_PEER: _ppf, "zxing-cpp": _zxing, "zint-bindings": _zint}
    return Contest(
        lambda: _each(datamatrix.encode, payloads),
        {package: peer(package, partial(make, payloads)) for package, make in peers.items()},
    )


def _each(write: Callable[[str], object], payloads: Sequence[str]) -> None:
    for payload in payloads:
        write(payload)


def _ppf(payloads: Sequence[str]) -> Call:
    make = import_module("ppf.datamatrix").DataMatrix
    return lambda: _each(lambda payload: make(payload).matrix, payloads)


def _zxing(payloads: Sequence[str]) -> Call:
    import zxingcpp

    def write(payload: str) -> object:
        form = zxingcpp.BarcodeFormat.DataMatrix
        made = zxingcpp.create_barcode(payload, form, force_square=True)
        return made.to_image(scale=1, add_quiet_zones=False)

    return lambda: _each(write, payloads)


def _zint(payloads: Sequence[str]) -> Call:
    import zint

    def write(payload: str) -> object:
        symbol = zint.Symbol()
        symbol.symbology = zint.Symbology.DATAMATRIX
        symbol.option_3 = int(zint.DataMatrixOptions.SQUARE)
        symbol.encode(payload.encode("ascii"))
        return symbol.encoded_data

    return lambda: _each(write, payloads)
